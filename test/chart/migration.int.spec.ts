import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

const root = fileURLToPath(new URL('../..', import.meta.url));
const server = process.env['TITRATE_TEST_POSTGRES_URL'] as string;
const name = `test_${randomUUID().replaceAll('-', '')}`;
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;

async function ask(where: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: where });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** The command of the chart's hook. */
function migrate(environment: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, ['apps/worker/src/migrate.main.ts'], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

beforeAll(() => ask(server, `create database ${name}`));
afterAll(() => ask(server, `drop database ${name} with (force)`));

describe('the migration that the chart runs before an installation and an upgrade', () => {
  it('brings an empty database to this version, and finds nothing to do the second time', async () => {
    const count = 'select count(*)::int as migrations from migrations';
    expect(await migrate({ TITRATE_POSTGRES_URL: url })).toEqual({ code: 0, output: 'the database is of this version\n' });
    const [made] = (await ask(url, count)) as { migrations: number }[];
    expect(made?.migrations).toBeGreaterThan(0);
    expect(await migrate({ TITRATE_POSTGRES_URL: url })).toEqual({ code: 0, output: 'the database is of this version\n' });
    expect(await ask(url, count)).toEqual([made]);
  }, 60_000);

  it('leaves a database of a newer version as it is', async () => {
    await ask(url, "insert into migrations (position, digest) values (1000, 'newer')");
    const { code, output } = await migrate({ TITRATE_POSTGRES_URL: url });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('Cannot migrate the database: Cannot use the database') });
  }, 60_000);

  it('tells what is missing, and never the password', async () => {
    expect(await migrate({})).toEqual({ code: 2, output: expect.stringContaining('must set TITRATE_POSTGRES_URL') });
    const { code, output } = await migrate({ TITRATE_POSTGRES_URL: 'postgres://titrate:a-password@127.0.0.1:1/titrate' });
    expect(code).toBe(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain('a-password');
  }, 60_000);
});

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { askAll, type Checks } from '@titrate/contracts';
import { Client } from 'pg';
import { readStack, resetStack, stackQuestions, startStack, stopStack } from './index.ts';
import { isAlive, processesOf, type ProcessIdentity } from './process-identity.ts';
import { readState, stackPaths } from './stack-folder.ts';

jest.setTimeout(120_000);

const folders: string[] = [];
const owners: ChildProcess[] = [];

/** A folder that only its owner can enter, as a clone under a home of mode 0700 is. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-stack-'));
  folders.push(folder);
  return folder;
}

/** Starts a process that owns a stack, or uses the one that runs, and resolves with what it says it is. */
async function startOwner(folder: string): Promise<{ owner: ChildProcess; role: string }> {
  const owner = spawn(process.execPath, [fileURLToPath(new URL('./testing/owner.ts', import.meta.url)), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  owners.push(owner);
  let text = '';
  const role = await new Promise<string>((resolve, reject) => {
    owner.once('exit', () => reject(new Error(`the owner ended: ${text}`)));
    owner.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const found = /^(OWNER|GUEST)$/m.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { owner, role };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return await new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const serversOf = (folder: string): Record<string, ProcessIdentity> => readState(stackPaths(folder))?.processes ?? {};

/** Everything that runs for a stack: what it recorded, and what works in its folder or the database's. */
function everythingOf(folder: string): ProcessIdentity[] {
  const servers = Object.values(serversOf(folder));
  const database = servers.length === 0 ? [] : processesOf(databaseFolder(serversOf(folder)['PostgreSQL'] as ProcessIdentity));
  return [...servers, ...database, ...processesOf(join(folder, '.titrate'))];
}

function databaseFolder(server: ProcessIdentity): string {
  const command = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8').split('\0');
  return command[command.indexOf('-D') + 1] as string;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  for (const folder of folders.splice(0)) {
    await resetStack(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the embedded stack', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGKILL', null],
  ] as const)('leaves nothing behind after %s', async (signal, code) => {
    const folder = newFolder();
    const { owner } = await startOwner(folder);
    const all = everythingOf(folder);
    expect(all.length).toBeGreaterThan(5);
    expect(all.every(isAlive)).toBe(true);
    owner.kill(signal);
    expect(await ended(owner)).toBe(code);
    await until(`all have ended after ${signal}`, () => !all.some(isAlive) && processesOf(join(folder, '.titrate')).length === 0);
    expect(readStack(folder)).toBeNull();
    const [state] = await askAll(stackQuestions(folder));
    expect(state?.state).toBe(code === null ? 'warning' : 'ok');
  });

  it('is forced down by a second Ctrl-C', async () => {
    const folder = newFolder();
    const { owner } = await startOwner(folder);
    const all = everythingOf(folder);
    const from = Date.now();
    owner.kill('SIGINT');
    await until('it is stopping', () => readState(stackPaths(folder))?.phase === 'stopping');
    owner.kill('SIGINT');
    expect(await ended(owner)).toBe(130);
    expect(Date.now() - from).toBeLessThan(1500);
    await until('all have ended', () => !all.some(isAlive));
  });

  it('is shared by a second start, which leaves it up, and stopped by down', async () => {
    const folder = newFolder();
    const first = await startOwner(folder);
    const second = await startOwner(folder);
    expect([first.role, second.role]).toEqual(['OWNER', 'GUEST']);
    second.owner.kill('SIGTERM');
    await ended(second.owner);
    expect(readStack(folder)?.ownerPid).toBe(first.owner.pid);
    expect(await stopStack(folder)).toEqual({ kind: 'stopped', ownerPid: first.owner.pid });
    expect(await stopStack(folder)).toEqual({ kind: 'not-running' });
  });

  it('heals when any of its servers is killed, and keeps what they stored', async () => {
    const folder = newFolder();
    const stack = await startStack({ folder, serversOnly: true, exitOnSignal: false });
    const database = stack.environment['TITRATE_POSTGRES_URL'] as string;
    await query(database, 'create table kept as select 42 as answer');
    for (const part of ['PostgreSQL', 'SeaweedFS', 'Temporal']) {
      const before = serversOf(folder)[part] as ProcessIdentity;
      process.kill(before.pid, 'SIGKILL');
      await until(`${part} is back`, () => serversOf(folder)[part]?.pid !== before.pid);
    }
    expect(await query(database, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect((await fetch(stack.environment['AWS_ENDPOINT_URL'] as string)).status).toBe(403);
    await stack.stop();
    const again = await startStack({ folder, serversOnly: true, exitOnSignal: false });
    expect(again.environment['TITRATE_POSTGRES_URL']).toBe(database);
    expect(await query(database, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await again.stop();
  });

  it('runs API and worker, heals when either is killed, and lets nobody in without the token', async () => {
    const folder = newFolder();
    const stack = await startStack({ folder, exitOnSignal: false });
    for (const part of ['API', 'worker']) {
      const before = serversOf(folder)[part] as ProcessIdentity;
      process.kill(before.pid, 'SIGKILL');
      await until(`${part} is back`, () => serversOf(folder)[part]?.pid !== before.pid, 90_000);
    }
    expect((await fetch(`${stack.apiUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${stack.apiUrl}/v1/sweeps`)).status).toBe(401);
    const answer = await fetch(`${stack.apiUrl}/v1/sweeps`, { headers: { authorization: `Bearer ${stack.apiToken}` } });
    expect(answer.status).toBe(200);
    const unwell = async () => {
      const checks = await fetch(`${stack.apiUrl}/v1/checks`, { headers: { authorization: `Bearer ${stack.apiToken}` } });
      const all = [...((await checks.json()) as Checks).checks, ...(await askAll(stackQuestions(folder)))];
      return all.filter(({ state, name }) => state !== 'ok' && name !== 'disk');
    };
    await until('the doctor finds all well', async () => (await unwell()).length === 0);
    await stack.stop();
    expect(processesOf(join(folder, '.titrate'))).toEqual([]);
  }, 300_000);

  it('starts with new data where a folder was deleted by hand', async () => {
    const folder = newFolder();
    await (await startStack({ folder, serversOnly: true, exitOnSignal: false })).stop();
    rmSync(join(folder, '.titrate'), { recursive: true });
    const stack = await startStack({ folder, serversOnly: true, exitOnSignal: false });
    expect(await query(stack.environment['TITRATE_POSTGRES_URL'] as string, 'select 1 as one')).toEqual([{ one: 1 }]);
    await stack.stop();
  });

  it('ends jobs that a killed owner left, when it starts again', async () => {
    const folder = newFolder();
    const jobs = join(folder, '.titrate', 'jobs', 'left');
    mkdirSync(jobs, { recursive: true });
    const job = spawn('sleep', ['600'], { cwd: jobs, detached: true, stdio: 'ignore' });
    const stack = await startStack({ folder, serversOnly: true, exitOnSignal: false });
    await ended(job);
    expect(job.signalCode).toBe('SIGTERM');
    await stack.stop();
  });

  it('keeps its secrets readable by their owner only', async () => {
    const folder = newFolder();
    const stack = await startStack({ folder, serversOnly: true, exitOnSignal: false });
    const paths = stackPaths(folder);
    expect(statSync(paths.secrets).mode & 0o777).toBe(0o600);
    expect(statSync(paths.root).mode & 0o777).toBe(0o700);
    expect(readFileSync(paths.state, 'utf8')).not.toContain(stack.apiToken);
    await expect(
      query((stack.environment['TITRATE_POSTGRES_URL'] as string).replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1'),
    ).rejects.toThrow('password');
    await stack.stop();
  });

  it('refuses a port that is in use, and a disk that is full, and changes nothing', async () => {
    const folder = newFolder();
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const { port } = busy.address() as { port: number };
    await expect(startStack({ folder, apiPort: port, exitOnSignal: false })).rejects.toThrow(`somebody listens on 127.0.0.1:${port}`);
    await expect(startStack({ folder, neededBytes: 1e18, exitOnSignal: false })).rejects.toThrow(/must have \d+ MB of free disk/);
    expect(existsSync(stackPaths(folder).state)).toBe(false);
    await new Promise((resolve) => busy.close(resolve));
  });

  it('names the log of a server that dies at its start, and leaves nothing running', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, '.titrate', 'temporal'), { recursive: true });
    writeFileSync(join(folder, '.titrate', 'temporal', 'temporal.sqlite'), 'this is no database, '.repeat(100));
    const start = startStack({ folder, serversOnly: true, exitOnSignal: false });
    await expect(start).rejects.toThrow(/Cannot start Temporal: it ended with[^]*Log: .*logs\/temporal\.log/);
    expect(processesOf(join(folder, '.titrate'))).toEqual([]);
    expect(readStack(folder)).toBeNull();
  });
});

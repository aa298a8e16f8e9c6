import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '@titrate/api-client';
import pg from 'pg';
import { createParts } from '../adapters.ts';
import { closeApplication, createApplication, createLogger } from '../application.ts';
import { readConfiguration } from '../configuration.ts';
import type { ApiParts } from '../ports.ts';

/** A running API over a database, a bucket and a jobs folder of its own, and the real client to speak to it. */
export interface ApiUnderTest {
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  readonly parts: ApiParts;
  /** The jobs folder of the launcher. */
  readonly jobsDirectory: string;
  /** A request as curl would send it, with the token. */
  send(method: string, path: string, options?: { headers?: Record<string, string>; body?: string }): Promise<Response>;
  /** The newest number of the ledger: equal before and after when nothing changed. */
  ledgerLength(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one on a free port of the shared servers of the integration tests. */
export async function startApi(settings: Record<string, string> = {}): Promise<ApiUnderTest> {
  const database = await createDatabase();
  const jobsDirectory = await mkdtemp(join(tmpdir(), 'titrate-api-jobs-'));
  const token = randomUUID();
  const configuration = readConfiguration({
    ...process.env,
    TITRATE_POSTGRES_URL: database.url,
    TITRATE_TEMPORAL_ADDRESS: process.env['TITRATE_TEST_TEMPORAL_ADDRESS'],
    TITRATE_BUCKET: `test-${randomUUID()}`,
    TITRATE_JOBS_DIRECTORY: jobsDirectory,
    TITRATE_API_PORT: '0',
    TITRATE_API_TOKEN: token,
    ...settings,
  });
  const parts = await createParts(configuration);
  await parts.records.migrate();
  await parts.artifacts.prepare();
  const app = await createApplication(parts, createLogger('silent'));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url,
    token,
    parts,
    jobsDirectory,
    client: createClient({ server: url, token }),
    send: (method, path, { headers, body } = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body === undefined ? {} : { body }),
      }),
    ledgerLength: () => ledgerLength(parts),
    async stop() {
      try {
        await closeApplication(app);
        await parts.records.close();
        await database.drop();
      } finally {
        await rm(jobsDirectory, { recursive: true, force: true });
      }
    },
  };
}

async function ledgerLength({ records }: ApiParts): Promise<number> {
  let length = 0;
  for (;;) {
    const entries = await records.listLedger(length, 1000);
    if (entries.length === 0) return length;
    length += entries.length;
  }
}

/** A database of its own on the shared server. */
async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const shared = process.env['TITRATE_TEST_POSTGRES_URL'];
  if (!shared) throw new Error('Cannot test the API as TITRATE_TEST_POSTGRES_URL must be set by the set-up of the integration tests');
  const name = `api_${randomUUID().replaceAll('-', '')}`;
  await administer(shared, `create database ${name}`);
  const url = new URL(shared);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(shared, `drop database ${name} with (force)`) };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

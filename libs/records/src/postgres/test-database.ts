import { randomUUID } from 'node:crypto';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Database } from './database.ts';
import { createPostgresRecords, type PostgresRecordsOptions } from './postgres-records.ts';
import * as schema from './schema.ts';

/** The server that integration tests share; each test makes a database of its own on it. */
function serverUrl(): string {
  const url = process.env['TITRATE_TEST_POSTGRES_URL'];
  if (url === undefined)
    throw new Error('Cannot test the records as TITRATE_TEST_POSTGRES_URL must name a PostgreSQL server: it is not set');
  return url;
}

/** Asks one question on a connection of its own. */
export async function ask<T = Record<string, unknown>>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}

/** Records on a new, migrated database, which goes when they are closed; `db` is a second way into it. */
export async function newRecords(options: PostgresRecordsOptions = {}) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(serverUrl(), `create database ${name}`);
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href;
  const records = createPostgresRecords(url, options);
  await records.migrate();
  const pool = new pg.Pool({ connectionString: url, max: 5 });
  // The database goes while a connection may still be saying good-bye.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const db: Database = drizzle(pool, { schema });
  const close = async () => {
    await Promise.all([records.close(), pool.end()]);
    await ask(serverUrl(), `drop database ${name} with (force)`);
  };
  return { records, url, db, close };
}

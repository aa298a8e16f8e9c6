import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testRecords } from '../records.contract.ts';
import { createPostgresRecords, type PostgresRecordsOptions } from './index.ts';

const serverUrl = process.env['TITRATE_TEST_POSTGRES_URL'];
if (serverUrl === undefined)
  throw new Error('Cannot test the records as TITRATE_TEST_POSTGRES_URL must name a PostgreSQL server: it is not set');

async function ask(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Records on a database of their own, which goes with them. */
async function newRecords(options: PostgresRecordsOptions = {}) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(serverUrl!, `create database ${name}`);
  const url = Object.assign(new URL(serverUrl!), { pathname: `/${name}` }).href;
  const records = createPostgresRecords(url, options);
  await records.migrate();
  return {
    records,
    url,
    async close() {
      await records.close();
      await ask(serverUrl!, `drop database ${name} with (force)`);
    },
  };
}

testRecords(newRecords);

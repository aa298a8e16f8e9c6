import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

describe('the servers of the integration tests', () => {
  it('answer at the addresses that the environment names', async () => {
    const client = new Client({ connectionString: process.env['TITRATE_TEST_POSTGRES_URL'] });
    await client.connect();
    const row = (await client.query('select current_database() as name')).rows[0] as { name: string };
    await client.end();
    expect(row.name).toBe('titrate');
    const store = await fetch(process.env['AWS_ENDPOINT_URL'] as string);
    expect(store.status).toBe(403);
    expect(process.env['TITRATE_TEST_TEMPORAL_ADDRESS']).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});

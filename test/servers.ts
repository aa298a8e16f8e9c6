import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removePostgresFiles, startPostgres, startSeaweedfs, startTemporal } from '@titrate/embedded-stack';

/** Stops the servers that `setup` started; set by it, read by `teardown` in the same process. */
let stopServers: (() => Promise<void>) | null = null;

const python = process.env['TITRATE_PYTHON'] ?? fileURLToPath(new URL('../apps/trainer/.venv/bin/python', import.meta.url));

/**
 * Starts PostgreSQL, SeaweedFS and Temporal once for all integration tests and tells the workers where they are. Each
 * test makes its own database, bucket and task queue. Servers that the environment names already are used as they are.
 */
export async function setup(): Promise<void> {
  if (process.env['TITRATE_TEST_POSTGRES_URL'] !== undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'titrate-test-'));
  const keys = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') };
  const postgresDirectory = join(directory, 'postgres');
  const [postgres, seaweedfs, temporal] = await Promise.all([
    startPostgres({ directory: postgresDirectory, python, password: randomBytes(12).toString('hex'), durable: false }),
    startSeaweedfs({ directory: join(directory, 'seaweedfs'), python, keys }),
    startTemporal({ directory: join(directory, 'temporal'), python }),
  ]);
  Object.assign(process.env, {
    TITRATE_TEST_POSTGRES_URL: postgres.url,
    TITRATE_TEST_TEMPORAL_ADDRESS: temporal.address,
    AWS_ENDPOINT_URL: seaweedfs.url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: 'us-east-1',
  });
  stopServers = async () => {
    await Promise.all([postgres.stop(), seaweedfs.stop(), temporal.stop()]);
    removePostgresFiles(postgresDirectory);
    rmSync(directory, { recursive: true, force: true });
  };
}

/** Stops what `setup` started and removes its files. */
export async function teardown(): Promise<void> {
  await stopServers?.();
  stopServers = null;
}

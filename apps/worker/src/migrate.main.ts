/** Brings the database of TITRATE_POSTGRES_URL to this version and ends: what a chart runs before an upgrade. Running it again changes nothing. */
import { createPostgresRecords } from '@titrate/records/postgres';

const url = process.env['TITRATE_POSTGRES_URL'];
if (url === undefined || url === '') {
  process.stderr.write('Cannot migrate the database as the environment must set TITRATE_POSTGRES_URL\n');
  process.exit(2);
}
const records = createPostgresRecords(url);
try {
  await records.migrate();
} catch (error) {
  // The message says what is wrong; a URL with its password is in none of them.
  process.stderr.write(`Cannot migrate the database: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await records.close();
}
if (process.exitCode === undefined) process.stdout.write('the database is of this version\n');

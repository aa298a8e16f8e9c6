export { DatabaseNewer } from './migrate.ts';
export { createPostgresRecords, type PostgresRecordsOptions } from './postgres-records.ts';

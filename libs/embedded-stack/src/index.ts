export { startTemporal, type TemporalServer } from './temporal.ts';
export { startSeaweedfs, type SeaweedServer, type StoreKeys } from './seaweedfs.ts';
export { startPostgres, removePostgresFiles, type PostgresServer, type PostgresOptions } from './postgres.ts';
export { StartFailed, type OwnedProcess, type ProcessEnd } from './process.ts';
export { BinaryMissing, type Server, type ServerOptions } from './server.ts';

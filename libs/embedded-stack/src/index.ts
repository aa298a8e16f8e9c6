export { ensureStack, stopStack, resetStack, type EnsuredStack, type StopOutcome } from './control.ts';
export {
  startStack,
  readStack,
  StackTaken,
  StackRefused,
  type OwnedStack,
  type StackOptions,
  type StackProgress,
  type StackView,
} from './stack.ts';
export { LayoutRefused } from './stack-folder.ts';
export { startTemporal, type TemporalServer } from './temporal.ts';
export { startSeaweedfs, type SeaweedServer, type StoreKeys } from './seaweedfs.ts';
export { startPostgres, removePostgresFiles, type PostgresServer, type PostgresOptions } from './postgres.ts';
export { StartFailed } from './process.ts';
export { BinaryMissing, type Server, type ServerOptions } from './server.ts';

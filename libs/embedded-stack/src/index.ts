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
export { startSeaweedfs, type SeaweedOptions, type SeaweedServer, type StoreKeys } from './seaweedfs.ts';
export { startPostgres, removePostgresFiles, type PostgresServer, type PostgresOptions } from './postgres.ts';
export { startApi, startWorker, type AppOptions } from './apps.ts';
export { freePorts } from './free-ports.ts';
export { startProcess, StartFailed, waitUntilReady, type OwnedProcess, type ProcessOptions } from './process.ts';
export { BinaryMissing, plainEnvironment, type Server, type ServerOptions } from './server.ts';
export { takeFolderLock, type FolderLock } from './folder-lock.ts';

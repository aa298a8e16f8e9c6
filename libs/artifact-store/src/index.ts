export type { AppendOutcome, ArtifactStore, CreateOutcome, ListedObject, LogDraft } from './artifact-store.ts';
export { LogBroken, ObjectAltered, StoreConflict, StoreUnfit } from './errors.ts';
export { appendRunLog, readRunLog } from './run-log.ts';

export type { AppendOutcome, ArtifactStore, CreateOutcome, ListedObject, LogDraft, StoreIdentity } from './artifact-store.ts';
export { LogBroken, ObjectAltered, StoreConflict, StoreUnfit } from './errors.ts';
export { appendRunLog, readRunLog } from './run-log.ts';
export { storeQuestions } from './questions.ts';

export type { AppendOutcome, ArtifactStore, CreateOutcome, ListedObject, LogDraft } from './artifact-store.ts';

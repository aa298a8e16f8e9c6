import type { Readable } from 'node:stream';
import type { Digest, RunLogEntry, StoredObject } from '@titrate/contracts';

/** Outcome of a create-only write. `taken`: the key holds other bytes already; they are left as they are. */
export type CreateOutcome =
  | { readonly kind: 'created'; readonly object: StoredObject }
  | { readonly kind: 'identical'; readonly object: StoredObject }
  | { readonly kind: 'taken' };

/** An entry to append; the store gives it its place and links it to the entry before. */
export type LogDraft = Omit<Extract<RunLogEntry, { kind: 'attempt' }>, 'seq' | 'previous' | 'version'>;

/** Outcome of an append. `lost`: another writer took the place; its entry is returned and nothing was written. */
export type AppendOutcome =
  { readonly kind: 'appended'; readonly entry: RunLogEntry } | { readonly kind: 'lost'; readonly winner: RunLogEntry };

/** Who answers for a store. */
export interface StoreIdentity {
  /** As in its header `Server`. */
  readonly server: string | null;
  /** How far its clock is ahead of ours, by its header `Date`, which knows whole seconds only. */
  readonly aheadSeconds: number | null;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/** Checkpoints, results, corpora and the run's log. Implemented by `/s3`. Everything that it returns was read back or acknowledged by the store. */
export interface ArtifactStore {
  /** Bucket that job documents name. */
  readonly bucket: string;
  /** Asks for the bucket: what the store calls itself and its clock, null where it tells neither. Throws `StoreUnfit` when there is no such bucket, or it is not for us. */
  identify(): Promise<StoreIdentity>;
  /** Proves that the store refuses a second create of one key, with a key of its own that it removes; throws `StoreUnfit` when it does not. */
  proveCreateOnly(): Promise<void>;
  /** Makes the bucket exist and proves that the store refuses a second create of one key; throws `StoreUnfit` when it does not. */
  prepare(): Promise<void>;
  /** Writes bytes at a key that must be new. Writing the same bytes again is `identical`. */
  create(key: string, bytes: Uint8Array): Promise<CreateOutcome>;
  /** Streams a body of any size to a key (multipart), digesting while it passes. A body that breaks off leaves no object. The key must be the caller's alone: nothing refuses to overwrite. */
  upload(key: string, body: Readable): Promise<StoredObject>;
  /** Bytes of a small object, or null when there is none. With a `StoredObject`, size and digest are checked: throws `ObjectAltered` naming the key. */
  read(what: string | StoredObject): Promise<Uint8Array | null>;
  /** A stream over an object, or null. */
  stream(key: string): Promise<Readable | null>;
  /** Objects under a prefix, page by page. Names within one folder are sorted; across folders the order is the store's own (SeaweedFS puts `a/1` before `a-b`). */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Removes everything under a prefix, which must end with `/`; returns how many objects went. */
  removePrefix(prefix: string): Promise<number>;
  /** The log's entries from `from` on, validated and checked to be linked; stops at the first hole. */
  readLog(run: Digest, from: number): Promise<RunLogEntry[]>;
  /** Appends to the log behind its newest entry by a create-only put. A 412 is read back: our own earlier write counts as appended. */
  appendLog(draft: LogDraft): Promise<AppendOutcome>;
}

import { canonicalJson, keys, RunLogEntry, sha256Hex, type TrainJob } from '@titrate/contracts';
import type { ArtifactStore } from '@titrate/artifact-store';

type Kind = Exclude<RunLogEntry['kind'], 'attempt'>;
type Entry<K extends Kind> = Extract<RunLogEntry, { kind: K }>;
type Common = 'version' | 'run' | 'seq' | 'previous' | 'at' | 'attempt' | 'token' | 'kind';

/** Another attempt owns the run's log: this one must end, and nothing was written. */
export class Fenced extends Error {
  readonly code = 'fenced';
  constructor(message: string) {
    super(message);
    this.name = 'Fenced';
  }
}

/** A run's log as one attempt sees it, by the rules of the trainer's `runlog.py`: create-only, numbered, linked by digest. */
export interface AttemptLog {
  readonly entries: readonly RunLogEntry[];
  /** Writes the next entry. @throws Fenced when its place is taken */
  append<K extends Kind>(kind: K, fields: Omit<Entry<K>, Common>): Promise<Entry<K>>;
}

/** Reads the log of a job's run. @throws Fenced when a newer attempt is announced, Error when this one is not */
export async function openAttemptLog(store: ArtifactStore, { run, attempt, token }: TrainJob): Promise<AttemptLog> {
  const entries = await store.readLog(run, 0);
  const announced = entries.filter((entry) => entry.kind === 'attempt');
  const newer = announced.find((entry) => entry.attempt > attempt);
  if (newer !== undefined) throw new Fenced(`Cannot go on as attempt ${attempt} must be the newest of run ${run}: ${newer.attempt} is`);
  if (!announced.some((entry) => entry.attempt === attempt && entry.token === token))
    throw new Error(`Cannot start as the log of run ${run} must announce attempt ${attempt} with this token`);
  return {
    entries,
    async append<K extends Kind>(kind: K, fields: Omit<Entry<K>, Common>): Promise<Entry<K>> {
      const last = entries.at(-1);
      const common = { version: 1, run, seq: entries.length, previous: last === undefined ? null : sha256Hex(canonicalJson(last)) };
      const entry = RunLogEntry.parse({ ...common, at: new Date().toISOString(), attempt, token, kind, ...fields });
      const outcome = await store.create(keys.logEntry(run, entry.seq), new TextEncoder().encode(canonicalJson(entry)));
      if (outcome.kind === 'taken') throw new Fenced(`Cannot commit ${kind} as entry ${entry.seq} of run ${run} must be free`);
      entries.push(entry);
      return entry as Entry<K>;
    },
  };
}

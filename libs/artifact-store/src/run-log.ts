import { RunLogEntry, canonicalJson, keys, sha256Hex, type Digest } from '@titrate/contracts';
import type { AppendOutcome, ArtifactStore, LogDraft } from './artifact-store.ts';
import { LogBroken } from './errors.ts';

/**
 * The rules of a run's log over any store with create-only puts. The trainer writes the same log by the same rules
 * (`apps/trainer/trainer/runlog.py`): canonical JSON, numbered from 0, each entry holding the sha256 of the bytes before it.
 */
type LogStore = Pick<ArtifactStore, 'create' | 'read'>;

/** Entries fetched at once at most; the number doubles up to it, so that a poll for one new entry costs one request. */
const largestWindow = 16;

/**
 * Entries from `from` on, each validated and linked to the one before; stops at the first hole.
 *
 * @throws LogBroken when an entry is not valid, stands at another place or run, or does not link to the one before.
 */
export async function readRunLog(store: LogStore, run: Digest, from: number): Promise<RunLogEntry[]> {
  const entries: RunLogEntry[] = [];
  let before: Uint8Array | null = null;
  for (let window = 1; ; window = Math.min(2 * window, largestWindow)) {
    const start = from + entries.length;
    const pieces = await Promise.all(Array.from({ length: window }, (_, index) => store.read(keys.logEntry(run, start + index))));
    for (const bytes of pieces) {
      if (bytes === null) return entries;
      const seq = from + entries.length;
      if (seq > 0 && before === null) {
        before = await store.read(keys.logEntry(run, seq - 1));
        if (before === null) return entries;
      }
      entries.push(parseEntry(run, seq, bytes, before));
      before = bytes;
    }
  }
}

/**
 * Appends behind the newest entry. An attempt that stands in the log already is not written twice: the entry that is there
 * counts as appended, so that a caller whose answer was lost may ask again.
 */
export async function appendRunLog(store: LogStore, draft: LogDraft): Promise<AppendOutcome> {
  const log = await readRunLog(store, draft.run, 0);
  const earlier = log.find((entry) => isOurs(entry, draft));
  if (earlier) return { kind: 'appended', entry: earlier };
  const newest = log.at(-1);
  const previous = newest ? sha256Hex(canonicalJson(newest)) : null;
  const entry = RunLogEntry.parse({ ...draft, version: 1, seq: log.length, previous });
  const outcome = await store.create(keys.logEntry(draft.run, entry.seq), new TextEncoder().encode(canonicalJson(entry)));
  if (outcome.kind !== 'taken') return { kind: 'appended', entry };
  return readWinner(store, draft, entry.seq);
}

/** Reads who took the place. It is us when the same attempt wrote it, even with another time of day. */
async function readWinner(store: LogStore, draft: LogDraft, seq: number): Promise<AppendOutcome> {
  const [winner] = await readRunLog(store, draft.run, seq);
  if (!winner) {
    const key = keys.logEntry(draft.run, seq);
    throw new LogBroken(key, `Cannot append to the log as a taken place must hold an entry: ${key} holds none`);
  }
  return isOurs(winner, draft) ? { kind: 'appended', entry: winner } : { kind: 'lost', winner };
}

/** The token is random and known to one attempt only. */
function isOurs(entry: RunLogEntry, draft: LogDraft): boolean {
  return entry.kind === draft.kind && entry.attempt === draft.attempt && entry.token === draft.token;
}

function parseEntry(run: Digest, seq: number, bytes: Uint8Array, before: Uint8Array | null): RunLogEntry {
  const key = keys.logEntry(run, seq);
  const entry = parseJson(key, bytes);
  const previous = before === null ? null : sha256Hex(before);
  if (entry.run !== run) throw broken(key, 'run', run, entry.run);
  if (entry.seq !== seq) throw broken(key, 'seq', seq, entry.seq);
  if (entry.previous !== previous) throw broken(key, 'previous', previous, entry.previous);
  return entry;
}

function parseJson(key: string, bytes: Uint8Array): RunLogEntry {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const entry = RunLogEntry.parse(JSON.parse(text));
    // The link to the next entry is over these bytes; another spelling of the same value would part the two languages.
    if (canonicalJson(entry) !== text) throw new SyntaxError('the text is not canonical JSON');
    return entry;
  } catch (error) {
    throw new LogBroken(key, `Cannot read the log as ${key} must hold a valid entry: ${(error as Error).message}`, { cause: error });
  }
}

function broken(key: string, field: string, expected: unknown, found: unknown): LogBroken {
  return new LogBroken(key, `Cannot read the log as ${field} of ${key} must be ${expected}: current value is ${found}`);
}

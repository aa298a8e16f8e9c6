import { digestOf, type LedgerEntry, type TitrateEvent } from '@titrate/contracts';

/** The end of a chain: all that the next entry must know of what came before it. */
export interface LedgerHead {
  readonly seq: number;
  readonly digest: string;
}

/** What a check of a chain found. A broken chain names the first entry that cannot be trusted, and why. */
export type ChainCheck =
  | { readonly kind: 'intact'; readonly entries: number; readonly head: LedgerHead | null }
  | { readonly kind: 'broken'; readonly seq: number; readonly reason: string };

/** The digest of an entry: over its number, the digest before it, and the event, in canonical JSON. */
export function entryDigest(entry: Omit<LedgerEntry, 'digest'>): string {
  return digestOf({ seq: entry.seq, previous: entry.previous, event: entry.event });
}

/**
 * Puts an event behind the head of a ledger. The first entry has number 1 and no previous digest.
 *
 * @throws TypeError when the event holds something without a JSON form.
 */
export function chainEntry(head: LedgerHead | null, event: TitrateEvent): LedgerEntry {
  const entry = { seq: (head?.seq ?? 0) + 1, previous: head?.digest ?? null, event };
  return { ...entry, digest: entryDigest(entry) };
}

/** Puts several events behind the head, one after another. */
export function chainEvents(head: LedgerHead | null, events: readonly TitrateEvent[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const event of events) {
    entries.push(chainEntry(entries.at(-1) ?? head, event));
  }
  return entries;
}

/**
 * Checks that entries follow one another and that none was altered, removed, added or moved. It needs no server:
 * whoever holds the entries and an earlier head can prove that the ledger since then is what it was.
 *
 * @param head where the entries must begin: null for the start of the ledger.
 */
export function verifyChain(entries: Iterable<LedgerEntry>, head: LedgerHead | null = null): ChainCheck {
  let last = head;
  let count = 0;
  for (const entry of entries) {
    const reason = faultOf(entry, last);
    if (reason !== null) {
      return { kind: 'broken', seq: entry.seq, reason };
    }
    last = { seq: entry.seq, digest: entry.digest };
    count += 1;
  }
  return { kind: 'intact', entries: count, head: last };
}

function faultOf(entry: LedgerEntry, last: LedgerHead | null): string | null {
  const seq = (last?.seq ?? 0) + 1;
  if (entry.seq !== seq) {
    return `The number must be ${seq}: current value is ${entry.seq}`;
  }
  if (entry.previous !== (last?.digest ?? null)) {
    return `The previous digest must be ${last?.digest ?? 'null'}: current value is ${entry.previous ?? 'null'}`;
  }
  const digest = entryDigest(entry);
  return digest === entry.digest ? null : `The digest must be ${digest}: current value is ${entry.digest}`;
}

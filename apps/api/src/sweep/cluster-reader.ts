import type { ClusterCapacity } from '@titrate/contracts';

/** What the cluster's nodes can give, as far as it is known; null where nobody can tell. */
export type ClusterReader = () => Promise<ClusterCapacity | null>;

/** Nodes come and go, but plans are asked for in bursts. */
const REMEMBERED_MS = 60_000;

/** Remembers the answer for a minute. A cluster that does not answer is not known: a plan must not hang on it. */
export function createClusterReader(read: ClusterReader, nowMs: () => number = () => performance.now()): ClusterReader {
  let known: { readonly atMs: number; readonly capacity: Promise<ClusterCapacity | null> } | null = null;
  return () => {
    if (known === null || nowMs() - known.atMs > REMEMBERED_MS) known = { atMs: nowMs(), capacity: read().catch(() => null) };
    return known.capacity;
  };
}

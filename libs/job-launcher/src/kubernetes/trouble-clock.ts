import type { Pod } from './objects.ts';
import type { TroubleSince } from './waiting.ts';

/** Trouble that nobody asked about for so long is forgotten. */
const forgetMs = 3_600_000;

/** Remembers when trouble with a pod was first seen, on the watcher's clock. After a restart of the worker the time counts anew. */
export function createTroubleClock(now: () => number = Date.now): TroubleSince {
  const first = new Map<string, { since: number; seen: number }>();
  return (pod: Pod) => {
    for (const [uid, { seen }] of first) if (now() - seen > forgetMs) first.delete(uid);
    const { uid } = pod.metadata;
    const since = first.get(uid)?.since ?? now();
    first.set(uid, { since, seen: now() });
    return since;
  };
}

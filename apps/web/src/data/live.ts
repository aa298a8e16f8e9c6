import { ApiProblem } from '@titrate/api-client';
import type { TitrateEvent } from '@titrate/contracts';
import { queryClient } from './queries.ts';
import { api, refuseToken } from './session.ts';

/** Whether news arrive. `lost` since a moment, with the reason; what is shown is of then. */
export type Connection =
  { readonly kind: 'connecting' } | { readonly kind: 'open' } | { readonly kind: 'lost'; readonly since: Date; readonly reason: string };

const watchers = new Set<() => void>();
let connection: Connection = { kind: 'connecting' };

function change(next: Connection): void {
  // A loss keeps its first moment, however many attempts to connect fail behind it.
  if (connection.kind === 'lost' && next.kind === 'lost') return;
  connection = next;
  for (const watcher of watchers) watcher();
}

/** For `useSyncExternalStore`. */
export const readConnection = (): Connection => connection;
export function watchConnection(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** The first parts of the keys of all queries that an event makes stale. A sweep shows its runs, so what happens to a run concerns every sweep on view. */
export function staleBy({ kind, sweep, run }: Pick<TitrateEvent, 'kind' | 'sweep' | 'run'>): string[][] {
  const noun = kind.slice(0, kind.indexOf('.'));
  if (sweep !== null) return [['sweeps'], ['sweep', sweep]];
  if (run !== null) return [['sweeps'], ['sweep'], ['run', run]];
  return [[noun], [`${noun}s`]];
}

/** How often what became stale is asked for again at most: a burst of a thousand events costs one request of each kind. */
const PAUSE_MS = 1_000;

/**
 * Follows the events from now on until `signal` ends. Events are not kept: each only marks what it concerns, and what is on
 * view is asked for again. A broken connection is made anew behind the last event, so that none is missed.
 */
export async function followLive(signal: AbortSignal): Promise<void> {
  const stale = new Map<string, string[]>();
  void refreshWhileOpen(stale, signal);
  try {
    const { id } = await newestEvent(signal);
    // From the number on everything is told by events; what was loaded before it may be older.
    void queryClient.invalidateQueries();
    const follow = {
      after: id,
      signal,
      onOpen: () => change({ kind: 'open' }),
      onReconnect: (reason: string) => change({ kind: 'lost', since: new Date(), reason }),
    };
    for await (const event of api().followEvents(follow)) for (const key of staleBy(event)) stale.set(key.join(' '), key);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ApiProblem && error.status === 401) return refuseToken();
    change({ kind: 'lost', since: new Date(), reason: (error as Error).message });
  }
}

/** Asks until the server tells its newest event: it may be down when the page is opened. */
async function newestEvent(signal: AbortSignal): Promise<{ id: number }> {
  for (;;) {
    try {
      return await api().getNewestEvent();
    } catch (error) {
      if (signal.aborted || (error instanceof ApiProblem && error.status < 500)) throw error;
      change({ kind: 'lost', since: new Date(), reason: (error as Error).message });
    }
    await pause(2 * PAUSE_MS);
  }
}

/** One round at a time: the next begins when the answers of the last are there, so that a slow server is never asked faster than it answers. */
async function refreshWhileOpen(stale: Map<string, string[]>, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await pause(PAUSE_MS)) {
    const keys = [...stale.values()];
    stale.clear();
    await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

import type { Corpus, Page, Sweep } from '@titrate/contracts';
import type { ListQuery, Records } from '@titrate/records';
import type { Logger } from 'pino';
import { pause } from './pause.ts';
import type { Waker } from './relay.ts';

const PAGE = 100;
const EVERY_MS = 600_000;

/**
 * Wakes all that should be at work by the records, at the start and every ten minutes. Workflows live in Temporal and are
 * lost with its data, or when somebody terminates one; the records know what must go on, and waking twice is the same as once.
 * Returns when the signal is aborted.
 */
export async function reconcile(records: Records, waker: Waker, team: string, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await wakeAll(records, waker, team);
    } catch (error) {
      // PostgreSQL or Temporal is away; the next round finds what this one missed.
      logger.warn({ err: error }, 'what should be at work could not be woken');
    }
    await pause(EVERY_MS, signal);
  }
}

async function wakeAll(records: Records, waker: Waker, team: string): Promise<void> {
  for (const state of ['accepted', 'running', 'analysing'] as const) {
    for await (const { id } of everything<Sweep>((query) => records.listSweeps(team, { ...query, state }))) {
      await waker.sweep(id);
      // The sweep takes up what rests; what it has taken up already it waits for.
      for (const { run, active } of (await records.sweepView(id))?.owing ?? []) if (active) await waker.run(run);
    }
  }
  for await (const { name, state } of everything<Corpus>((query) => records.listCorpora(team, query))) {
    if (state === 'registering') await waker.corpus(`${team}/${name}`);
  }
}

async function* everything<T>(list: (query: ListQuery) => Promise<Page<T>>): AsyncGenerator<T> {
  for (let cursor: string | undefined; ;) {
    const page = await list({ cursor, limit: PAGE });
    yield* page.items;
    if (page.next === null) return;
    cursor = page.next;
  }
}

import type { AppliedGate, Base, Corpus, Page, Sweep } from '@titrate/contracts';
import type { ArtifactStore } from '@titrate/artifact-store';
import type { JobLauncher } from '@titrate/job-launcher';
import type { ListQuery, Records } from '@titrate/records';
import type { Logger } from 'pino';
import type { WorkerMetrics } from './metrics.ts';
import { pause } from './pause.ts';
import { clearUp } from '@titrate/workflows/clear-up';
import type { Waker } from './relay.ts';

const PAGE = 100;
const EVERY_MS = 600_000;

/** What is brought in line with the records. */
export interface Reconciled {
  readonly records: Records;
  readonly store: ArtifactStore;
  readonly launcher: JobLauncher;
  readonly waker: Waker;
  readonly team: string;
  readonly metrics: Pick<WorkerMetrics, 'reconciliations'>;
  /** Ends the access of jobs that are gone to the store; absent where jobs have none of their own. */
  readonly endLostAccess?: () => Promise<unknown>;
}

/**
 * Wakes all that should be at work by the records, and removes jobs that nothing owns, at the start and every ten minutes.
 * Workflows live in Temporal and are lost with its data, or when somebody terminates one; the records know what must go on,
 * and waking twice is the same as once. Returns when the signal is aborted.
 */
export async function reconcile(parts: Reconciled, logger: Logger, signal: AbortSignal): Promise<void> {
  const rounds: [string, () => Promise<unknown>][] = [
    ['what should be at work could not be woken', () => wakeAll(parts.records, parts.waker, parts.team)],
    ['jobs that nothing owns could not be removed', () => removeLostJobs(parts, logger)],
    ['the access of jobs that are gone could not be ended', async () => parts.endLostAccess?.()],
  ];
  while (!signal.aborted) {
    for (const [trouble, round] of rounds) {
      // A server is away; the next round finds what this one missed.
      const outcome = await round().then(
        () => 'done' as const,
        (error: unknown) => (logger.warn({ err: error }, trouble), 'failed' as const),
      );
      parts.metrics.reconciliations.inc({ outcome });
    }
    await pause(EVERY_MS, signal);
  }
}

async function removeLostJobs(parts: Reconciled, logger: Logger): Promise<void> {
  const removed = await clearUp(parts, Date.now());
  if (removed.length > 0) logger.info({ jobs: removed }, 'jobs that nothing owned were removed');
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
  for await (const { name, state } of everything<Base>((query) => records.listBases(team, query))) {
    if (state === 'registering') await waker.base(`${team}/${name}`);
  }
  for (const state of ['pending', 'running'] as const) {
    for await (const { id } of everything<AppliedGate>((query) => records.listGates(team, { ...query, state }))) await waker.gate(id);
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

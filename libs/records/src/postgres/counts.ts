import { count } from 'drizzle-orm';
import type { StateCounts } from '../records.ts';
import { inSnapshot, type Database } from './database.ts';
import { outbox, runs, sweeps } from './schema.ts';

/** Counts sweeps and runs by their states over all teams, and what waits in the outbox. */
export function countStates(db: Database): Promise<StateCounts> {
  return inSnapshot(db, async (tx) => {
    const ofSweeps = await tx.select({ state: sweeps.state, count: count() }).from(sweeps).groupBy(sweeps.state);
    const ofRuns = await tx.select({ state: runs.state, count: count() }).from(runs).groupBy(runs.state);
    return { sweeps: byState(ofSweeps), runs: byState(ofRuns), outbox: await tx.$count(outbox) };
  });
}

function byState<S extends string>(rows: { state: S; count: number }[]): Partial<Record<S, number>> {
  const counts: Partial<Record<S, number>> = {};
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

import { and, eq, sql } from 'drizzle-orm';
import type { WaitingJob } from '../records.ts';
import { storableText, type Database } from './database.ts';
import { recordGateWaiting } from './gates.ts';
import { baseRegistry, corpusRegistry } from './registries.ts';
import { evaluations, sweeps } from './schema.ts';

/**
 * What a job waits for is the reason of what it makes while that is open: a view, written only where it is new, and replaced by the
 * reason of the end.
 */
export async function recordJobWaiting(db: Database, whose: WaitingJob, said: string | null): Promise<void> {
  const reason = said === null ? null : storableText(said);
  const isNews = (column: typeof evaluations.reason | typeof sweeps.reason) => sql`${column} is distinct from ${reason}`;
  switch (whose.kind) {
    case 'evaluation': {
      const isInHand = and(eq(evaluations.run, whose.run), eq(evaluations.job, whose.job), eq(evaluations.state, 'running'));
      return void (await db
        .update(evaluations)
        .set({ reason })
        .where(and(isInHand, isNews(evaluations.reason))));
    }
    case 'corpus':
      return corpusRegistry.recordWaiting(db, whose.team, whose.name, reason);
    case 'base':
      return baseRegistry.recordWaiting(db, whose.team, whose.name, reason);
    case 'gate':
      return recordGateWaiting(db, whose.gate, reason);
    case 'analysis': {
      const isOpen = and(eq(sweeps.id, whose.sweep), eq(sweeps.state, 'analysing'));
      return void (await db
        .update(sweeps)
        .set({ reason })
        .where(and(isOpen, isNews(sweeps.reason))));
    }
  }
}

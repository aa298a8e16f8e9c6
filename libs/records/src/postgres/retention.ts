import type { Checkpoint, Demand } from '@titrate/contracts';
import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { isOfBaseline } from './baselines.ts';
import { isBase } from './bases.ts';
import { change } from './change.ts';
import { isOpen } from './conditions.ts';
import type { Database } from './database.ts';
import { lockRun } from './run-log.ts';
import { stepsReferredTo } from './references.ts';
import { toCheckpoint } from './runs.ts';
import { checkpoints, demands, evaluations, sweeps } from './schema.ts';

/**
 * Marks as `deleting` what a trained run need not keep, and returns all that is so marked, earlier marks included: whoever
 * died between mark and deletion goes on there. Kept of those that stand are the last checkpoint, pinned ones, those with an open evaluation
 * or under which one is scored, those that another run will go on from, evaluated ones that a baseline in use rests on, and whatever any sweep that was not cancelled wants kept. New demands take the same lock on the run.
 */
export async function markDeletable(db: Database, id: string): Promise<Checkpoint[]> {
  return change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    if (!run.trained) return [];
    const wanted = await inHand.tx
      .select({ demand: demands.demand, isOfBaseline })
      .from(demands)
      .innerJoin(sweeps, eq(sweeps.id, demands.sweep))
      .where(and(eq(demands.run, id), ne(sweeps.state, 'cancelled')));
    const isOwed = sql`exists (select 1 from ${evaluations} where ${evaluations.run} = ${checkpoints.run} and ${evaluations.step} = ${checkpoints.step} and ${isOpen})`;
    const candidates = await inHand.tx
      .select()
      .from(checkpoints)
      .where(
        and(
          eq(checkpoints.run, id),
          or(
            eq(checkpoints.state, 'deleting'),
            and(eq(checkpoints.state, 'superseded'), eq(checkpoints.pinned, false)),
            and(eq(checkpoints.state, 'committed'), eq(checkpoints.pinned, false), sql`not ${isOwed}`, sql`not ${isBase}`),
          ),
        ),
      )
      .orderBy(asc(checkpoints.number));
    const policies = wanted.map(({ demand, isOfBaseline }) => (isOfBaseline ? { ...demand, retention: atLeastEvaluated(demand) } : demand));
    const referredTo = new Set(await stepsReferredTo(inHand.tx, id));
    const going = candidates.filter(
      ({ state, step }) => state !== 'committed' || (step < run.steps && !referredTo.has(step) && mayGo(step, policies)),
    );
    const fresh = going.filter(({ state }) => state !== 'deleting');
    if (fresh.length > 0) {
      const digests = fresh.map(({ digest }) => digest);
      await inHand.tx
        .update(checkpoints)
        .set({ state: 'deleting' })
        .where(and(eq(checkpoints.run, id), inArray(checkpoints.digest, digests)));
    }
    for (const { digest, step } of fresh) inHand.event('checkpoint.deleting', { run: id }, { checkpoint: digest, step });
    return going.map((row) => toCheckpoint({ ...row, state: 'deleting' }));
  });
}

/** The objects are gone; the log entry stays, and this row is the tombstone. */
export async function checkpointDeleted(db: Database, run: string, digest: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const { rowCount } = await inHand.tx
      .update(checkpoints)
      .set({ state: 'deleted' })
      .where(and(eq(checkpoints.run, run), eq(checkpoints.digest, digest), eq(checkpoints.state, 'deleting')));
    if ((rowCount ?? 0) > 0) inHand.event('checkpoint.deleted', { run }, { checkpoint: digest });
  });
}

/** What a baseline rests on can be evaluated again. */
const atLeastEvaluated = ({ retention }: Demand): Demand['retention'] => (retention === 'final' ? 'evaluated' : retention);

/** Every sweep must agree; a run that no sweep demands keeps everything, as a new demand goes on from there. */
function mayGo(step: number, policies: readonly Demand[]): boolean {
  return (
    policies.length > 0 &&
    policies.every(({ retention, evaluateSteps }) => retention === 'final' || (retention === 'evaluated' && !evaluateSteps.includes(step)))
  );
}

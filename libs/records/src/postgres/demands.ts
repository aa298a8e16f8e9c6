import { digestOf, trainedStage, type PlannedRun, type SweepPlan } from '@titrate/contracts';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { failStranded } from './bases.ts';
import type { Change } from './change.ts';
import { owes } from './conditions.ts';
import { among, chunked, type Transaction } from './database.ts';
import { referenceRuns } from './references.ts';
import { cells, demands, evaluationDemands, evaluations, runs } from './schema.ts';

/**
 * Writes what a sweep demands: its cells, the runs that do not exist yet, and its evaluations. What exists is shared:
 * results count at once, committed checkpoints wait for their new evaluations, and runs that ended go on where something
 * is owed. Calling it again with more cells adds them.
 */
export async function writeDemands(change: Change, sweep: string, plan: SweepPlan): Promise<void> {
  const ids = plan.runs.map(({ id }) => id);
  await insertRuns(change.tx, plan.runs);
  // References too: retention, which takes the same lock, then sees that they are wanted.
  await lockRuns(change.tx, [...ids, ...referenceRuns(plan.runs.flatMap(({ demand }) => demand.evaluations))]);
  const fresh = await notYetDemanded(change.tx, sweep, ids);
  await insertCells(change.tx, sweep, plan);
  await insertDemands(change.tx, sweep, plan);
  await insertEvaluations(change.tx, sweep, plan.runs);
  await reopenEvaluations(change.tx, sweep, fresh, 'of-failed-runs');
  await attachCheckpoints(change.tx, ids);
  await settleImpossible(change.tx, ids);
  await reopenRuns(change, sweep);
  const bases = new Set(plan.runs.flatMap(({ base }) => (base === null ? [] : [base.run])));
  for (const base of [...bases].sort()) await failStranded(change, base);
}

/** Locks runs in the order of their ids, so that two changes never wait for each other. */
export async function lockRuns(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.select({ id: runs.id }).from(runs).where(among(runs.id, ids)).orderBy(asc(runs.id)).for('update');
}

async function notYetDemanded(tx: Transaction, sweep: string, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.select({ run: demands.run }).from(demands).where(eq(demands.sweep, sweep));
  const known = new Set(rows.map(({ run }) => run));
  return ids.filter((id) => !known.has(id));
}

async function insertRuns(tx: Transaction, planned: readonly PlannedRun[]): Promise<void> {
  const rows = planned.map(({ id, size, identity, parameters, dose, base }) => {
    const { steps, batchInstances, sequenceLength } = trainedStage(identity);
    const tokens = steps * batchInstances * sequenceLength;
    const [baseRun, baseStep] = [base?.run ?? null, base?.step ?? null];
    return { id, size, dose, tokens, steps, identity, parameters, baseRun, baseStep, state: 'waiting' as const };
  });
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const chunk of chunked(sorted)) await tx.insert(runs).values(chunk).onConflictDoNothing();
}

async function insertCells(tx: Transaction, sweep: string, plan: SweepPlan): Promise<void> {
  await tx.delete(cells).where(eq(cells.sweep, sweep));
  for (const chunk of chunked(plan.cells.map((cell, position) => ({ ...cell, sweep, position })))) await tx.insert(cells).values(chunk);
}

async function insertDemands(tx: Transaction, sweep: string, plan: SweepPlan): Promise<void> {
  const finished = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        among(
          runs.id,
          plan.runs.map(({ id }) => id),
        ),
        eq(runs.trained, true),
      ),
    );
  const reused = new Set(finished.map(({ id }) => id));
  const position = new Map(plan.cells.map(({ run }, index) => [run, index] as const).reverse());
  const rows = plan.runs.map(({ id, demand }) => ({
    sweep,
    run: id,
    position: position.get(id) ?? plan.cells.length,
    demand,
    reused: reused.has(id),
  }));
  for (const chunk of chunked(rows)) {
    // An amended sweep keeps what it knew about reuse and about who was taken up.
    const set = { position: sql`excluded.position`, demand: sql`excluded.demand` };
    await tx
      .insert(demands)
      .values(chunk)
      .onConflictDoUpdate({ target: [demands.sweep, demands.run], set });
  }
}

async function insertEvaluations(tx: Transaction, sweep: string, planned: readonly PlannedRun[]): Promise<void> {
  const rows = planned.flatMap(({ id: run, demand }) =>
    demand.evaluations.flatMap((settings) => {
      const settingsDigest = digestOf(settings);
      return demand.evaluateSteps.map((step) => ({ run, step, settingsDigest, settings, state: 'waiting' as const }));
    }),
  );
  for (const chunk of chunked(rows)) await tx.insert(evaluations).values(chunk).onConflictDoNothing();
  const links = rows.map(({ run, step, settingsDigest }) => ({ sweep, run, step, settingsDigest }));
  // An amended sweep asks what its spec says now: results under settings of an earlier spec do not enter its report.
  await tx.delete(evaluationDemands).where(eq(evaluationDemands.sweep, sweep));
  for (const chunk of chunked(links)) await tx.insert(evaluationDemands).values(chunk).onConflictDoNothing();
}

/**
 * Makes evaluations wait again that ended without a result, where a result can still come: on runs that have not been
 * trained to the end, and on checkpoints that exist.
 */
export async function reopenEvaluations(
  tx: Transaction,
  sweep: string,
  ids: readonly string[],
  which: 'of-failed-runs' | 'all',
): Promise<number> {
  const ofRuns = which === 'all' ? sql`true` : sql`r.state = 'failed'`;
  const { rowCount } = await tx.execute(sql`
    update evaluations e set state = 'waiting', reason = null, finished_at = null, demanded_at = now()
    from evaluation_demands l join runs r on r.id = l.run
      left join checkpoints c on c.run = l.run and c.step = l.step and c.state = 'committed'
    where l.sweep = ${sweep} and l.run = e.run and l.step = e.step and l.settings_digest = e.settings_digest
      and e.run = any(${sql.param([...ids])}::text[]) and e.state in ('failed', 'missing')
      and (not r.trained or c.digest is not null) and ${ofRuns}`);
  return rowCount ?? 0;
}

/** Gives waiting evaluations the checkpoint of their step. Where a step was committed twice, the first one counts. */
export async function attachCheckpoints(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update evaluations e set checkpoint = c.digest
    from (select distinct on (run, step) run, step, digest from checkpoints
          where run = any(${sql.param([...ids])}::text[]) and state = 'committed' order by run, step, number) c
    where c.run = e.run and c.step = e.step and e.state = 'waiting' and e.checkpoint is null`);
}

/** Settles what waits for a step that a trained run kept no checkpoint of. */
async function settleImpossible(tx: Transaction, ids: readonly string[]): Promise<void> {
  const trained = tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(among(runs.id, ids), eq(runs.trained, true)));
  await tx
    .update(evaluations)
    .set({ state: 'missing', reason: 'The run had been trained before and kept no checkpoint of this step.', finishedAt: new Date() })
    .where(and(inArray(evaluations.run, trained), eq(evaluations.state, 'waiting'), sql`${evaluations.checkpoint} is null`));
}

/** Lets runs go on that ended or rest and owe the sweep something; wakes those which have something to do before their turn comes. */
export async function reopenRuns(change: Change, sweep: string): Promise<void> {
  const owing = await change.tx
    .select({
      id: runs.id,
      state: runs.state,
      trained: runs.trained,
      isTakenUp: sql<boolean>`exists (select 1 from demands t where t.run = ${runs.id} and t.taken_up)`,
    })
    .from(demands)
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(and(eq(demands.sweep, sweep), owes));
  const resting = owing.filter(({ state }) => state === 'finished' || state === 'failed' || state === 'idle').map(({ id }) => id);
  await change.tx
    .update(runs)
    .set({ failures: 0, interruptions: 0, notFinite: [] })
    .where(and(among(runs.id, resting), eq(runs.state, 'failed')));
  await change.tx.update(runs).set({ state: 'waiting', reason: null, finishedAt: null }).where(among(runs.id, resting));
  for (const run of resting) change.event('run.waiting', { sweep, run });
  // A run that is taken up has a workflow that must learn of the demand; one that is trained needs no training slot.
  for (const { id, trained, isTakenUp } of owing) if (trained || isTakenUp) change.wake('wake-run', id);
}

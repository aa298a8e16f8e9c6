import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { RunView } from '../work.ts';
import type { Change } from './change.ts';
import { storableText, type Reader } from './database.ts';
import { settleOpen } from './evaluations.ts';
import { letGo, setState } from './run-states.ts';
import { toCheckpoint } from './runs.ts';
import { checkpoints, evaluations, runs } from './schema.ts';

// Runs that go on from a checkpoint of another, their base.

/** The checkpoint that run `r` goes on from is committed. */
const baseIsThere = (r: string): SQL =>
  sql.raw(`exists (select 1 from checkpoints b where b.run = ${r}.base_run and b.step = ${r}.base_step and b.state = 'committed')`);

/** Run `r` has a checkpoint of its own to go on from. */
const hasResumePoint = (r: string): SQL =>
  sql.raw(`exists (select 1 from checkpoints o where o.run = ${r}.id and o.state = 'committed' and o.manifest ->> 'kind' = 'full')`);

/** Nothing that the run starts from is missing; the row must be called `runs`. */
export const canStart: SQL = sql`(runs.base_run is null or runs.trained or ${baseIsThere('runs')} or ${hasResumePoint('runs')})`;

/** A run that some sweep wants still goes on from this step; the row must be called `checkpoints`. */
export const isBase: SQL = sql`exists (
  select 1 from runs c join demands d on d.run = c.id join sweeps s on s.id = d.sweep
  where c.base_run = checkpoints.run and c.base_step = checkpoints.step and not c.trained and s.state <> 'cancelled')`;

/** The base of a run, for its view. Of a step that was committed twice the first counts. */
export async function baseOf(reader: Reader, { baseRun, baseStep }: typeof runs.$inferSelect): Promise<RunView['base']> {
  if (baseRun === null || baseStep === null) return null;
  const [found] = await reader
    .select()
    .from(checkpoints)
    .where(and(eq(checkpoints.run, baseRun), eq(checkpoints.step, baseStep), eq(checkpoints.state, 'committed')))
    .orderBy(checkpoints.number)
    .limit(1);
  return { run: baseRun, step: baseStep, checkpoint: found === undefined ? null : toCheckpoint(found) };
}

/** Steps of a run from which others that are wanted go on. */
export async function baseStepsOf(reader: Reader, run: string): Promise<number[]> {
  const { rows } = await reader.execute<{ step: string }>(sql`
    select distinct c.base_step as step from runs c join demands d on d.run = c.id join sweeps s on s.id = d.sweep
    where c.base_run = ${run} and not c.trained and s.state in ('accepted', 'running', 'paused', 'analysing') order by 1`);
  return rows.map(({ step }) => Number(step));
}

/** Wakes the sweeps of the runs that have waited for this checkpoint. */
export async function wakeContinued(inHand: Change, run: string, step: number): Promise<void> {
  const continued = await inHand.tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.baseRun, run), eq(runs.baseStep, step)));
  for (const { id } of continued) await inHand.wakeSweepsOf(id);
}

/** The base may let its checkpoint go, now that this run needs it no more. */
export function releaseBase(inHand: Change, { baseRun }: typeof runs.$inferSelect): void {
  if (baseRun !== null) inHand.wake('wake-run', baseRun);
}

/**
 * Fails the runs that would go on from a step which their base will never commit: it has failed, or is trained and kept no
 * checkpoint there. Runs that go on from those fail with them.
 */
export async function failStranded(inHand: Change, base: string): Promise<void> {
  const { rows } = await inHand.tx.execute<{ id: string; step: string; state: string }>(sql`
    select r.id, r.base_step as step, p.state from runs r join runs p on p.id = r.base_run
    where r.base_run = ${base} and not r.trained and r.state <> 'failed' and (p.trained or p.state = 'failed')
      and not ${baseIsThere('r')} and not ${hasResumePoint('r')}
    order by r.id for update of r`);
  for (const { id, step, state } of rows) {
    const why = state === 'failed' ? 'failed before it' : 'was trained and keeps no checkpoint of it; another `repeat` trains it anew';
    await failRun(inHand, id, `Cannot go on from step ${step} of run ${base}, as that run ${why}.`);
  }
}

/** Fails a run for good: what nobody can evaluate any more is settled with it, and no sweep waits for it. */
export async function failRun(inHand: Change, id: string, reason: string): Promise<void> {
  await settleOpen(inHand, id, sql`${evaluations.checkpoint} is null`, 'missing', 'The run failed before this step.');
  await settleOpen(
    inHand,
    id,
    sql`${evaluations.checkpoint} is not null`,
    'failed',
    'The run failed before this checkpoint was evaluated.',
  );
  await letGo(inHand, id);
  await setState(inHand, id, 'failed', { reason: storableText(reason), finishedAt: new Date() });
  inHand.event('run.failed', { run: id }, { reason: storableText(reason) });
  await inHand.wakeSweepsOf(id);
  await failStranded(inHand, id);
}

import type { StoredObject, SweepState } from '@titrate/contracts';
import { and, eq, sql } from 'drizzle-orm';
import type { Actor, ChangeOutcome } from '../records.ts';
import { change, type Change } from './change.ts';
import { isDemanded, isLive, isOpen, owes } from './conditions.ts';
import { among, storableText, type Database } from './database.ts';
import { lockRuns, reopenEvaluations, reopenRuns } from './demands.ts';
import { readSweep } from './sweep-lists.ts';
import { lockSweep } from './sweeps.ts';
import { demands, evaluations, runs, sweeps } from './schema.ts';

type SweepRow = NonNullable<Awaited<ReturnType<typeof lockSweep>>>;
type SweepChange = 'pause' | 'resume' | 'cancel' | 'retry';
type Step = { readonly kind: 'done' | 'unchanged' } | { readonly kind: 'refused'; readonly reason: string };

/** Pauses, resumes, cancels or retries a sweep, where its state allows it. */
export function changeSweep(db: Database, actor: Actor, id: string, what: SweepChange): Promise<ChangeOutcome> {
  const steps = { pause, resume, cancel, retry };
  return change(db, actor, async (inHand): Promise<ChangeOutcome> => {
    const row = await lockSweep(inHand.tx, actor.team, id);
    if (row === null) return { kind: 'not-found' };
    const step = await steps[what](inHand, row);
    if (step.kind === 'refused') return step;
    return { kind: step.kind === 'done' ? 'changed' : 'unchanged', sweep: await readSweep(inHand.tx, id) };
  });
}

async function pause(inHand: Change, row: SweepRow): Promise<Step> {
  if (row.state === 'paused') return { kind: 'unchanged' };
  if (row.state !== 'accepted' && row.state !== 'running') return refused('pause', 'accepted or running', row.state);
  await setState(inHand, row.id, 'paused', { resumedState: row.state });
  inHand.event('sweep.paused', { team: row.team, sweep: row.id });
  await wakeAll(inHand, row.id);
  return { kind: 'done' };
}

async function resume(inHand: Change, row: SweepRow): Promise<Step> {
  if (row.state === 'accepted' || row.state === 'running') return { kind: 'unchanged' };
  if (row.state !== 'paused') return refused('resume', 'paused', row.state);
  await setState(inHand, row.id, row.resumedState ?? 'running', { resumedState: null });
  inHand.event('sweep.resumed', { team: row.team, sweep: row.id });
  await wakeAll(inHand, row.id);
  return { kind: 'done' };
}

async function cancel(inHand: Change, row: SweepRow): Promise<Step> {
  if (row.state === 'cancelled') return { kind: 'unchanged' };
  if (row.state === 'finished' || row.state === 'failed') return refused('cancel', 'still open', row.state);
  await end(inHand, row, 'cancelled', null);
  return { kind: 'done' };
}

/** Opens again what has no result and can have one: failed runs and evaluations, and all that a cancelled sweep gave up. */
async function retry(inHand: Change, row: SweepRow): Promise<Step> {
  const { tx } = inHand;
  const ids = (await tx.select({ run: demands.run }).from(demands).where(eq(demands.sweep, row.id))).map(({ run }) => run);
  await lockRuns(tx, ids);
  const reopened = await reopenEvaluations(tx, row.id, ids, 'all');
  const isEnded = row.state === 'finished' || row.state === 'failed' || row.state === 'cancelled';
  if (reopened === 0 && row.state !== 'failed' && row.state !== 'cancelled') return { kind: 'unchanged' };
  if (row.state === 'analysing') await setState(inHand, row.id, 'running', { reason: null });
  if (isEnded)
    await setState(inHand, row.id, 'accepted', { resumedState: null, reason: null, finishedAt: null, report: null, reportPage: null });
  inHand.event('sweep.retried', { team: row.team, sweep: row.id }, { evaluations: reopened });
  await reopenRuns(inHand, row.id);
  inHand.wake(isEnded ? 'start-sweep' : 'wake-sweep', row.id);
  return { kind: 'done' };
}

const refused = (what: string, rule: string, state: SweepState): Step => ({
  kind: 'refused',
  reason: `Cannot ${what} the sweep as it must be ${rule}: it is ${state}`,
});

async function setState(inHand: Change, id: string, state: SweepState, more: Partial<typeof sweeps.$inferInsert>): Promise<void> {
  await inHand.tx
    .update(sweeps)
    .set({ state, ...more })
    .where(eq(sweeps.id, id));
}

/** Wakes the sweep and every run that it has taken up. When it ends, paused runs must learn of it too; a resumed sweep takes them up itself. */
async function wakeAll(inHand: Change, id: string, which: 'taken-up' | 'paused-too' = 'taken-up'): Promise<void> {
  const isConcerned = which === 'taken-up' ? eq(demands.takenUp, true) : sql`(${demands.takenUp} or ${runs.state} = 'paused')`;
  const rows = await inHand.tx
    .select({ run: demands.run })
    .from(demands)
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(and(eq(demands.sweep, id), isConcerned));
  for (const { run } of rows) inHand.wake('wake-run', run);
  inHand.wake('wake-sweep', id);
}

/** Ends a sweep without a report, and lets go of the runs that only it wanted. */
async function end(inHand: Change, row: SweepRow, state: 'cancelled' | 'failed', reason: string | null): Promise<void> {
  await setState(inHand, row.id, state, { resumedState: null, reason, finishedAt: new Date() });
  inHand.event(
    state === 'cancelled' ? 'sweep.cancelled' : 'sweep.failed',
    { team: row.team, sweep: row.id },
    reason === null ? {} : { reason },
  );
  const ids = (await inHand.tx.select({ run: demands.run }).from(demands).where(eq(demands.sweep, row.id))).map(({ run }) => run);
  await lockRuns(inHand.tx, ids);
  await wakeAll(inHand, row.id, 'paused-too');
  await releaseResting(inHand, ids);
}

/** Runs that wait for their turn, or are paused, have nothing to stop: they are released at once. */
async function releaseResting(inHand: Change, ids: readonly string[]): Promise<void> {
  const isWanted = sql`exists (select 1 from ${demands} join ${sweeps} on ${sweeps.id} = ${demands.sweep} where ${demands.run} = ${runs.id} and (${isLive} or ${demands.takenUp}))`;
  const isAsked = sql`exists (select 1 from ${evaluations} where ${evaluations.run} = ${runs.id} and ${isOpen} and ${isDemanded})`;
  const released = await inHand.tx
    .update(runs)
    .set({ state: 'idle' })
    .where(and(among(runs.id, ids), sql`${runs.state} in ('waiting', 'paused') and not ${isWanted} and not ${isAsked}`))
    .returning({ id: runs.id });
  for (const { id: run } of released) inHand.event('run.released', { run });
}

/** The workflow works on it now. */
export async function sweepStarted(db: Database, id: string): Promise<void> {
  const [seen] = await db.select({ state: sweeps.state, resumedState: sweeps.resumedState }).from(sweeps).where(eq(sweeps.id, id));
  // Asked at every step of the workflow, so the usual answer costs no lock.
  if (seen?.state !== 'accepted' && seen?.resumedState !== 'accepted') return;
  await change(db, null, async (inHand) => {
    const row = await lockSweep(inHand.tx, null, id);
    if (row?.state === 'accepted') await setState(inHand, id, 'running', {});
    else if (row?.state === 'paused' && row.resumedState === 'accepted') await setState(inHand, id, 'paused', { resumedState: 'running' });
    else return;
    inHand.event('sweep.started', { team: row.team, sweep: id });
  });
}

/** Every demand is settled and the analysis begins. Changes nothing when something is owed again. */
export async function sweepAnalysing(db: Database, id: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const row = await lockSweep(inHand.tx, null, id);
    if (row?.state !== 'accepted' && row?.state !== 'running') return;
    const isOwed = await inHand.tx.$count(demands, and(eq(demands.sweep, id), owes));
    if (isOwed > 0) return;
    await setState(inHand, id, 'analysing', {});
    inHand.event('sweep.analysing', { team: row.team, sweep: id });
  });
}

/** The report is there. Changes nothing when the sweep was cancelled, or given more cells, while it was analysed. */
export async function sweepFinished(db: Database, id: string, report: StoredObject, reportPage: StoredObject): Promise<void> {
  await change(db, null, async (inHand) => {
    const row = await lockSweep(inHand.tx, null, id);
    if (row?.state !== 'analysing') return;
    await setState(inHand, id, 'finished', { reason: null, report, reportPage, finishedAt: new Date() });
    inHand.event('sweep.analysed', { team: row.team, sweep: id }, { report: report.sha256 });
    inHand.event('sweep.finished', { team: row.team, sweep: id });
  });
}

/** The sweep cannot be brought to its report. */
export async function sweepFailed(db: Database, id: string, reason: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const row = await lockSweep(inHand.tx, null, id);
    if (row === null || row.state === 'finished' || row.state === 'failed' || row.state === 'cancelled') return;
    await end(inHand, row, 'failed', storableText(reason));
  });
}

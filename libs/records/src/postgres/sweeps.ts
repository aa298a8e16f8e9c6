import { digestOf, type SweepPlan, type SweepSpec } from '@titrate/contracts';
import { and, eq, getTableColumns, ne, notInArray, sql } from 'drizzle-orm';
import type { Actor, ChangeOutcome, DeleteOutcome, SubmitOutcome } from '../records.ts';
import { baselinesOn } from './baselines.ts';
import { change, type Change } from './change.ts';
import { among, storableText, type Database, type Transaction } from './database.ts';
import { lockRuns, writeDemands } from './demands.ts';
import { readSweep } from './sweep-lists.ts';
import { cells, checkpoints, demands, evaluations, idempotencyKeys, runs, sweeps } from './schema.ts';

/** Makes a sweep of a spec, or finds the one that the same spec, or the same key, made before. */
export function submitSweep(
  db: Database,
  actor: Actor,
  spec: SweepSpec,
  plan: SweepPlan,
  idempotencyKey: string | null,
): Promise<SubmitOutcome> {
  return change(db, actor, async (inHand) => {
    const known = idempotencyKey === null ? null : await sweepOfKey(inHand.tx, actor.team, idempotencyKey);
    if (known !== null && known.specDigest !== plan.specDigest) return { kind: 'key-reused', sweep: known.sweep };
    const isNew = known === null && (await insertSweep(inHand, actor.team, spec, plan));
    const id = known?.sweep ?? plan.sweep;
    if (idempotencyKey !== null && known === null) {
      const isOurs = await rememberKey(inHand.tx, actor.team, idempotencyKey, plan);
      // Somebody used the key at the same moment: look again at what it stands for.
      if (!isOurs) throw Object.assign(new Error('The idempotency key was taken at the same time'), { code: '40001' });
    }
    return { kind: isNew ? 'created' : 'existing', sweep: await readSweep(inHand.tx, id) };
  });
}

async function sweepOfKey(tx: Transaction, team: string, key: string) {
  const [row] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.team, team), eq(idempotencyKeys.key, key)));
  return row ?? null;
}

async function rememberKey(tx: Transaction, team: string, key: string, { sweep, specDigest }: SweepPlan): Promise<boolean> {
  const { rowCount } = await tx.insert(idempotencyKeys).values({ team, key, sweep, specDigest }).onConflictDoNothing();
  return rowCount === 1;
}

async function insertSweep(inHand: Change, team: string, spec: SweepSpec, plan: SweepPlan): Promise<boolean> {
  const row = { id: plan.sweep, team, state: 'accepted' as const, ...columnsOf(spec, plan) };
  // A submission of the same sweep at the same time waits here until the other has committed.
  const { rowCount } = await inHand.tx.insert(sweeps).values(row).onConflictDoNothing();
  if (rowCount === 0) return false;
  await writeDemands(inHand, plan.sweep, plan);
  inHand.event('sweep.submitted', { team, sweep: plan.sweep }, { ...summaryOf(plan), name: plan.name });
  inHand.wake('start-sweep', plan.sweep);
  return true;
}

const summaryOf = ({ specDigest, cells, runs }: SweepPlan) => ({
  ...{ specDigest, cells: cells.length, runs: runs.length },
  sizes: [...new Set(runs.map(({ size }) => size))].sort(),
});

function columnsOf(spec: SweepSpec, plan: SweepPlan) {
  const labels = Object.fromEntries(Object.entries(spec.labels).map(([key, value]) => [key, storableText(value)]));
  return { name: plan.name, labels, spec, specDigest: plan.specDigest, concurrency: spec.concurrency };
}

/** Adds cells to a sweep. What it has is never taken away: a spec without one of its cells is refused. */
export function amendSweep(db: Database, actor: Actor, id: string, spec: SweepSpec, plan: SweepPlan): Promise<ChangeOutcome> {
  return change(db, actor, async (inHand): Promise<ChangeOutcome> => {
    const row = await lockSweep(inHand.tx, actor.team, id);
    if (row === null) return { kind: 'not-found' };
    if (row.specDigest === plan.specDigest) return { kind: 'unchanged', sweep: await readSweep(inHand.tx, id) };
    if (row.state === 'cancelled' || row.state === 'failed')
      return { kind: 'refused', reason: `Cannot amend the sweep as it must be open or finished: it is ${row.state}. Retry it first` };
    const lost = await lostCells(inHand.tx, id, plan);
    if (lost > 0)
      return { kind: 'refused', reason: `Cannot amend the sweep as every cell that it has must stay: the new spec lacks ${lost} of them` };
    const isEnded = row.state === 'finished';
    const reopened = isEnded
      ? { state: 'accepted' as const, finishedAt: null, report: null, reportPage: null }
      : row.state === 'analysing'
        ? { state: 'running' as const, reason: null }
        : {};
    await inHand.tx
      .update(sweeps)
      .set({ ...columnsOf(spec, plan), ...reopened })
      .where(eq(sweeps.id, id));
    await writeDemands(inHand, id, plan);
    inHand.event('sweep.amended', { team: row.team, sweep: id }, summaryOf(plan));
    inHand.wake(isEnded ? 'start-sweep' : 'wake-sweep', id);
    return { kind: 'changed', sweep: await readSweep(inHand.tx, id) };
  });
}

/** The row of a team's sweep, locked until the transaction ends. */
export async function lockSweep(tx: Transaction, team: string | null, id: string) {
  const [row] = await tx
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.id, id), team === null ? undefined : eq(sweeps.team, team)))
    .for('update');
  return row ?? null;
}

async function lostCells(tx: Transaction, id: string, plan: SweepPlan): Promise<number> {
  const { sweep: _, position: __, ...fields } = getTableColumns(cells);
  const rows = await tx.select(fields).from(cells).where(eq(cells.sweep, id));
  const kept = new Set(plan.cells.map((cell) => digestOf(cell)));
  return rows.filter((cell) => !kept.has(digestOf(cell))).length;
}

/**
 * Forgets an ended sweep, and the runs that nobody else ever demanded with what the records hold of them. Runs with a
 * pinned checkpoint or an evaluation that a person asked for stay. The workflows of sweep and runs are woken: they find
 * nothing here and take the objects from the artifact store.
 */
export function deleteSweep(db: Database, actor: Actor, id: string, dryRun: boolean): Promise<DeleteOutcome> {
  return change(db, actor, async (inHand): Promise<DeleteOutcome> => {
    const { tx } = inHand;
    const row = await lockSweep(tx, actor.team, id);
    if (row === null) return { kind: 'not-found' };
    if (row.state !== 'finished' && row.state !== 'failed' && row.state !== 'cancelled')
      return { kind: 'refused', reason: `Cannot delete the sweep as it must have ended: it is ${row.state}` };
    const inUse = await baselinesOn(tx, id);
    if (inUse.length > 0)
      return {
        kind: 'refused',
        reason: `Cannot delete the sweep as no baseline in use may rest on it: ${inUse.join(', ')} does. Retire it first`,
      };
    const demanded = (await tx.select({ run: demands.run }).from(demands).where(eq(demands.sweep, id))).map(({ run }) => run);
    await lockRuns(tx, demanded);
    const { lone, busy } = await loneRuns(tx, id);
    if (busy > 0) return { kind: 'refused', reason: `Cannot delete the sweep as its runs must have stopped: ${busy} of them still work` };
    const counts = {
      runs: lone.length,
      sharedRuns: demanded.length - lone.length,
      checkpoints: await tx.$count(checkpoints, among(checkpoints.run, lone)),
    };
    if (dryRun) return { kind: 'would-delete', ...counts };
    await tx.delete(sweeps).where(eq(sweeps.id, id));
    await tx.delete(runs).where(among(runs.id, lone));
    for (const run of lone) inHand.wake('wake-run', run);
    inHand.wake('wake-sweep', id);
    inHand.event('sweep.deleted', { team: row.team, sweep: id }, counts);
    return { kind: 'deleted', ...counts };
  });
}

/** The runs that only this sweep demands and nobody holds on to, and how many of them are at work. */
async function loneRuns(tx: Transaction, id: string): Promise<{ lone: string[]; busy: number }> {
  const shared = tx.select({ run: demands.run }).from(demands).where(ne(demands.sweep, id));
  const pinned = tx.select({ run: checkpoints.run }).from(checkpoints).where(eq(checkpoints.pinned, true));
  const asked = tx.select({ run: evaluations.run }).from(evaluations).where(eq(evaluations.asked, true));
  const isBusy = sql<boolean>`demands.taken_up or exists (select 1 from attempts a where a.run = demands.run and a.state in ('launched', 'running'))`;
  const rows = await tx
    .select({ run: demands.run, isBusy })
    .from(demands)
    .where(and(eq(demands.sweep, id), notInArray(demands.run, shared), notInArray(demands.run, pinned), notInArray(demands.run, asked)));
  return { lone: rows.map(({ run }) => run), busy: rows.filter((row) => row.isBusy).length };
}

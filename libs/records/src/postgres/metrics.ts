import { and, count, desc, eq, inArray, isNotNull, min, sql } from 'drizzle-orm';
import type { LiveSweep, MetricsReading, RunAtWork } from '../readings.ts';
import { isAtWork, isLive, isOpen } from './conditions.ts';
import { inSnapshot, type Database, type Transaction } from './database.ts';
import { attempts, checkpoints, demands, evaluations, events, outbox, runs, sweeps } from './schema.ts';
import { readCounts } from './tallies.ts';

/**
 * Reads all that metrics tell in one snapshot. Costs as much as there is at work, and one row for each run and sweep that
 * there ever was; checkpoints, results and events, of which there are many more, are never counted over.
 */
export function readMetrics(db: Database): Promise<MetricsReading> {
  return inSnapshot(db, async (tx) => {
    const ofSweeps = await tx.select({ state: sweeps.state, count: count() }).from(sweeps).groupBy(sweeps.state);
    const ofRuns = await tx.select({ state: runs.state, count: count() }).from(runs).groupBy(runs.state);
    const ofEvaluations = await tx
      .select({ state: evaluations.state, count: count() })
      .from(evaluations)
      .where(isOpen)
      .groupBy(evaluations.state);
    return {
      counts: await readCounts(tx),
      sweeps: byState(ofSweeps),
      runs: byState(ofRuns),
      evaluations: byState(ofEvaluations),
      oldestBacklog: await oldestBacklog(tx),
      outbox: await tx.$count(outbox),
      ledger: await ledgerOf(tx),
      liveSweeps: await liveSweeps(tx),
      atWork: await runsAtWork(tx),
    };
  });
}

function byState<S extends string>(rows: { state: S; count: number }[]): Partial<Record<S, number>> {
  const counts: Partial<Record<S, number>> = {};
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

async function oldestBacklog(tx: Transaction): Promise<string | null> {
  const since = sql<Date>`min(greatest(${checkpoints.committedAt}, ${evaluations.demandedAt}))`.mapWith(checkpoints.committedAt);
  const [oldest] = await tx
    .select({ since })
    .from(evaluations)
    .innerJoin(checkpoints, and(eq(checkpoints.run, evaluations.run), eq(checkpoints.digest, evaluations.checkpoint)))
    .where(and(isOpen, isNotNull(evaluations.checkpoint)));
  return oldest?.since?.toISOString() ?? null;
}

async function ledgerOf(tx: Transaction): Promise<MetricsReading['ledger']> {
  const [newest] = await tx.select({ id: events.id, at: events.at }).from(events).orderBy(desc(events.id)).limit(1);
  return { entries: newest?.id ?? 0, newestAt: newest?.at.toISOString() ?? null };
}

/** Each run is paid for by the sweep that demanded it first, so that no GPU-second is in two sums. */
async function liveSweeps(tx: Transaction): Promise<LiveSweep[]> {
  const live = await tx.select({ id: sweeps.id, name: sweeps.name, team: sweeps.team, number: sweeps.number }).from(sweeps).where(isLive);
  if (live.length === 0) return [];
  const ids = live.map(({ id }) => id);
  const states = await tx
    .select({ sweep: demands.sweep, state: runs.state, count: count() })
    .from(demands)
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(inArray(demands.sweep, ids))
    .groupBy(demands.sweep, runs.state);
  const held = sql`${attempts.heldSeconds} + coalesce(extract(epoch from coalesce(${attempts.endedAt}, now()) - coalesce(${attempts.placedAt}, ${attempts.startedAt})), 0)`;
  const isFirst = sql`not exists (select 1 from demands d join sweeps s on s.id = d.sweep where d.run = ${demands.run} and s.number < ${sweeps.number})`;
  const paid = await tx
    .select({ sweep: demands.sweep, gpuSeconds: sql<number>`sum(${attempts.gpus} * (${held}))::float8` })
    .from(demands)
    .innerJoin(sweeps, eq(sweeps.id, demands.sweep))
    .innerJoin(attempts, eq(attempts.run, demands.run))
    .where(and(inArray(demands.sweep, ids), isFirst))
    .groupBy(demands.sweep);
  const paidBy = new Map(paid.map(({ sweep, gpuSeconds }) => [sweep, gpuSeconds]));
  return live.map(({ id, name, team }) => ({
    ...{ id, name, team, gpuSeconds: paidBy.get(id) ?? 0 },
    runs: byState(states.filter(({ sweep }) => sweep === id)),
  }));
}

async function runsAtWork(tx: Transaction): Promise<RunAtWork[]> {
  const payer = tx
    .select({ run: demands.run, first: min(sweeps.number).as('first') })
    .from(demands)
    .innerJoin(sweeps, and(eq(sweeps.id, demands.sweep), isLive))
    .groupBy(demands.run)
    .as('payer');
  const rows = await tx
    .select({ run: runs, attempt: attempts, sweep: sweeps.id })
    .from(attempts)
    .innerJoin(runs, and(eq(runs.id, attempts.run), eq(runs.attempt, attempts.number)))
    .leftJoin(payer, eq(payer.run, runs.id))
    .leftJoin(sweeps, eq(sweeps.number, payer.first))
    .where(isAtWork);
  const newest = await newestCheckpoints(
    tx,
    rows.map(({ run }) => run.id),
  );
  return rows.map(({ run, attempt, sweep }) => ({
    ...{ id: run.id, size: run.size, dose: run.dose, steps: run.steps, tokens: run.tokens, sweep },
    ...{ attempt: attempt.number, waiting: attempt.waiting !== null, progress: attempt.progress },
    checkpointSteps: [...(attempt.steps?.resumeSteps ?? []), ...(attempt.steps?.evaluateSteps ?? [])],
    newestCheckpoint: newest.get(run.id) ?? null,
    launchedAt: attempt.launchedAt.toISOString(),
  }));
}

async function newestCheckpoints(tx: Transaction, ids: string[]): Promise<Map<string, { step: number; at: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([checkpoints.run], { run: checkpoints.run, step: checkpoints.step, at: checkpoints.committedAt })
    .from(checkpoints)
    .where(inArray(checkpoints.run, ids))
    .orderBy(checkpoints.run, desc(checkpoints.step));
  return new Map(rows.map(({ run, step, at }) => [run, { step, at: at.toISOString() }]));
}

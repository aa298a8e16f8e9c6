import type { CellStatus, Page, Sweep, SweepState } from '@titrate/contracts';
import { and, asc, count, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import type { ListQuery } from '../records.ts';
import { asksFor } from './conditions.ts';
import { Cursors } from './cursors.ts';
import { among, type Database, type Reader } from './database.ts';
import { toEvaluation } from './evaluation-lists.ts';
import { cells, demands, evaluationDemands, evaluations, runs, sweeps } from './schema.ts';

const sweepCursors = new Cursors('sweeps', ['number']);
const cellCursors = new Cursors('cells', ['number']);

/** A sweep that must exist, as the API shows it. */
export async function readSweep(reader: Reader, id: string): Promise<Sweep> {
  const [sweep] = await complete(reader, await reader.select().from(sweeps).where(eq(sweeps.id, id)));
  if (sweep === undefined) throw new Error(`Cannot read sweep ${id} as it must be in the records`);
  return sweep;
}

/** A team's sweep; null when there is none, or it is another team's. */
export async function getSweep(db: Database, team: string, id: string): Promise<Sweep | null> {
  const rows = await db
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.id, id), eq(sweeps.team, team)));
  return (await complete(db, rows))[0] ?? null;
}

/** A team's sweeps, newest first. */
export async function listSweeps(
  db: Database,
  team: string,
  { cursor, limit, state, label }: ListQuery & { state?: SweepState | undefined; label?: { key: string; value: string } | undefined },
): Promise<Page<Sweep>> {
  const after = sweepCursors.read(cursor);
  const rows = await db
    .select()
    .from(sweeps)
    .where(
      and(
        eq(sweeps.team, team),
        state && eq(sweeps.state, state),
        label && hasLabel(label),
        after ? lt(sweeps.number, after[0] as number) : undefined,
      ),
    )
    .orderBy(desc(sweeps.number))
    .limit(limit + 1);
  const page = sweepCursors.page(
    rows,
    limit,
    ({ number }) => [number],
    (row) => row,
  );
  return { items: await complete(db, page.items), next: page.next };
}

const hasLabel = ({ key, value }: { key: string; value: string }): SQL =>
  sql`${sweeps.labels} @> ${JSON.stringify({ [key]: value })}::jsonb`;

/** Adds to each row the counts of its runs and evaluations, with two questions for all of them. */
async function complete(reader: Reader, rows: (typeof sweeps.$inferSelect)[]): Promise<Sweep[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const runCounts = await reader
    .select({ sweep: demands.sweep, state: runs.state, count: count() })
    .from(demands)
    .innerJoin(runs, eq(runs.id, demands.run))
    .where(among(demands.sweep, ids))
    .groupBy(demands.sweep, runs.state);
  const evaluationCounts = await reader
    .select({ sweep: evaluationDemands.sweep, state: evaluations.state, count: count() })
    .from(evaluationDemands)
    .innerJoin(evaluations, asksFor)
    .where(among(evaluationDemands.sweep, ids))
    .groupBy(evaluationDemands.sweep, evaluations.state);
  return rows.map((row) => toSweep(row, countsOf(runCounts, row.id), countsOf(evaluationCounts, row.id)));
}

function countsOf<S extends string>(rows: { sweep: string; state: S; count: number }[], id: string): Partial<Record<S, number>> {
  const counts: Partial<Record<S, number>> = {};
  for (const row of rows) if (row.sweep === id) counts[row.state] = row.count;
  return counts;
}

function toSweep(row: typeof sweeps.$inferSelect, runCounts: Sweep['runs'], evaluationCounts: Sweep['evaluations']): Sweep {
  const { id, team, name, state, reason, spec, specDigest, report, reportPage, createdAt, finishedAt } = row;
  const shown = { id, team, name, labels: spec.labels, state, reason, spec, specDigest, runs: runCounts, evaluations: evaluationCounts };
  return { ...shown, report, reportPage, createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}

/** The cells of a sweep in the order of its plan, each with its run's state and the newest result that the sweep asked for. */
export async function listCells(db: Database, sweep: string, { cursor, limit }: ListQuery): Promise<Page<CellStatus>> {
  const after = cellCursors.read(cursor);
  const rows = await db
    .select({ cell: cells, state: runs.state, reason: runs.reason, step: newestStep, steps: runs.steps, reused: demands.reused })
    .from(cells)
    .innerJoin(runs, eq(runs.id, cells.run))
    .innerJoin(demands, and(eq(demands.sweep, cells.sweep), eq(demands.run, cells.run)))
    .where(and(eq(cells.sweep, sweep), after ? sql`${cells.position} > ${after[0]}` : undefined))
    .orderBy(asc(cells.position))
    .limit(limit + 1);
  const latest = await latestResults(
    db,
    rows.map(({ cell }) => cell.run),
    sweep,
  );
  return cellCursors.page(
    rows,
    limit,
    ({ cell }) => [cell.position],
    ({ cell: { sweep: _, position: __, ...cell }, ...status }) => ({ ...cell, ...status, latest: latest.get(cell.run) ?? null }),
  );
}

/** The newest step that anything tells of: a committed checkpoint, or the progress of the newest attempt. */
export const newestStep =
  sql<number>`greatest("runs"."step", coalesce((select (a.progress ->> 'step')::bigint from attempts a where a.run = "runs"."id" and a.number = "runs"."attempt"), 0))`.mapWith(
    Number,
  );

/** The result at the highest step of each run; with a sweep, only of what that sweep asked for. */
export async function latestResults(reader: Reader, ids: readonly string[], sweep?: string) {
  const isAsked = sql`exists (select 1 from evaluation_demands l where l.sweep = ${sweep} and l.run = ${evaluations.run} and l.step = ${evaluations.step} and l.settings_digest = ${evaluations.settingsDigest})`;
  const rows = await reader
    .selectDistinctOn([evaluations.run])
    .from(evaluations)
    .where(and(among(evaluations.run, ids), eq(evaluations.state, 'succeeded'), sweep === undefined ? undefined : isAsked))
    .orderBy(evaluations.run, desc(evaluations.step), desc(evaluations.finishedAt));
  return new Map(rows.map((row) => [row.run, toEvaluation(row)]));
}

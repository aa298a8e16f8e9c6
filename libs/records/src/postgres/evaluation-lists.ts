import type { Evaluation, Page } from '@titrate/contracts';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { ListQuery } from '../records.ts';
import { asksFor } from './conditions.ts';
import { Cursors } from './cursors.ts';
import type { Database } from './database.ts';
import { demands, evaluationDemands, evaluations } from './schema.ts';

type EvaluationRow = typeof evaluations.$inferSelect;

const ofSweepCursors = new Cursors('evaluations of a sweep', ['number', 'string', 'number', 'string']);
const cursors = new Cursors('evaluations', ['string', 'number', 'string']);

/** An evaluation as the API shows it. */
export function toEvaluation({ asked: _asked, gpus: _gpus, demandedAt: _demandedAt, finishedAt, ...row }: EvaluationRow): Evaluation {
  return { ...row, finishedAt: finishedAt?.toISOString() ?? null };
}

/** Evaluations by run and step; those of a sweep in the order of its cells. */
export function listEvaluations(
  db: Database,
  { sweep, run, job }: { sweep?: string | undefined; run?: string | undefined; job?: string | undefined },
  query: ListQuery,
): Promise<Page<Evaluation>> {
  return sweep === undefined ? listAll(db, run, job, query) : listOfSweep(db, sweep, run, query);
}

async function listAll(
  db: Database,
  run: string | undefined,
  job: string | undefined,
  { cursor, limit }: ListQuery,
): Promise<Page<Evaluation>> {
  const after = cursors.read(cursor);
  const isAfter =
    after && sql`(${evaluations.run}, ${evaluations.step}, ${evaluations.settingsDigest}) > (${after[0]}, ${after[1]}, ${after[2]})`;
  const rows = await db
    .select()
    .from(evaluations)
    .where(
      and(
        run === undefined ? undefined : eq(evaluations.run, run),
        job === undefined ? undefined : eq(evaluations.job, job),
        isAfter ?? undefined,
      ),
    )
    .orderBy(asc(evaluations.run), asc(evaluations.step), asc(evaluations.settingsDigest))
    .limit(limit + 1);
  return cursors.page(rows, limit, (row) => [row.run, row.step, row.settingsDigest], toEvaluation);
}

async function listOfSweep(db: Database, sweep: string, run: string | undefined, { cursor, limit }: ListQuery): Promise<Page<Evaluation>> {
  const after = ofSweepCursors.read(cursor);
  const isAfter =
    after &&
    sql`(${demands.position}, ${evaluations.run}, ${evaluations.step}, ${evaluations.settingsDigest}) > (${after[0]}, ${after[1]}, ${after[2]}, ${after[3]})`;
  const rows = await db
    .select({ position: demands.position, evaluation: evaluations })
    .from(evaluationDemands)
    .innerJoin(evaluations, asksFor)
    .innerJoin(demands, and(eq(demands.sweep, evaluationDemands.sweep), eq(demands.run, evaluationDemands.run)))
    .where(and(eq(evaluationDemands.sweep, sweep), run === undefined ? undefined : eq(evaluationDemands.run, run), isAfter ?? undefined))
    .orderBy(asc(demands.position), asc(evaluations.run), asc(evaluations.step), asc(evaluations.settingsDigest))
    .limit(limit + 1);
  const keyOf = ({ position, evaluation }: (typeof rows)[number]) => [position, evaluation.run, evaluation.step, evaluation.settingsDigest];
  return ofSweepCursors.page(rows, limit, keyOf, (row) => toEvaluation(row.evaluation));
}

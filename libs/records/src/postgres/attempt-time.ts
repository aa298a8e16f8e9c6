import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { isAtWork } from './conditions.ts';
import type { Database, Transaction } from './database.ts';
import { attempts, checkpoints, demands, sweeps } from './schema.ts';

type AttemptRow = typeof attempts.$inferSelect;

/** Where the time of an attempt went, in seconds of each of its devices. */
export interface AttemptTime {
  /** It held its devices, in all its lives. */
  readonly allocatedSeconds: number;
  /** It trained what was kept: up to its newest resume point, or to its end when it succeeded, less what saves held up. */
  readonly usefulSeconds: number;
  /** It trained what is lost: from its newest resume point, or its start, to its end; null when it succeeded. */
  readonly lostSeconds: number | null;
}

/** Where the time of an attempt went that ends now. Clocks of two machines may differ, so nothing is below 0 or above what it held. */
export async function timeOf(tx: Transaction, attempt: AttemptRow, endedAt: Date, succeeded: boolean): Promise<AttemptTime> {
  const { startedAt } = attempt;
  const from = attempt.placedAt ?? startedAt;
  const allocatedSeconds = attempt.heldSeconds + (from === null ? 0 : seconds(from, endedAt));
  // Of an attempt that never started nothing is lost, however long it was queued.
  if (startedAt === null)
    return { allocatedSeconds, usefulSeconds: Math.min(attempt.keptSeconds, allocatedSeconds), lostSeconds: succeeded ? null : 0 };
  const resumePoint = await newestResumePoint(tx, attempt);
  const kept = succeeded ? seconds(startedAt, endedAt) : resumePoint === null ? 0 : seconds(startedAt, resumePoint);
  const useful = attempt.keptSeconds + Math.max(0, kept - (await stallOf(tx, attempt)));
  const lost = seconds(resumePoint !== null && resumePoint > startedAt ? resumePoint : startedAt, endedAt);
  return { allocatedSeconds, usefulSeconds: Math.min(useful, allocatedSeconds), lostSeconds: succeeded ? null : lost };
}

/** What an attempt trained and kept in a life that its queue ended, as it starts again. */
export async function keptOf(tx: Transaction, attempt: AttemptRow): Promise<number> {
  const resumePoint = attempt.startedAt === null ? null : await newestResumePoint(tx, attempt);
  return resumePoint === null ? 0 : seconds(attempt.startedAt!, resumePoint);
}

/** Since when an attempt's job holds its devices, as the launcher says. Like progress a view, and written only where it is new. */
export async function recordPlaced(db: Database, run: string, attempt: number, at: string): Promise<void> {
  const placedAt = new Date(at);
  await db
    .update(attempts)
    .set({ placedAt, waiting: null })
    .where(and(attemptAtWork(run, attempt), sql`${attempts.placedAt} is distinct from ${placedAt}`));
}

/** An attempt, as long as it has not ended. */
export const attemptAtWork = (run: string, attempt: number): SQL | undefined =>
  and(eq(attempts.run, run), eq(attempts.number, attempt), isAtWork);

/** The sweep that demanded a run first: its team pays, and waits are told from its submission. Null when nobody demands the run any more. */
export async function firstDemandOf(tx: Transaction, run: string): Promise<{ readonly team: string; readonly at: Date } | null> {
  const [first] = await tx
    .select({ team: sweeps.team, at: sweeps.createdAt })
    .from(demands)
    .innerJoin(sweeps, eq(sweeps.id, demands.sweep))
    .where(eq(demands.run, run))
    .orderBy(sweeps.number)
    .limit(1);
  return first ?? null;
}

/** Seconds from one moment to another, or 0 where the clocks disagree. */
export const seconds = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000);

async function newestResumePoint(tx: Transaction, { run, number }: AttemptRow): Promise<Date | null> {
  const isFull = sql`${checkpoints.manifest} ->> 'kind' = 'full'`;
  const [newest] = await tx
    .select({ at: checkpoints.committedAt })
    .from(checkpoints)
    .where(and(eq(checkpoints.run, run), eq(checkpoints.attempt, number), isFull))
    .orderBy(desc(checkpoints.number))
    .limit(1);
  return newest?.at ?? null;
}

async function stallOf(tx: Transaction, { run, number }: AttemptRow): Promise<number> {
  const stall = sql<number>`coalesce(sum((${checkpoints.manifest} ->> 'stallSeconds')::float8), 0)`;
  const [sum] = await tx
    .select({ stall })
    .from(checkpoints)
    .where(and(eq(checkpoints.run, run), eq(checkpoints.attempt, number)));
  return sum?.stall ?? 0;
}

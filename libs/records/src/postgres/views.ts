import { and, asc, desc, eq, isNotNull, sql } from 'drizzle-orm';
import { NODE_FAILURES, type RunView, type SweepView } from '../work.ts';
import { baseOf, baseStepsOf, canStart } from './bases.ts';
import { isDemanded, isDemandedNow, isLive, isOpen, owes } from './conditions.ts';
import { inSnapshot, type Database, type Reader } from './database.ts';
import { resolveReferences, waitsForReference } from './references.ts';
import { toAttempt, toCheckpoint } from './runs.ts';
import { attempts, checkpoints, demands, evaluations, runs, sweeps } from './schema.ts';

/** What the `sweep` workflow must know; null when the sweep is gone. */
export function sweepView(db: Database, id: string): Promise<SweepView | null> {
  return inSnapshot(db, async (tx) => {
    const [sweep] = await tx.select().from(sweeps).where(eq(sweeps.id, id));
    if (sweep === undefined) return null;
    const rows = await tx
      .select({
        run: demands.run,
        takenUp: demands.takenUp,
        canStart: sql<boolean>`${canStart}`,
        waitsForReference: sql<boolean>`${waitsForReference}`,
      })
      .from(demands)
      .innerJoin(runs, eq(runs.id, demands.run))
      .where(and(eq(demands.sweep, id), owes))
      .orderBy(asc(demands.position), asc(demands.run));
    const owing = rows
      .filter((row) => (row.takenUp || row.canStart) && !row.waitsForReference)
      .map(({ run, takenUp }) => ({ run, active: takenUp }));
    return { state: sweep.state, concurrency: sweep.concurrency, owing, settled: rows.length === 0 };
  });
}

/** What the `run` workflow must know; null when there is no such run. */
export function runView(db: Database, id: string): Promise<RunView | null> {
  return inSnapshot(db, async (tx) => {
    const [run] = await tx.select().from(runs).where(eq(runs.id, id));
    if (run === undefined) return null;
    const demanding = await demandsOf(tx, id);
    const open = await openEvaluationsOf(tx, id);
    const [attempt] = await tx.select().from(attempts).where(eq(attempts.run, id)).orderBy(desc(attempts.number)).limit(1);
    return {
      ...{
        sweep: demanding[0]?.sweep ?? null,
        identity: run.identity,
        trained: run.trained,
        failed: run.state === 'failed',
        failures: run.failures,
        interruptions: run.interruptions,
        notFinite: run.notFinite,
        recordedSeq: run.recordedSeq,
      },
      ...limitsOf(demanding),
      // Usual answers cost no question: this view is asked for more often than anything else.
      nodeFailures: attempt === undefined || (attempt.number === 1 && attempt.node === null) ? [] : await nodeFailuresOf(tx, id),
      profile: demanding.find(({ demand }) => demand.profile != null)?.demand.profile ?? null,
      wanted: wantedOf(demanding),
      attempt: attempt === undefined ? null : toAttempt(attempt),
      attemptSteps: attempt?.steps ?? null,
      base: await baseOf(tx, run),
      baseSteps: await baseStepsOf(tx, id),
      ...(run.step === 0 ? { resumePoint: 0, earlierResumePoint: 0 } : await resumePointsOf(tx, id)),
      waitingEvaluations: await waitingAmong(tx, open),
      openEvaluations: open.length,
    };
  });
}

/** Whether a live sweep or a person waits for an evaluation of the run. */
export async function isOwed(db: Database, run: string): Promise<boolean> {
  const rows = await db
    .select({ run: evaluations.run })
    .from(evaluations)
    .where(and(eq(evaluations.run, run), isOpen, isDemanded))
    .limit(1);
  return rows.length > 0;
}

/** Demands of live sweeps, with what they still wait for. */
function demandsOf(reader: Reader, run: string) {
  return reader
    .select({ sweep: sweeps.id, demand: demands.demand, state: sweeps.state, owes: sql<boolean>`${owes}` })
    .from(demands)
    .innerJoin(sweeps, eq(sweeps.id, demands.sweep))
    .where(and(eq(demands.run, run), isLive))
    .orderBy(asc(sweeps.number));
}

/** Open evaluations that anybody demands, with their committed checkpoint; in the order of steps. */
function openEvaluationsOf(reader: Reader, run: string) {
  return reader
    .select({ evaluation: evaluations, checkpoint: checkpoints, isWantedNow: sql<boolean>`${isDemandedNow}` })
    .from(evaluations)
    .leftJoin(
      checkpoints,
      and(eq(checkpoints.run, evaluations.run), eq(checkpoints.digest, evaluations.checkpoint), eq(checkpoints.state, 'committed')),
    )
    .where(and(eq(evaluations.run, run), isOpen, isDemanded))
    .orderBy(asc(evaluations.step), asc(evaluations.settingsDigest));
}

/** What can be evaluated now: its checkpoint is committed, and so is the reference where there is one. */
async function waitingAmong(reader: Reader, open: Awaited<ReturnType<typeof openEvaluationsOf>>): Promise<RunView['waitingEvaluations']> {
  const wanted = open.filter(({ checkpoint, isWantedNow }) => checkpoint !== null && isWantedNow);
  const referenceOf = await resolveReferences(
    reader,
    wanted.map(({ evaluation }) => evaluation.settings),
  );
  return wanted.flatMap(({ evaluation: { settings, settingsDigest }, checkpoint }) => {
    const reference = settings.reference === null ? null : referenceOf(settings.reference);
    if (checkpoint === null || (settings.reference !== null && reference === null)) return [];
    return [{ checkpoint: toCheckpoint(checkpoint), settings, settingsDigest, reference }];
  });
}

/** Where the next attempt goes on: the newest committed checkpoint that holds the whole state; and the one before it. */
async function resumePointsOf(reader: Reader, run: string): Promise<Pick<RunView, 'resumePoint' | 'earlierResumePoint'>> {
  const isFull = sql`${checkpoints.manifest} ->> 'kind' = 'full'`;
  const [newest, earlier] = await reader
    .select({ step: checkpoints.step })
    .from(checkpoints)
    .where(and(eq(checkpoints.run, run), eq(checkpoints.state, 'committed'), isFull))
    .groupBy(checkpoints.step)
    .orderBy(desc(checkpoints.step))
    .limit(2);
  return { resumePoint: newest?.step ?? 0, earlierResumePoint: earlier?.step ?? 0 };
}

/** Where attempts of the run failed, the newest first. */
async function nodeFailuresOf(reader: Reader, run: string): Promise<RunView['nodeFailures']> {
  const rows = await reader
    .select({ failure: attempts.failure, node: attempts.node })
    .from(attempts)
    .where(and(eq(attempts.run, run), isNotNull(attempts.node), isNotNull(attempts.failure)))
    .orderBy(desc(attempts.number))
    .limit(NODE_FAILURES);
  return rows.flatMap(({ failure, node }) => (failure === null || node === null ? [] : [{ failure, node }]));
}

type Demanding = Awaited<ReturnType<typeof demandsOf>>;

/** What applies to the run as long as no sweep demands it, for an evaluation that a person asked for. */
const UNDEMANDED = { maxAttempts: 3, hangSeconds: 600 };

/** The union of what is demanded; of two limits the more patient one. */
function limitsOf(demanding: Demanding): Pick<RunView, 'resumeSteps' | 'evaluateSteps' | 'maxAttempts' | 'hangSeconds'> {
  const all = demanding.map(({ demand }) => demand);
  return {
    resumeSteps: union(all.flatMap(({ resumeSteps }) => resumeSteps)),
    evaluateSteps: union(all.flatMap(({ evaluateSteps }) => evaluateSteps)),
    maxAttempts: all.length === 0 ? UNDEMANDED.maxAttempts : Math.max(...all.map(({ maxAttempts }) => maxAttempts)),
    hangSeconds: all.length === 0 ? UNDEMANDED.hangSeconds : Math.max(...all.map(({ hangSeconds }) => hangSeconds)),
  };
}

const union = (steps: number[]): number[] => [...new Set(steps)].sort((a, b) => a - b);

/**
 * A demand that is owed nothing neither keeps a run going nor stops it: what a paused sweep waits for is not trained on
 * account of another that has had its share. When nobody is owed anything, a live demand lets the run come to its end.
 */
function wantedOf(demanding: Demanding): RunView['wanted'] {
  const owed = demanding.filter((demand) => demand.owes);
  if (owed.some(({ state }) => state !== 'paused')) return 'run';
  if (owed.length > 0) return 'pause';
  return demanding.length > 0 ? 'run' : 'release';
}

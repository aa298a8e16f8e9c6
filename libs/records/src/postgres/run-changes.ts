import type { Progress } from '@titrate/contracts';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { AttemptEnd } from '../records.ts';
import { attemptAtWork, firstDemandOf, timeOf } from './attempt-time.ts';
import { failRun } from './bases.ts';
import { change } from './change.ts';
import { isDemanded, isOpen, owes } from './conditions.ts';
import { among, storableText, type Database } from './database.ts';
import { lockRuns } from './demands.ts';
import { writeNotFinite } from './rewinding.ts';
import { lockRun } from './run-log.ts';
import { letGo, setState } from './run-states.ts';
import { attempts, demands, evaluations, runs, sweeps } from './schema.ts';

/** Marks runs as taken up on behalf of a sweep that works and is owed something; those that rest wait again. */
export async function runsTakenUp(db: Database, sweep: string, ids: readonly string[]): Promise<void> {
  await change(db, null, async (inHand) => {
    const { tx } = inHand;
    await lockRuns(tx, ids);
    const isWorking = tx
      .select({ id: sweeps.id })
      .from(sweeps)
      .where(and(eq(sweeps.id, sweep), inArray(sweeps.state, ['accepted', 'running'])));
    const rows = await tx
      .update(demands)
      .set({ takenUp: true })
      .where(and(inArray(demands.sweep, isWorking), among(demands.run, ids), eq(demands.takenUp, false), owes))
      .returning({ run: demands.run });
    const taken = rows.map(({ run }) => run);
    const isResting = inArray(runs.state, ['idle', 'paused', 'finished', 'failed']);
    await tx
      .update(runs)
      .set({ state: 'waiting', reason: null, finishedAt: null })
      .where(and(among(runs.id, taken), isResting));
    for (const run of taken) inHand.event('run.waiting', { sweep, run });
  });
}

/** Keeps the newest progress of an attempt at work. A view for watchers, not a change: it leaves no event. */
export async function recordProgress(db: Database, run: string, attempt: number, progress: Progress): Promise<void> {
  await db.update(attempts).set({ progress }).where(attemptAtWork(run, attempt));
}

/** What the job of an attempt at work waits for. Like progress a view, and written only where it is new. A job that its queue took back holds no devices. */
export async function recordWaiting(db: Database, run: string, attempt: number, reason: string | null): Promise<void> {
  const waiting = reason === null ? null : storableText(reason);
  const isNews = sql`${attempts.waiting} is distinct from ${waiting}`;
  const held = sql`${attempts.heldSeconds} + coalesce(extract(epoch from now() - ${attempts.placedAt}), 0)`;
  await db
    .update(attempts)
    .set(waiting === null ? { waiting } : { waiting, heldSeconds: held, placedAt: null })
    .where(and(attemptAtWork(run, attempt), isNews));
}

/** How an attempt ended; counted once. */
export async function attemptEnded(db: Database, id: string, number: number, end: AttemptEnd): Promise<void> {
  await change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    const isIt = and(eq(attempts.run, id), eq(attempts.number, number));
    const [attempt] = await inHand.tx.select().from(attempts).where(isIt);
    if (attempt === undefined) throw new Error(`Cannot end attempt ${number} of run ${id} as it must have been launched`);
    if (attempt.state === 'succeeded' || attempt.state === 'failed') return;
    const { state, failure, exitCode, cost, node } = end;
    const message = end.message === null ? null : storableText(end.message);
    const endedAt = end.endedAt === null ? new Date() : new Date(end.endedAt);
    const time = await timeOf(inHand.tx, attempt, endedAt, state === 'succeeded');
    const { lostSeconds } = time;
    await inHand.tx.update(attempts).set({ state, failure, exitCode, message, node, lostSeconds, waiting: null, endedAt }).where(isIt);
    // The log told the step before, unless the trainer could not write it.
    if (failure === 'loss-not-finite') await writeNotFinite(inHand, run, { attempt: number, step: null });
    // Between two attempts the run waits for the next.
    const next = run.state === 'running' ? { state: 'waiting' as const } : {};
    await inHand.tx
      .update(runs)
      .set({
        ...next,
        failures: run.failures + (cost === 'attempt' ? 1 : 0),
        interruptions: run.interruptions + (cost === 'interruption' ? 1 : 0),
      })
      .where(eq(runs.id, id));
    const { devices, gpus } = attempt;
    const paid = { ...time, devices, gpus, size: run.size, payer: (await firstDemandOf(inHand.tx, id))?.team ?? 'nobody' };
    if (state === 'succeeded') inHand.event('attempt.succeeded', { run: id }, { attempt: number, failure, exitCode, ...paid });
    else inHand.event('attempt.failed', { run: id }, { attempt: number, failure, exitCode, node, ...paid });
  });
}

/**
 * The run is trained and nothing that a live sweep or a person wants of it is open. Where something was demanded at the
 * last moment the run stays open, and its workflow and sweeps are woken to see it.
 *
 * @throws Error when the run is not trained.
 */
export async function runFinished(db: Database, id: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    if (!run.trained) throw new Error(`Cannot finish run ${id} as it must be trained: it is ${run.state}`);
    if (run.state === 'finished') return;
    const open = await inHand.tx.$count(evaluations, and(eq(evaluations.run, id), isOpen, isDemanded));
    if (open > 0) return inHand.wake('wake-run', id);
    await letGo(inHand, id);
    await setState(inHand, id, 'finished', { reason: null, finishedAt: new Date() });
    // No sweep waits for this: they were woken when the last that they wait for was settled.
    inHand.event('run.finished', { run: id });
  });
}

/** The run has failed for good, and with it what would go on from it. */
export async function runFailed(db: Database, id: string, reason: string): Promise<void> {
  await change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    if (run.state !== 'failed') await failRun(inHand, id, reason);
  });
}

/** The run has stopped at a checkpoint, as all sweeps that want more of it are paused. */
export async function runPaused(db: Database, id: string): Promise<void> {
  await rest(db, id, () => 'paused');
}

/** The run has stopped, as nobody demands it. A trained run has finished all the same. */
export async function runReleased(db: Database, id: string): Promise<void> {
  await rest(db, id, (trained) => (trained ? 'finished' : 'idle'));
}

/** A resting run is taken up by nobody: a sweep that wants it after all takes it up anew. */
async function rest(db: Database, id: string, stateOf: (trained: boolean) => 'paused' | 'idle' | 'finished'): Promise<void> {
  await change(db, null, async (inHand) => {
    const run = await lockRun(inHand, id);
    const wasTakenUp = await letGo(inHand, id);
    const isOver = run.state === 'finished' || run.state === 'failed';
    const state = isOver ? run.state : stateOf(run.trained);
    if (state === run.state && !wasTakenUp) return;
    await setState(inHand, id, state, state === 'finished' && !isOver ? { finishedAt: new Date() } : {});
    inHand.event(state === 'paused' ? 'run.paused' : 'run.released', { run: id });
    await inHand.wakeSweepsOf(id);
  });
}

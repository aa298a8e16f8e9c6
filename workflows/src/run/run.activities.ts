import { sleep } from '@temporalio/activity';
import { keys, type CheckpointKind, type Digest, type RunLogEntry } from '@titrate/contracts';
import type { JobStatus } from '@titrate/job-launcher';
import type { RunView } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { openPulse, withPulse } from '../job/heartbeats.activities.ts';
import { trainJobName } from '../job/job-names.ts';
import { createPace, type Pace } from '../job/pace.ts';
import { putAway } from '../job/put-away.ts';
import { about } from '../log-subject.activities.ts';
import { createAttemptSteps, isActive, takeIn } from './attempt-steps.activities.ts';
import { decideRunStep, type NewsQuestion, type Place, type RunRest, type RunStep } from './next-step.ts';
import { createProgressWatch } from './progress-watch.ts';
import { applyRetention, purgeRun } from './removal.ts';

/** A trained run's last checkpoint is told with the end of its job, when that comes so soon. */
const LINGER_MS = 5_000;

/** What a watch saw. Entries of the log are in the records by then. */
export type News = { readonly kind: 'checkpoint' } | { readonly kind: 'resumable-checkpoint' } | { readonly kind: 'ended' };

/** What the `run` workflow does to the world. Each activity may be run again at any time. */
export function createRunActivities(dependencies: Dependencies, pace: Pace = createPace(dependencies.pollMs)) {
  const { records, store, launcher, ruleOf, maxInterruptions, pollMs } = dependencies;
  const attempts = createAttemptSteps(dependencies);

  return {
    /**
     * Takes steps until something must be waited for, and says what that is. Whoever dies between two steps has lost nothing:
     * each is decided by the records.
     */
    async advanceRun(run: Digest, place: Place): Promise<RunRest> {
      for (let at = place; ; at = 'anywhere') {
        const { step, view } = await decide(run, at);
        const rest = view === null ? await purge(run) : await take(run, step, view);
        if (rest !== null) return rest;
      }
    },

    /** Looks into the records and at the job, and says what to do next. */
    nextRunStep: async (run: Digest, place: Place): Promise<RunStep> => (await decide(run, place)).step,

    /** Waits for the next checkpoint of an attempt or the end of its job, taking each log entry into the records. */
    async awaitNews(question: NewsQuestion): Promise<News> {
      const progress = watchOver(question);
      const [looks, pulse] = [pace.open(), openPulse()];
      const checkpoints = new Set<CheckpointKind>();
      let [sinceSeq, mayWrite, tellAt] = [question.sinceSeq, false, Infinity];
      try {
        for (;;) {
          pulse();
          // The job is asked before the log is read, so that an end is reported only after everything it wrote was seen.
          const status = await launcher.status(question.job);
          const isOver = status.kind === 'ended' || status.kind === 'unknown';
          // A job that waits writes nothing, but may have written before its queue took it back.
          const [wrote, isRunning] = [mayWrite, status.kind === 'running'];
          mayWrite = isRunning;
          const isDue = isRunning ? looks.isDue('log', 1) : wrote;
          const news = isOver || isDue ? await takeIn(dependencies, question.run, sinceSeq) : [];
          sinceSeq += news.length;
          for (const entry of news) if (entry.kind === 'checkpoint') checkpoints.add(entry.checkpoint.kind);
          if (isOver) return { kind: 'ended' };
          if (checkpoints.size > 0) tellAt = Math.min(tellAt, performance.now() + (news.some(isFinished) ? LINGER_MS : 0));
          if (performance.now() >= tellAt) return { kind: checkpoints.has('full') ? 'resumable-checkpoint' : 'checkpoint' };
          await progress.look(status, () => looks.isDue('progress', 4));
          await sleep(pollMs);
        }
      } finally {
        looks.close();
      }
    },

    /** Ends the job; its processes are gone afterwards, which may take as long as they are given to end by themselves. */
    async stopAttempt(job: string): Promise<void> {
      await withPulse(launcher.stop(job, 'stopped'));
    },

    /** Settles an attempt that was stopped, be it that its job was never made. */
    settleAttempt: async (run: Digest, number: number): Promise<void> => attempts.settle(run, await viewOf(run), number),

    /** Fails a run that can never go on, and ends what it still does: its log cannot be read, or its job is refused. */
    async abandonRun(run: Digest, reason: string): Promise<void> {
      const view = await look(run);
      if (view === null) return;
      if (view.attempt !== null && isActive(view.attempt)) {
        await withPulse(launcher.stop(view.attempt.job, 'stopped'));
        const end = {
          state: 'failed',
          failure: 'failed',
          exitCode: null,
          message: reason,
          cost: 'attempt',
          node: null,
          endedAt: null,
        } as const;
        await records.attemptEnded(run, view.attempt.number, end);
        await putAway({ launcher, store }, view.attempt.job);
      }
      await records.runFailed(run, reason);
    },
  };

  /** What to do next, by the records and the job. Of a run that the records have forgotten there is no view. */
  async function decide(run: Digest, place: Place): Promise<{ step: RunStep; view: RunView | null }> {
    let view = await look(run);
    if (view === null) return { step: { kind: 'purge', evaluate: [] }, view };
    // Records that know no attempt may be younger than the run: a restored database, a sweep deleted and submitted again.
    if (view.attempt === null && (await takeIn(dependencies, run, view.recordedSeq)).length > 0) view = await viewOf(run);
    if (isStranded(view) && (await records.settleMissing(run)) > 0) view = await viewOf(run);
    const job: JobStatus = view.attempt !== null && isActive(view.attempt) ? await launcher.status(view.attempt.job) : { kind: 'unknown' };
    return { step: decideRunStep(view, job, place, Date.now(), { ruleOf, maxInterruptions }), view };
  }

  /** Takes a step; what must be waited for now, or null when the next step can be looked for. */
  async function take(run: Digest, step: RunStep, view: RunView): Promise<RunRest | null> {
    switch (step.kind) {
      case 'watch':
        return { kind: 'watch', question: questionOf(run, step, view), evaluate: step.evaluate };
      case 'launch':
        await attempts.launch(run, view);
        return null;
      case 'settle':
        await attempts.settle(run, view, step.attempt);
        return null;
      case 'pause':
        await records.runPaused(run);
        return step;
      case 'finish':
        await records.runFinished(run);
        await applyRetention(dependencies, run);
        return over;
      case 'fail':
        await records.runFailed(run, step.reason);
        return over;
      case 'release':
        await records.runReleased(run);
        return over;
      case 'purge':
        return purge(run);
      case 'stop':
      case 'wait':
      case 'wait-for-results':
        return step;
    }
  }

  async function purge(run: Digest): Promise<RunRest> {
    await purgeRun(dependencies, run);
    return over;
  }

  function questionOf(run: Digest, { attempt, job }: Extract<RunStep, { kind: 'watch' }>, view: RunView): NewsQuestion {
    const { startSeconds, saveSeconds } = attempts.graceOf(run, view);
    const patience = { hangSeconds: view.hangSeconds, startSeconds, saveSeconds };
    const progressKey = keys.progress(run, attempt, view.attempt?.token ?? '');
    return { run, sweep: view.sweep, attempt, job, sinceSeq: view.recordedSeq, progressKey, patience };
  }

  async function viewOf(run: Digest): Promise<RunView> {
    const view = await look(run);
    if (view === null) throw new Error(`Cannot go on with run ${run} as the records must know it`);
    return view;
  }

  /** An attempt that only the log has told of has no job in the records; the name of its job follows from the attempt. */
  async function look(run: Digest): Promise<RunView | null> {
    const view = await records.runView(run);
    if (view !== null) about({ sweep: view.sweep, attempt: view.attempt?.number ?? null });
    return view?.attempt == null ? view : { ...view, attempt: { ...view.attempt, job: trainJobName(run, view.attempt) } };
  }

  /** Looks at a job at work: shows people what it waits for and how far it is, and ends it when it hangs. */
  function watchOver({ run, attempt, job, progressKey, patience }: NewsQuestion) {
    const watch = createProgressWatch(patience);
    // What was written last: the reason why it waits, or since when it runs. Each takes the other back.
    let shown: string | undefined;
    return {
      async look(status: JobStatus, isDue: () => boolean): Promise<void> {
        if (status.kind === 'waiting') {
          if (status.reason !== shown) await records.recordWaiting(run, attempt, status.reason);
          shown = status.reason;
        }
        if (status.kind !== 'running') return;
        if (status.startedAt !== shown) await records.recordPlaced(run, attempt, status.startedAt);
        shown = status.startedAt;
        if (!isDue()) return;
        const seen = watch.look(await store.read(progressKey), performance.now(), status.startedAt);
        if (seen.progress !== null) await records.recordProgress(run, attempt, seen.progress);
        if (seen.isHung) await withPulse(launcher.stop(job, 'hung'));
      },
    };
  }
}

const isFinished = ({ kind }: RunLogEntry): boolean => kind === 'finished';

/** A trained run commits nothing more: what waits for a step without a checkpoint would wait for ever. */
const isStranded = ({ trained, openEvaluations, waitingEvaluations }: RunView): boolean =>
  trained && openEvaluations > waitingEvaluations.length;

const over: RunRest = { kind: 'over', evaluate: [] };

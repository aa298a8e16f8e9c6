import { randomBytes } from 'node:crypto';
import { heartbeat, sleep } from '@temporalio/activity';
import { exitCodes, keys, shortDigest, type Attempt, type Digest, type RunLogEntry, type TrainJob } from '@titrate/contracts';
import type { JobEnd, JobStatus } from '@titrate/job-launcher';
import type { AttemptEnd, CheckpointSteps, RunView } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { decideRunStep, type RunStep } from './next-step.ts';
import { createProgressWatch } from './progress-watch.ts';

/** What a watch is about. */
export interface NewsQuestion {
  readonly run: Digest;
  readonly attempt: number;
  readonly job: string;
  readonly hangSeconds: number;
  /** Log entries from here on are news. */
  readonly sinceSeq: number;
}

/** What a watch saw. Entries of the log are in the records by then. */
export type News = { readonly kind: 'checkpoint' } | { readonly kind: 'resumable-checkpoint' } | { readonly kind: 'ended' };

/** What the `run` workflow does to the world. Each activity may be run again at any time. */
export function createRunActivities({ records, store, launcher, profileOf, pollMs }: Dependencies) {
  return {
    /** Looks into the records and at the job, and says what to do next. */
    async nextRunStep(run: Digest, place: 'anywhere' | 'at-checkpoint'): Promise<RunStep> {
      let view = await look(run);
      if (view === null) return { kind: 'purge', evaluate: [] };
      // Records that know no attempt may be younger than the run: a restored database, a sweep deleted and submitted again.
      if (view.attempt === null && (await takeIn(run, view.recordedSeq)).length > 0) view = await viewOf(run);
      if (view.trained && (await records.settleMissing(run)) > 0) view = await viewOf(run);
      const job: JobStatus = view.attempt === null ? { kind: 'unknown' } : await launcher.status(view.attempt.job);
      return decideRunStep(view, job, place, Date.now());
    },

    /** Makes the next attempt's job exist, once: announced in the log, then in the records, then at the launcher. */
    async launchAttempt(run: Digest): Promise<void> {
      const view = await viewOf(run);
      const attempt = await announceAttempt(run, view);
      const job = trainJobName(run, attempt);
      const { resumeSteps, evaluateSteps } = view;
      const steps = await records.attemptLaunched(run, attempt.number, attempt.token, job, { resumeSteps, evaluateSteps });
      const document = trainJob(run, view, steps, attempt, job);
      await launcher.launch({ name: job, document, profile: profileOf(document, null) });
    },

    /** Waits for the next checkpoint of an attempt or the end of its job, taking each log entry into the records. */
    async awaitNews(question: NewsQuestion): Promise<News> {
      const progress = createProgressWatch(question.hangSeconds);
      for (;;) {
        heartbeat();
        // The job is asked before the log is read, so that an end is reported only after everything it wrote was seen.
        const status = await launcher.status(question.job);
        const news = await takeIn(question.run, question.sinceSeq);
        const checkpoints = news.filter((entry) => entry.kind === 'checkpoint');
        if (status.kind === 'ended' || status.kind === 'unknown') return { kind: 'ended' };
        if (checkpoints.length > 0)
          return { kind: checkpoints.some(({ checkpoint }) => checkpoint.kind === 'full') ? 'resumable-checkpoint' : 'checkpoint' };
        if (status.kind === 'running') await lookAtProgress(question, progress);
        await sleep(pollMs);
      }
    },

    /** Ends the job; its processes are gone afterwards. */
    async stopAttempt(job: string): Promise<void> {
      await launcher.stop(job, 'stopped');
    },

    /** Writes down how an attempt ended. The log decides: `finished` is success, whatever the process said. */
    async settleAttempt(run: Digest, number: number): Promise<void> {
      const view = await viewOf(run);
      const news = await takeIn(run, view.recordedSeq);
      const isTrained = view.trained || news.some(({ kind }) => kind === 'finished');
      const job: JobStatus = view.attempt?.number === number ? await launcher.status(view.attempt.job) : { kind: 'unknown' };
      await records.attemptEnded(run, number, isTrained ? success : endOf(job));
    },

    finishRun: (run: Digest) => records.runFinished(run),

    /**
     * Removes everything of a run that was deleted. No attempt can start meanwhile: only this workflow launches any, and a
     * submission that demands the run again waits in its inbox.
     */
    async purgeRun(run: Digest): Promise<void> {
      if ((await records.runView(run)) === null) await store.removePrefix(keys.run(run));
    },

    /** Removes the objects of checkpoints that nobody needs; the log keeps their entries and the records a tombstone. */
    async applyRetention(run: Digest): Promise<void> {
      for (const { digest, manifest } of await records.markDeletable(run)) {
        await store.removePrefix(manifest.prefix);
        await records.checkpointDeleted(run, digest);
        heartbeat();
      }
    },

    /** Fails a run that can never go on, and ends what it still does: its log cannot be read, or its job is refused. */
    async abandonRun(run: Digest, reason: string): Promise<void> {
      const view = await look(run);
      if (view === null) return;
      if (view.attempt !== null && isActive(view.attempt)) {
        await launcher.stop(view.attempt.job, 'stopped');
        const end = { state: 'failed', failure: 'failed', exitCode: null, message: reason, counts: true } as const;
        await records.attemptEnded(run, view.attempt.number, end);
      }
      await records.runFailed(run, reason);
    },

    failRun: (run: Digest, reason: string) => records.runFailed(run, reason),
    pauseRun: (run: Digest) => records.runPaused(run),
    releaseRun: (run: Digest) => records.runReleased(run),
  };

  async function viewOf(run: Digest): Promise<RunView> {
    const view = await look(run);
    if (view === null) throw new Error(`Cannot go on with run ${run} as the records must know it`);
    return view;
  }

  /** An attempt that only the log has told of has no job in the records; the name of its job follows from the attempt. */
  async function look(run: Digest): Promise<RunView | null> {
    const view = await records.runView(run);
    return view?.attempt == null ? view : { ...view, attempt: { ...view.attempt, job: trainJobName(run, view.attempt) } };
  }

  /** An attempt that stands in the log and not yet in the records is taken up: whoever announced it died right after. */
  async function announceAttempt(run: Digest, view: RunView): Promise<Pick<Attempt, 'number' | 'token'>> {
    if (view.attempt !== null && isActive(view.attempt)) return view.attempt;
    const announced = (await store.readLog(run, view.recordedSeq)).findLast((entry) => entry.kind === 'attempt');
    if (announced !== undefined && announced.attempt > (view.attempt?.number ?? 0))
      return { number: announced.attempt, token: announced.token };
    const number = (view.attempt?.number ?? 0) + 1;
    await store.create(keys.runIdentity(run), new TextEncoder().encode(JSON.stringify(view.identity)));
    const outcome = await store.appendLog({
      run,
      at: new Date().toISOString(),
      attempt: number,
      token: randomBytes(8).toString('hex'),
      kind: 'attempt',
    });
    if (outcome.kind === 'lost')
      throw new Error(`Cannot announce attempt ${number} of run ${run} as another entry took its place in the log`);
    return { number, token: outcome.entry.token };
  }

  function trainJob(
    run: Digest,
    { identity }: RunView,
    steps: CheckpointSteps,
    { number, token }: Pick<Attempt, 'number' | 'token'>,
    name: string,
  ): TrainJob {
    const resumeSteps = [...steps.resumeSteps];
    const evaluateSteps = [...steps.evaluateSteps];
    return { version: 1, kind: 'train', name, bucket: store.bucket, run, identity, attempt: number, token, resumeSteps, evaluateSteps };
  }

  async function takeIn(run: Digest, from: number): Promise<RunLogEntry[]> {
    const entries = await store.readLog(run, from);
    for (const entry of entries) await records.recordLogEntry(entry);
    return entries;
  }

  async function lookAtProgress({ run, attempt, job }: NewsQuestion, watch: ReturnType<typeof createProgressWatch>): Promise<void> {
    const current = (await records.runView(run))?.attempt;
    if (current == null || current.number !== attempt) return;
    const bytes = await store.read(keys.progress(run, attempt, current.token));
    const seen = watch.look(bytes, performance.now());
    if (seen.progress !== null) await records.recordProgress(run, attempt, seen.progress);
    if (seen.isHung) await launcher.stop(job, 'hung');
  }
}

/**
 * Names a training job: short enough for a pod, and the same for the same attempt. The token tells it from an attempt of the
 * same number before the run was deleted and demanded again: that one's job has ended, and would not be started again.
 */
export const trainJobName = (run: Digest, { number, token }: Pick<Attempt, 'number' | 'token'>): string =>
  `train-${shortDigest(run)}-${number}-${token.slice(0, 8)}`;

const isActive = ({ state }: Attempt): boolean => state === 'launched' || state === 'running';

const success: AttemptEnd = { state: 'succeeded', failure: null, exitCode: exitCodes.succeeded, message: null, counts: false };

function endOf(status: JobStatus): AttemptEnd {
  if (status.kind === 'running' || status.kind === 'waiting')
    throw new Error(`Cannot settle the attempt as its job must have ended: it is ${status.kind}`);
  const end: JobEnd =
    status.kind === 'ended'
      ? status.end
      : { kind: 'failed', failure: 'lost', exitCode: null, message: 'The launcher knows nothing of the job.', node: null, endedAt: '' };
  if (end.kind === 'succeeded') {
    return {
      state: 'failed',
      failure: 'failed',
      exitCode: 0,
      message: 'The process ended well, but the log of the run has no finished entry.',
      counts: true,
    };
  }
  // What we stopped ourselves, for a pause or a release, is no failure of the run.
  return { state: 'failed', failure: end.failure, exitCode: end.exitCode, message: end.message, counts: end.failure !== 'stopped' };
}

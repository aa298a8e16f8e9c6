import { randomBytes } from 'node:crypto';
import { heartbeat, sleep } from '@temporalio/activity';
import { JobProfile, keys, type Attempt, type Digest, type RunLogEntry, type TrainJob } from '@titrate/contracts';
import type { JobStatus } from '@titrate/job-launcher';
import type { CheckpointSteps, RunView } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { nodesToAvoid } from '../job/failure-policy.ts';
import { jobNames, trainJobName } from '../job/job-names.ts';
import { createPace, type Pace } from '../job/pace.ts';
import { putAway } from '../job/put-away.ts';
import { attemptEndOf, finishedAttempt } from './attempt-end.ts';
import { decideRunStep, type RunStep } from './next-step.ts';
import { createProgressWatch, type Patience } from './progress-watch.ts';

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
export function createRunActivities(dependencies: Dependencies, pace: Pace = createPace(dependencies.pollMs)) {
  const { records, store, launcher, profileOf, ruleOf, maxInterruptions, pollMs } = dependencies;
  const policy = { ruleOf, maxInterruptions };

  return {
    /** Looks into the records and at the job, and says what to do next. */
    async nextRunStep(run: Digest, place: 'anywhere' | 'at-checkpoint'): Promise<RunStep> {
      let view = await look(run);
      if (view === null) return { kind: 'purge', evaluate: [] };
      // Records that know no attempt may be younger than the run: a restored database, a sweep deleted and submitted again.
      if (view.attempt === null && (await takeIn(run, view.recordedSeq)).length > 0) view = await viewOf(run);
      if (view.trained && (await records.settleMissing(run)) > 0) view = await viewOf(run);
      const job: JobStatus =
        view.attempt !== null && isActive(view.attempt) ? await launcher.status(view.attempt.job) : { kind: 'unknown' };
      return decideRunStep(view, job, place, Date.now(), policy);
    },

    /**
     * Makes the next attempt's job exist, once: announced in the log, then in the records, then at the launcher. An attempt
     * that has ended in the records meanwhile is not launched: whoever settled it was not waiting for us any more.
     */
    async launchAttempt(run: Digest): Promise<void> {
      const view = await viewOf(run);
      const attempt = await announceAttempt(run, view);
      const job = trainJobName(run, attempt);
      const { resumeSteps, evaluateSteps } = view;
      const steps = await records.attemptLaunched(run, attempt.number, attempt.token, job, { resumeSteps, evaluateSteps });
      if (steps === null) return;
      const document = trainJob(run, view, steps, attempt, job);
      const profile = profileOf(document, view.profile);
      const { execution } = profile;
      try {
        await launcher.launch({ name: job, document: { ...document, execution }, profile, excludedNodes: excludedNodesOf(view) });
      } catch (error) {
        // It is tried until it works; people see meanwhile what it waits for.
        await records.recordWaiting(run, attempt.number, (error as Error).message);
        throw error;
      }
    },

    /** Waits for the next checkpoint of an attempt or the end of its job, taking each log entry into the records. */
    async awaitNews(question: NewsQuestion): Promise<News> {
      const progress = await watchOver(question);
      const looks = pace.open();
      let { sinceSeq } = question;
      try {
        for (;;) {
          heartbeat();
          // The job is asked before the log is read, so that an end is reported only after everything it wrote was seen.
          const status = await launcher.status(question.job);
          const isOver = status.kind === 'ended' || status.kind === 'unknown';
          const news = isOver || looks.isDue('log', 1) ? await takeIn(question.run, sinceSeq) : [];
          sinceSeq += news.length;
          const checkpoints = news.filter((entry) => entry.kind === 'checkpoint');
          if (isOver) return { kind: 'ended' };
          if (checkpoints.length > 0)
            return { kind: checkpoints.some(({ checkpoint }) => checkpoint.kind === 'full') ? 'resumable-checkpoint' : 'checkpoint' };
          await progress.look(status, () => looks.isDue('progress', 4));
          await sleep(pollMs);
        }
      } finally {
        looks.close();
      }
    },

    /** Ends the job; its processes are gone afterwards. */
    async stopAttempt(job: string): Promise<void> {
      await launcher.stop(job, 'stopped');
    },

    /**
     * Writes down how an attempt ended, keeps its log, and lets the launcher forget the job. The run's log decides: `finished`
     * is success, whatever the process said.
     */
    async settleAttempt(run: Digest, number: number): Promise<void> {
      const view = await viewOf(run);
      const news = await takeIn(run, view.recordedSeq);
      const isTrained = view.trained || news.some(({ kind }) => kind === 'finished');
      if (view.attempt?.number !== number) return records.attemptEnded(run, number, isTrained ? finishedAttempt : lostAttempt());
      // One that has ended in the records was settled before, and its job may be forgotten.
      if (isActive(view.attempt)) await endAttempt(run, view.attempt, isTrained);
      await putAway({ launcher, store }, view.attempt.job);
    },

    finishRun: (run: Digest) => records.runFinished(run),

    /**
     * Removes everything of a run that was deleted. No attempt can start meanwhile: only this workflow launches any, and a
     * submission that demands the run again waits in its inbox.
     */
    async purgeRun(run: Digest): Promise<void> {
      if ((await records.runView(run)) !== null) return;
      await store.removePrefix(keys.run(run));
      for (const kind of ['train', 'evaluate'] as const) await removeJobs(jobNames(kind, run));
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
    { identity, base }: RunView,
    steps: CheckpointSteps,
    { number, token }: Pick<Attempt, 'number' | 'token'>,
    name: string,
  ): TrainJob {
    const resumeSteps = [...steps.resumeSteps];
    const evaluateSteps = [...steps.evaluateSteps];
    const head = { version: 1, kind: 'train', name, bucket: store.bucket, run, identity, attempt: number, token } as const;
    return { ...head, resumeSteps, evaluateSteps, base: baseFor(base), execution: DEFAULT_PROFILE.execution };
  }

  async function takeIn(run: Digest, from: number): Promise<RunLogEntry[]> {
    const entries = await store.readLog(run, from);
    for (const entry of entries) await records.recordLogEntry(entry);
    return entries;
  }

  /** None after a job that was ended before it started: it may have found no node beside those that it kept away from. */
  function excludedNodesOf({ attempt, nodeFailures }: RunView): string[] {
    return attempt?.failure === 'stopped' && attempt.startedAt === null ? [] : nodesToAvoid(nodeFailures, policy);
  }

  /** Looks at a job at work: shows people what it waits for and how far it is, and ends it when it hangs. */
  async function watchOver({ run, attempt, job, hangSeconds }: NewsQuestion) {
    const view = await viewOf(run);
    const prefix = view.attempt?.number === attempt ? keys.progress(run, attempt, view.attempt.token) : null;
    const watch = createProgressWatch({ hangSeconds, ...graceOf(run, view) });
    let shown: string | null | undefined;
    return {
      async look(status: JobStatus, isDue: () => boolean): Promise<void> {
        const reason = status.kind === 'waiting' ? status.reason : null;
        if (reason !== shown) await records.recordWaiting(run, attempt, reason);
        shown = reason;
        if (status.kind !== 'running' || prefix === null || !isDue()) return;
        const seen = watch.look(await store.read(prefix), performance.now(), status.startedAt);
        if (seen.progress !== null) await records.recordProgress(run, attempt, seen.progress);
        if (seen.isHung) await launcher.stop(job, 'hung');
      },
    };
  }

  /** The grace of a job that is at work must not hang on a profile that was taken from the configuration meanwhile. */
  function graceOf(run: Digest, view: RunView): Pick<Patience, 'startSeconds' | 'saveSeconds'> {
    try {
      const nothing = { resumeSteps: [], evaluateSteps: [] };
      return profileOf(trainJob(run, view, nothing, { number: 1, token: '' }, ''), view.profile);
    } catch (error) {
      if ((error as { code?: string }).code === 'PROFILE_UNKNOWN') return DEFAULT_PROFILE;
      throw error;
    }
  }

  async function endAttempt(run: Digest, { number, job }: Attempt, isTrained: boolean): Promise<void> {
    await records.attemptEnded(run, number, isTrained ? finishedAttempt : attemptEndOf(await launcher.status(job), ruleOf));
  }

  const lostAttempt = () => attemptEndOf({ kind: 'unknown' }, ruleOf);

  /** Removes what the jobs of a deleted run left; their names begin alike. */
  async function removeJobs(beginning: string): Promise<void> {
    const prefixes = new Set<string>();
    for await (const { key } of store.list(keys.job(beginning).slice(0, -1))) prefixes.add(`${key.split('/', 2).join('/')}/`);
    for (const prefix of prefixes) await store.removePrefix(prefix);
  }
}

/** What the job is told of its base: the manifest names the objects, and its digest proves them. */
function baseFor(base: RunView['base']): TrainJob['base'] {
  const checkpoint = base?.checkpoint;
  return base == null || checkpoint == null ? null : { run: base.run, digest: checkpoint.digest, checkpoint: checkpoint.manifest };
}

const DEFAULT_PROFILE = JobProfile.parse({});

const isActive = ({ state }: Attempt): boolean => state === 'launched' || state === 'running';

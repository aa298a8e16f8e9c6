import { randomBytes } from 'node:crypto';
import { JobProfile, keys, type Attempt, type Digest, type RunLogEntry, type TrainJob } from '@titrate/contracts';
import type { CheckpointSteps, RunView } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { nodesToAvoid } from '../job/failure-policy.ts';
import { trainJobName } from '../job/job-names.ts';
import { putAway } from '../job/put-away.ts';
import { about } from '../log-subject.activities.ts';
import { attemptEndOf, finishedAttempt } from './attempt-end.ts';
import { rewindFor } from './not-finite.ts';
import type { Patience } from './progress-watch.ts';

/** Whether an attempt's job may be at work. */
export const isActive = ({ state }: Attempt): boolean => state === 'launched' || state === 'running';

/** Takes what is new in a run's log into the records. */
export async function takeIn(
  { store, records }: Pick<Dependencies, 'store' | 'records'>,
  run: Digest,
  from: number,
): Promise<RunLogEntry[]> {
  const entries = await store.readLog(run, from);
  await records.recordLog(run, entries);
  return entries;
}

/** How an attempt begins and ends. Each step may be taken again at any time. */
export function createAttemptSteps({ records, store, launcher, profileOf, ruleOf, maxInterruptions }: Dependencies) {
  return {
    /**
     * Makes the next attempt's job exist, once: announced in the log, then in the records, then at the launcher. An attempt
     * that has ended in the records meanwhile is not launched: whoever settled it was not waiting for us any more.
     */
    async launch(run: Digest, view: RunView): Promise<void> {
      const attempt = await announce(run, view);
      about({ attempt: attempt.number });
      const job = trainJobName(run, attempt);
      const { resumeSteps, evaluateSteps } = view;
      const { nodes, processesPerNode, gpusPerNode } = knownProfile(run, view);
      const devices = { devices: nodes * processesPerNode, gpus: nodes * gpusPerNode };
      const steps = await records.attemptLaunched(run, attempt.number, attempt.token, job, { resumeSteps, evaluateSteps }, devices);
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

    /**
     * Writes down how an attempt ended, keeps its log, and lets the launcher forget the job. The run's log decides: `finished`
     * is success, whatever the process said.
     */
    async settle(run: Digest, view: RunView, number: number): Promise<void> {
      const news = await takeIn({ store, records }, run, view.recordedSeq);
      const isTrained = view.trained || news.some(({ kind }) => kind === 'finished');
      if (view.attempt?.number !== number) return records.attemptEnded(run, number, isTrained ? finishedAttempt : lostAttempt());
      // One that has ended in the records was settled before, and its job may be forgotten.
      if (isActive(view.attempt)) await end(run, view.attempt, isTrained);
      await putAway({ launcher, store }, view.attempt.job);
    },

    /** How long a job at work may seem to stand still. */
    graceOf: (run: Digest, view: RunView): Pick<Patience, 'startSeconds' | 'saveSeconds'> => knownProfile(run, view),
  };

  /** The profile of a run's jobs, or the default: a job at work must not hang on a profile that was taken from the configuration meanwhile. */
  function knownProfile(run: Digest, view: RunView): JobProfile {
    try {
      const nothing = { resumeSteps: [], evaluateSteps: [] };
      return profileOf(trainJob(run, view, nothing, { number: 1, token: '' }, ''), view.profile);
    } catch (error) {
      if ((error as { code?: string }).code === 'PROFILE_UNKNOWN') return DEFAULT_PROFILE;
      throw error;
    }
  }

  /** An attempt that stands in the log and not yet in the records is taken up: whoever announced it died right after. */
  async function announce(run: Digest, view: RunView): Promise<Pick<Attempt, 'number' | 'token'>> {
    if (view.attempt !== null && isActive(view.attempt)) return view.attempt;
    const announced = (await store.readLog(run, view.recordedSeq)).findLast((entry) => entry.kind === 'attempt');
    if (announced !== undefined && announced.attempt > (view.attempt?.number ?? 0))
      return { number: announced.attempt, token: announced.token };
    const number = (view.attempt?.number ?? 0) + 1;
    await store.create(keys.runIdentity(run), new TextEncoder().encode(JSON.stringify(view.identity)));
    const rewindTo = rewindFor(view);
    const outcome = await store.appendLog({
      run,
      at: new Date().toISOString(),
      attempt: number,
      token: randomBytes(8).toString('hex'),
      kind: 'attempt',
      ...(rewindTo === undefined ? {} : { rewindTo }),
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

  /** None after a job that was ended before it started: it may have found no node beside those that it kept away from. */
  function excludedNodesOf({ attempt, nodeFailures }: RunView): string[] {
    const isNoneLeft = attempt?.failure === 'stopped' && attempt.startedAt === null;
    return isNoneLeft ? [] : nodesToAvoid(nodeFailures, { ruleOf, maxInterruptions });
  }

  async function end(run: Digest, { number, job }: Attempt, isTrained: boolean): Promise<void> {
    await records.attemptEnded(run, number, isTrained ? finishedAttempt : attemptEndOf(await launcher.status(job), ruleOf));
  }

  function lostAttempt() {
    return attemptEndOf({ kind: 'unknown' }, ruleOf);
  }
}

/** What the job is told of its base: the manifest names the objects, and its digest proves them. */
function baseFor(base: RunView['base']): TrainJob['base'] {
  const checkpoint = base?.checkpoint;
  return base == null || checkpoint == null ? null : { run: base.run, digest: checkpoint.digest, checkpoint: checkpoint.manifest };
}

const DEFAULT_PROFILE = JobProfile.parse({});

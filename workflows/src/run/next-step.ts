import type { Digest, EvaluateJob } from '@titrate/contracts';
import type { JobStatus } from '@titrate/job-launcher';
import type { RunView } from '@titrate/records';
import type { EvaluationName } from '../evaluation-batch/evaluation-batch.messages.ts';
import { backOffMs, type FailurePolicy } from '../job/failure-policy.ts';
import { divergence } from './not-finite.ts';
import type { Patience } from './progress-watch.ts';

/** What the `run` workflow does next, and the next batch of those evaluations that wait meanwhile. */
export type RunStep = { readonly evaluate: EvaluationName[] } & (
  | { readonly kind: 'launch' }
  | { readonly kind: 'watch'; readonly attempt: number; readonly job: string }
  | { readonly kind: 'stop'; readonly attempt: number; readonly job: string }
  | { readonly kind: 'settle'; readonly attempt: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** Results of evaluations are on their way. */
  | { readonly kind: 'wait-for-results' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'release' }
  /** The records have forgotten the run; its objects go as well. */
  | { readonly kind: 'purge' }
);

/** What a `run` workflow waits for, once nothing is left to be done at once. */
export type RunRest = { readonly evaluate: EvaluationName[] } & (
  | { readonly kind: 'watch'; readonly question: NewsQuestion }
  | { readonly kind: 'stop'; readonly attempt: number; readonly job: string }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'wait-for-results' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'over' }
);

/** Whether the trainer has just committed a checkpoint that it can resume from; only there does a pause stop it. */
export type Place = 'anywhere' | 'at-checkpoint';

/** What a watch is about. */
export interface NewsQuestion {
  readonly run: Digest;
  /** For the log; not in questions of earlier versions. */
  readonly sweep?: string | null;
  readonly attempt: number;
  readonly job: string;
  /** Log entries from here on are news. */
  readonly sinceSeq: number;
  /** Where the trainer tells how far it is. */
  readonly progressKey: string;
  readonly patience: Patience;
}

/** How long a workflow looks away that waits for what another run makes, when nobody wakes it. */
const LOOK_AGAIN_MS = 60_000;

/** What the records want evaluated now, as the items of a batch. */
export const itemsToEvaluate = (view: RunView): EvaluateJob['items'] =>
  view.waitingEvaluations.map(({ checkpoint, settings, settingsDigest, reference }) => ({
    digest: checkpoint.digest,
    checkpoint: checkpoint.manifest,
    settings,
    settingsDigest,
    reference,
  }));

/** Results are taken in when a job has ended: more checkpoints in one job would be told late. */
const MOST_ITEMS = 50;
/** Characters of a batch in the document of its job, which must fit into a Secret with what else is in it. */
const MOST_CHARACTERS = 500_000;

/** The evaluations that the next job takes on: the first that wait, as many as fit into its document, and one in any case. */
export function nextBatch(view: RunView): EvaluationName[] {
  const items = itemsToEvaluate(view).slice(0, MOST_ITEMS);
  let characters = 0;
  const fitting = items.findIndex((item) => (characters += JSON.stringify(item).length) > MOST_CHARACTERS);
  const batch = fitting === -1 ? items : items.slice(0, Math.max(1, fitting));
  return batch.map(({ digest, settingsDigest }) => ({ digest, settingsDigest }));
}

/**
 * The rule that drives a run, pure so that it can be tested case by case.
 *
 * @param nowMs the clock of the caller, for the back-off.
 */
export function decideRunStep(view: RunView, job: JobStatus, place: Place, nowMs: number, policy: FailurePolicy): RunStep {
  const evaluate = nextBatch(view);
  const { attempt } = view;
  if (attempt !== null && (attempt.state === 'launched' || attempt.state === 'running')) {
    // A trained run whose job nobody knows was trained before these records were made: its log says so.
    if (job.kind === 'ended' || (job.kind === 'unknown' && view.trained)) return { kind: 'settle', attempt: attempt.number, evaluate };
    if (view.wanted === 'release' || (view.wanted === 'pause' && place === 'at-checkpoint'))
      return { kind: 'stop', attempt: attempt.number, job: attempt.job, evaluate };
    // The attempt stands in the log and its job was never made: the launcher died in between.
    if (job.kind === 'unknown') return { kind: 'launch', evaluate };
    if (!view.trained && mustLearnSteps(view, place)) return { kind: 'stop', attempt: attempt.number, job: attempt.job, evaluate };
    return { kind: 'watch', attempt: attempt.number, job: attempt.job, evaluate };
  }
  // A person may ask for evaluations of what exists; that trains nothing, and ends neither a pause nor a release.
  if (view.wanted !== 'run' && evaluate.length > 0) return { kind: 'wait-for-results', evaluate };
  if (view.wanted === 'release') return { kind: 'release', evaluate };
  if (view.trained) return view.openEvaluations === 0 ? { kind: 'finish', evaluate } : { kind: 'wait-for-results', evaluate };
  // Before any verdict: a run that failed meanwhile has checkpoints that its paused sweeps want evaluated first.
  if (view.wanted === 'pause') return { kind: 'pause', evaluate };
  const verdict = giveUpReason(view, policy);
  if (verdict !== null) return evaluate.length === 0 ? { kind: 'fail', reason: verdict, evaluate } : { kind: 'wait-for-results', evaluate };
  // Its sweeps take it up when the base is there; somebody else has woken it.
  if (view.base?.checkpoint === null && view.resumePoint === 0) return { kind: 'wait', milliseconds: LOOK_AGAIN_MS, evaluate };
  const restMs = remainingBackOffMs(view, nowMs, policy);
  return restMs > 0 ? { kind: 'wait', milliseconds: restMs, evaluate } : { kind: 'launch', evaluate };
}

/**
 * Whether the job at work must give way to one that knows all steps: it would pass a step without a checkpoint that was
 * demanded after its launch. It is stopped where it has just committed a resume point, so that nothing is trained again, and
 * at once where the step comes before the next one. Steps up to the newest resume point cannot be had any more.
 */
function mustLearnSteps({ attemptSteps, evaluateSteps, baseSteps, resumePoint }: RunView, place: Place): boolean {
  if (attemptSteps === null) return false;
  const kept = new Set([...attemptSteps.resumeSteps, ...attemptSteps.evaluateSteps]);
  const nextResumePoint = Math.min(...attemptSteps.resumeSteps.filter((step) => step > resumePoint));
  const lost = [...evaluateSteps, ...baseSteps].filter((step) => step > resumePoint && !kept.has(step));
  return lost.some((step) => place === 'at-checkpoint' || step < nextResumePoint);
}

function giveUpReason(view: RunView, { ruleOf, maxInterruptions }: FailurePolicy): string | null {
  const { attempt, failures, interruptions, maxAttempts } = view;
  if (failures + interruptions === 0 || attempt === null) return null;
  const failure = attempt.failure ?? 'failed';
  const last = `attempt ${attempt.number} ended as ${failure}: ${attempt.message ?? 'without a word'}`;
  if (ruleOf(failure).retry === 'never') return `Not tried again, as the rule for ${failure} is never. ${last}`;
  const diverged = divergence(view);
  if (diverged !== null) return `${diverged}. ${last}`;
  if (failures >= maxAttempts) return `Given up after ${failures} failed attempts, the most that is allowed. ${last}`;
  return interruptions > maxInterruptions
    ? `Given up after ${interruptions} interruptions, as at most ${maxInterruptions} are allowed. ${last}`
    : null;
}

function remainingBackOffMs({ attempt, failures, interruptions }: RunView, nowMs: number, { ruleOf }: FailurePolicy): number {
  if (failures + interruptions === 0 || attempt?.endedAt == null || attempt.failure === null) return 0;
  const rule = ruleOf(attempt.failure);
  const pauseMs = backOffMs(rule, rule.counts ? failures : interruptions);
  // The end is told by the clock of the cluster: were it fast, the pause would not become longer for it.
  return Math.min(pauseMs, Math.max(0, Date.parse(attempt.endedAt) + pauseMs - nowMs));
}

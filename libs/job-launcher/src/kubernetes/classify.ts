import type { FailureClass } from '@titrate/contracts';
import type { JobEnd } from '../job-launcher.ts';
import { annotations, endFinalizer } from './names.ts';
import { finish, holding, startOf, termination, type Job, type JobView, type Pod } from './objects.ts';
import { infrastructureCause, rootCause, type Cause } from './root-cause.ts';
import { podWaiting, queueWaiting, type TroubleSince } from './waiting.ts';

/** What a job is doing, as the cluster shows it. */
export type Reading =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  /** It has ended, or has to: this is to be recorded. The message lacks the log's last lines, which `pod` has. */
  | { readonly kind: 'verdict'; readonly end: JobEnd; readonly pod: Pod | null }
  /** Its end is recorded, and pods of it are alive or may yet be made. */
  | { readonly kind: 'ending' }
  | { readonly kind: 'ended'; readonly end: JobEnd };

/** A pod that should have gone so long ago is on a node that nobody can reach: what it still writes is fenced off by the run's log. */
const lostAfterMs = 60_000;

/** Reads what the cluster shows of a job, at a moment in milliseconds. The first verdict that was recorded stands. */
export function classify(view: JobView | null, now: number, troubleSince: TroubleSince): Reading {
  if (view === null || isForgotten(view)) return { kind: 'unknown' };
  const recorded = recordedEnd(view);
  if (recorded !== null) return isAtWork(view, now) ? { kind: 'ending' } : { kind: 'ended', end: recorded };
  return finished(view, now) ?? doomed(view, now) ?? waitingOrRunning(view, now, troubleSince);
}

/** A Job that goes and no longer waits for us to record its end is of no interest. */
export function isForgotten({ job: { metadata } }: JobView): boolean {
  return metadata.deletionTimestamp !== undefined && !metadata.finalizers?.includes(endFinalizer);
}

/** The end that was recorded on the Job. */
export function recordedEnd({ job }: Pick<JobView, 'job'>): JobEnd | null {
  const text = job.metadata.annotations?.[annotations.end];
  return text === undefined ? null : (JSON.parse(text) as JobEnd);
}

/** Whether a process of the job may still be at work. Pods that were orphaned by whoever deleted the Job are not its own any more. */
function hasLivingPods({ job, pods }: JobView, now: number): boolean {
  return pods.some((pod) => {
    const { deletionTimestamp, ownerReferences } = pod.metadata;
    const owned = ownerReferences?.some(({ uid }) => uid === job.metadata.uid) ?? false;
    const lost = deletionTimestamp !== undefined && now - Date.parse(deletionTimestamp) > lostAfterMs;
    return owned && !lost && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
  });
}

/** Pods of the job are alive, or may yet be made: only a Job that is over or deleted makes no more. */
function isAtWork(view: JobView, now: number): boolean {
  const makesNoMore = finish(view.job) !== undefined || view.job.metadata.deletionTimestamp !== undefined;
  return !makesNoMore || hasLivingPods(view, now);
}

/** A failure at a moment, in the words of a clause about the job. */
export function failureOf(failure: FailureClass, words: string, at: number, more: Partial<Pick<Cause, 'exitCode' | 'pod'>> = {}): Reading {
  const { exitCode = null, pod = null } = more;
  const node = pod?.spec.nodeName ?? null;
  const end: JobEnd = { kind: 'failed', failure, exitCode, message: `The job ${words}`, node, endedAt: new Date(at).toISOString() };
  return { kind: 'verdict', end, pod };
}

function finished(view: JobView, now: number): Reading | null {
  const condition = finish(view.job);
  const { conditions, completionTime } = view.job.status ?? {};
  if (condition?.type === 'Complete') {
    const endedAt = new Date(completionTime ?? condition.lastTransitionTime ?? now).toISOString();
    return { kind: 'verdict', end: { kind: 'succeeded', endedAt }, pod: null };
  }
  // A Job waits for the end of all its pods, those on a lost node too.
  const failing = condition ?? (hasLivingPods(view, now) ? undefined : holding(conditions, 'FailureTarget'));
  if (failing === undefined) return null;
  const cause = rootCause(view);
  return failureOf(cause.failure, cause.words, Date.parse(failing.lastTransitionTime ?? new Date(now).toISOString()), cause);
}

/** What cannot go on, although its Job has not failed. */
function doomed(view: JobView, now: number): Reading | null {
  if (view.job.metadata.deletionTimestamp !== undefined) return failureOf('deleted', 'was deleted by somebody', now);
  const lost = view.pods.find((pod) => isOverdue(pod, now));
  const cause = lost && infrastructureCause(lost);
  if (cause) return failureOf(cause.failure, cause.words, now, cause);
  if (hasLeftovers(view)) return failureOf('evicted', 'was evicted after some of its pods had ended: the others would wait for them', now);
  return null;
}

/** Deleted by the cluster, and its node says nothing. */
function isOverdue({ metadata: { deletionTimestamp }, status }: Pod, now: number): boolean {
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return !over && deletionTimestamp !== undefined && now - Date.parse(deletionTimestamp) > lostAfterMs;
}

/** Completed indexes stay completed: a Job that is resumed starts only those that are missing. */
function hasLeftovers({ job: { spec, status }, pods }: JobView): boolean {
  if ((status?.completedIndexes ?? '') === '') return false;
  if (spec.suspend) return true;
  const before = ({ finishedAt }: { finishedAt: string }): boolean => Date.parse(finishedAt) < Date.parse(status?.startTime ?? '');
  return pods.some((pod) => {
    const ended = termination(pod);
    return ended?.exitCode === 0 && before(ended);
  });
}

function waitingOrRunning(seen: JobView, now: number, troubleSince: TroubleSince): Reading {
  const { job } = seen;
  const pods = seen.pods.filter((pod) => isOfThisLife(pod, job));
  const view = { ...seen, pods };
  const waiting = job.spec.suspend ? queueWaiting(view) : podWaiting(view, now, troubleSince);
  if (waiting?.failure) return failureOf(waiting.failure, `could not start: ${waiting.reason}`, now, { pod: waiting.pod });
  if (waiting) return { kind: 'waiting', reason: waiting.reason };
  const starts = pods.map(startOf).filter((start) => start !== undefined);
  if (starts.length < job.spec.completions)
    return { kind: 'waiting', reason: `${starts.length} of its ${job.spec.completions} pods have started` };
  return { kind: 'running', startedAt: new Date(Math.max(...starts.map((start) => Date.parse(start)))).toISOString() };
}

/** A Job that its queue took back and admitted again starts anew, while its pods of before may still be ending. */
function isOfThisLife({ metadata, status }: Pod, { status: jobStatus }: Job): boolean {
  const before = Date.parse(metadata.creationTimestamp) < Date.parse(jobStatus?.startTime ?? metadata.creationTimestamp);
  const going = metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  return !before && !going;
}

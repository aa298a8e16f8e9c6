import { constants } from 'node:os';
import type { FailureClass } from '@titrate/contracts';
import { classifyExitCode } from '../exit-code.ts';
import { holding, termination, type Condition, type JobView, type Pod } from './objects.ts';

/** Why a job failed: its class, the words, and the pod that it began with. */
export interface Cause {
  readonly failure: FailureClass;
  /** A clause with the job as its subject: "was evicted from its node: ...". */
  readonly words: string;
  readonly exitCode: number | null;
  readonly pod: Pod | null;
  /** When, as far as a pod tells. */
  readonly at: string | null;
}

/**
 * The root cause of a Job that failed. One rank that dies takes the others with it, so the earliest end counts; and what the cluster
 * did to a pod comes before any exit code, as the code is only its echo.
 */
export function rootCause({ job, pods: present, vanished }: JobView): Cause {
  // The target is set at once, `Failed` when all pods have ended.
  const failed = holding(job.status?.conditions, 'FailureTarget') ?? holding(job.status?.conditions, 'Failed');
  const pods = [...present, ...vanished];
  if (failed?.reason === 'DeadlineExceeded')
    return { failure: 'deadline', words: 'ran longer than its deadline', exitCode: null, pod: null, at: failed.lastTransitionTime ?? null };
  const infrastructure = earliest(pods.map(infrastructureCause));
  if (infrastructure !== null) return infrastructure;
  const named = namedPod(failed?.message);
  const gone = named !== null && !pods.some(({ metadata }) => metadata.name === named.pod);
  if (gone) return goneCause(named);
  return earliest(pods.map((pod) => exitCause(pod, failed?.lastTransitionTime))) ?? unexplained(failed);
}

/** What the cluster did to a pod, if it did anything. */
export function infrastructureCause(pod: Pod): Cause | null {
  const [failure, words] = disruption(pod) ?? refusal(pod) ?? memory(pod) ?? [];
  if (failure === undefined || words === undefined) return null;
  return { failure, words, exitCode: termination(pod)?.exitCode ?? null, pod, at: endOf(pod) };
}

type Finding = [FailureClass, string] | null;

const scratchExceeded = /ephemeral.?storage.*exceeds|EmptyDir volume .* exceeds/i;

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
function disruption({ spec, status }: Pod): Finding {
  const on = spec.nodeName === undefined ? '' : ` from node ${spec.nodeName}`;
  const condition = holding(status?.conditions, 'DisruptionTarget');
  const words = status?.message ?? condition?.message ?? 'no reason was given';
  if (status?.reason === 'Evicted' && scratchExceeded.test(words)) return ['failed', `used more disk than its profile allows: ${words}`];
  if (condition?.reason === 'PreemptionByScheduler' || status?.reason === 'Preempting')
    return ['preempted', `was preempted${on}: ${words}`];
  if (condition?.reason === 'DeletionByTaintManager' || condition?.reason === 'DeletionByPodGC')
    return ['node-lost', `lost its node ${spec.nodeName ?? ''}: ${words}`];
  if (status?.reason === 'Terminated' || status?.reason === 'NodeShutdown')
    return ['node-lost', `lost its node ${spec.nodeName}: ${words}`];
  if (condition !== undefined || status?.reason === 'Evicted') return ['evicted', `was evicted${on}: ${words}`];
  return null;
}

/** A node that failed the pod before its container began: it has a different view of what is free than the scheduler, or a broken device. */
function refusal(pod: Pod): Finding {
  const { spec, status } = pod;
  if (status?.phase !== 'Failed' || status.reason === undefined || termination(pod) !== undefined) return null;
  if (status.reason === 'DeadlineExceeded') return ['deadline', 'ran longer than its deadline'];
  return ['node-lost', `was not taken by node ${spec.nodeName}: ${status.reason}: ${status.message ?? ''}`];
}

function memory(pod: Pod): Finding {
  return termination(pod)?.reason === 'OOMKilled' ? ['out-of-memory', 'was killed as it used more memory than its profile allows'] : null;
}

/** A pod that ended by itself, unless it was deleted. */
function exitCause(pod: Pod, failedAt: string | undefined): Cause | null {
  const ended = termination(pod);
  if (ended === undefined || ended.exitCode === 0) return null;
  const common = { exitCode: ended.exitCode, pod, at: ended.finishedAt };
  if (wasDeleted(pod, ended.exitCode, failedAt))
    return { ...common, failure: 'deleted', words: `lost its pod ${pod.metadata.name}, which somebody deleted` };
  const [failure, words] = classifyExitCode(ended.exitCode);
  return { ...common, failure, words };
}

/** Codes of a process that was asked to end, and that was made to. */
const endCodes = [constants.signals.SIGTERM, constants.signals.SIGKILL].map((signal) => 128 + signal);

/**
 * Whether somebody deleted the pod before the Job had failed. A Job that fails deletes its other pods itself, which end later than the
 * one that it failed for. Once a kubelet lets go of a pod that still has a finalizer, the time of its deletion is that of the letting
 * go, without grace, and may be later than the Job's failure: then the code tells.
 */
function wasDeleted(pod: Pod, exitCode: number, failedAt: string | undefined): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  if (deletionTimestamp === undefined) return false;
  if (deletionGracePeriodSeconds === 0 && endCodes.includes(exitCode)) return true;
  return failedAt === undefined || Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000 <= Date.parse(failedAt);
}

interface Named {
  readonly pod: string;
  readonly exitCode: number | null;
  readonly disrupted: boolean;
}

/** The Job controller names the pod that its failure policy met first, also when the pod is gone. */
function namedPod(message = ''): Named | null {
  const exited = /^Container \S+ for pod \S+\/(\S+) failed with exit code (\d+) /.exec(message);
  if (exited) return { pod: exited[1]!, exitCode: Number(exited[2]), disrupted: false };
  const disrupted = /^Pod \S+\/(\S+) has condition DisruptionTarget /.exec(message);
  return disrupted && { pod: disrupted[1]!, exitCode: null, disrupted: true };
}

/** Pods that ended by themselves stay as long as their Job: one that is gone was deleted, and the cluster's own hand leaves a word. */
function goneCause({ pod, exitCode, disrupted }: Named): Cause {
  if (disrupted) return { failure: 'evicted', words: `lost its pod ${pod} by the cluster's own hand`, exitCode, pod: null, at: null };
  return { failure: 'deleted', words: `lost its pod ${pod}, which somebody deleted`, exitCode, pod: null, at: null };
}

function unexplained(failed: Condition | undefined): Cause {
  const nothing = { exitCode: null, pod: null, at: null };
  if (failed?.reason === 'BackoffLimitExceeded')
    return { ...nothing, failure: 'deleted', words: 'lost a pod that somebody deleted: none that is left explains its failure' };
  return { ...nothing, failure: 'lost', words: `failed without a trace in its pods: ${failed?.message ?? 'its Job tells no reason'}` };
}

/** When the pod's end began: its disruption, its container's end, or its own deletion. */
function endOf(pod: Pod): string {
  const disrupted = holding(pod.status?.conditions, 'DisruptionTarget')?.lastTransitionTime;
  return disrupted ?? termination(pod)?.finishedAt ?? pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp;
}

/**
 * Kubernetes tells whole seconds. Of several pods in one second those that ended by themselves come before those that were deleted, and
 * any code before 1, with which ranks end that lost another.
 */
function earliest(causes: readonly (Cause | null)[]): Cause | null {
  const known = causes.filter((cause) => cause !== null);
  const weakness = ({ exitCode, pod }: Cause): number => (pod?.metadata.deletionTimestamp === undefined ? 0 : 2) + (exitCode === 1 ? 1 : 0);
  return known.toSorted((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || weakness(a) - weakness(b))[0] ?? null;
}

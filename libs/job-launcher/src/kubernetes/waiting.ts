import type { FailureClass } from '@titrate/contracts';
import type { WaitingLimits } from './manifests.ts';
import { annotations } from './names.ts';
import type { Event, Job, JobView, Pod } from './objects.ts';

/** Why a job does not run yet; with a failure when it has waited for too long, or waits for what cannot come. */
export interface Waiting {
  readonly reason: string;
  readonly failure: FailureClass | null;
  readonly pod: Pod | null;
}

/** A job that keeps away from nodes, and finds no other for so long, gives way to one that takes any: a small cluster has no others. */
const avoidingSeconds = 900;

/** When trouble with a pod was first seen, in milliseconds: Kubernetes does not tell since when a container waits. */
export type TroubleSince = (pod: Pod) => number;

const still = (reason: string, pod: Pod | null = null): Waiting => ({ reason, failure: null, pod });

/** Why a job that its queue holds does not run. A Workload that a person switched off is never admitted again. */
export function queueWaiting({ events }: JobView): Waiting {
  const newest = events
    .filter(({ reason }) => reason === 'Stopped' || reason === 'Started')
    .toSorted((a, b) => momentOf(a) - momentOf(b))
    .at(-1);
  if (newest?.reason !== 'Stopped') return still('its queue has not admitted it yet');
  if (/deactivated/i.test(newest.message ?? ''))
    return { reason: `its Workload was switched off in the queue: ${newest.message}`, failure: 'deactivated', pod: null };
  return still(`it is in its queue again: ${newest.message}`);
}

/** Why the pods of a job do not all run; null when nothing is known to be in their way. */
export function podWaiting({ job, pods, events }: JobView, now: number, troubleSince: TroubleSince): Waiting | null {
  const limits = limitsOf(job);
  if (pods.length === 0) return noPods(job, events, limits, now);
  const waits = pods
    .map((pod) => schedulingWait(pod, limits, now) ?? imageWait(pod, limits, now, troubleSince))
    .filter((wait) => wait !== null);
  const starting = pods.find((pod) => pod.status?.phase === 'Pending');
  const hopeless = waits.find(({ failure }) => failure !== null);
  return hopeless ?? waits[0] ?? (starting ? still(`its pod ${starting.metadata.name} is starting`, starting) : null);
}

/** What is wrong with a pod's image, or with the container that is to be made of it; null when nothing is. */
export function imageTrouble({ status }: Pod): string | null {
  const { reason, message } = status?.containerStatuses?.[0]?.state?.waiting ?? {};
  if (reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing') return null;
  return message === undefined ? reason : `${reason}: ${message}`;
}

/** When an event happened last, in milliseconds. */
export function momentOf({ lastTimestamp, eventTime, metadata }: Event): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}

function limitsOf({ metadata }: Job): WaitingLimits {
  return JSON.parse(metadata.annotations?.[annotations.limits] ?? '{"schedulingSeconds":null,"imageSeconds":300}') as WaitingLimits;
}

/** Pods that may not be made, as a quota or the namespace's security standard forbids them: no node will take them either. */
function noPods(job: Job, events: readonly Event[], { schedulingSeconds }: WaitingLimits, now: number): Waiting {
  const refused = events.filter(({ reason }) => reason === 'FailedCreate').at(-1);
  if (refused === undefined) return still('its pods are being made');
  const since = Date.parse(job.status?.startTime ?? job.metadata.creationTimestamp);
  return limited(`its pods cannot be made: ${refused.message}`, 'unschedulable', null, since, schedulingSeconds, now);
}

function schedulingWait(pod: Pod, { schedulingSeconds, avoidsNodes }: WaitingLimits, now: number): Waiting | null {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition === undefined) return null;
  const since = Date.parse(condition.lastTransitionTime ?? pod.metadata.creationTimestamp);
  const words = `no node takes it: ${condition.message ?? condition.reason}`;
  if (!avoidsNodes) return limited(words, 'unschedulable', pod, since, schedulingSeconds, now);
  const seconds = Math.min(avoidingSeconds, schedulingSeconds ?? avoidingSeconds);
  return limited(`${words}; it keeps away from nodes where an earlier one failed`, 'stopped', pod, since, seconds, now);
}

function imageWait(pod: Pod, { imageSeconds }: WaitingLimits, now: number, troubleSince: TroubleSince): Waiting | null {
  const trouble = imageTrouble(pod);
  if (trouble === null) return null;
  const limit = trouble.startsWith('InvalidImageName') ? 0 : imageSeconds;
  return limited(`its container cannot be made: ${trouble}`, 'image-unavailable', pod, troubleSince(pod), limit, now);
}

function limited(reason: string, failure: FailureClass, pod: Pod | null, since: number, seconds: number | null, now: number): Waiting {
  const tooLong = seconds !== null && now - since >= seconds * 1000;
  return { reason, failure: tooLong ? failure : null, pod };
}

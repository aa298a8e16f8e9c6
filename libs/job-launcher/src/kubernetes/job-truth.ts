import { withLastLines } from '../log-text.ts';
import type { JobEnd } from '../job-launcher.ts';
import { Conflict, type Calls } from './calls.ts';
import type { Reading } from './classify.ts';
import { ownerOf, type ClusterView } from './cluster-view.ts';
import { lastLinesOfPod, speakerOf } from './job-log.ts';
import { annotations, foregroundFinalizer, labels } from './names.ts';
import type { Event, Job, JobView, Pod } from './objects.ts';

/** Events may tell what pods do not: so long after its making a Job without pods is asked about. */
const podsExpectedMs = 5_000;
/** Events of a waiting job are read again after so long, or later where many wait: finding those of one costs the API server a look at all. */
const eventsFreshMs = 10_000;
const readingsPerSecond = 10;
/** What nobody asked for so long is forgotten: the job is stopped, say. */
const eventsForgottenMs = 3_600_000;

/** Asks the API server what there is of a job; null when there is no Job. */
export async function lookAt(calls: Calls, view: ClusterView, name: string): Promise<JobView | null> {
  const job = await calls.json<Job>({ verb: 'get', resource: 'jobs', name });
  if (job === null) return null;
  const query = { labelSelector: `${labels.jobName}=${name}` };
  const list = await calls.json<{ items: Pod[] }>({ verb: 'list', resource: 'pods', query });
  const pods = (list?.items ?? []).filter((pod) => ownerOf(pod) === job.metadata.uid);
  const present = new Set(pods.map(({ metadata }) => metadata.uid));
  // The watch may be later than the answer: what it has not seen go is gone all the same.
  const seen = [...view.vanished(job.metadata.uid), ...(view.get(name)?.pods ?? [])];
  return { job, pods, vanished: seen.filter((pod) => ownerOf(pod) === job.metadata.uid && !present.has(pod.metadata.uid)), events: [] };
}

/** Adds what was said about a job, where that may matter: it is held by its queue, or its pods cannot be made. */
export function createEventReader(calls: Calls): (view: JobView, now: number) => Promise<JobView> {
  const read = new Map<string, { at: number; events: readonly Event[] }>();
  return async (view, now) => {
    const { uid, creationTimestamp } = view.job.metadata;
    const expected = now - Date.parse(view.job.status?.startTime ?? creationTimestamp) > podsExpectedMs;
    if (!view.job.spec.suspend && !(view.pods.length === 0 && expected)) {
      read.delete(uid);
      return view;
    }
    const known = read.get(uid);
    const freshMs = Math.max(eventsFreshMs, (1000 * read.size) / readingsPerSecond);
    if (known && now - known.at < freshMs) return { ...view, events: known.events };
    const query = { fieldSelector: `involvedObject.uid=${uid}` };
    const list = await calls.json<{ items: Event[] }>({ verb: 'list', resource: 'events', query });
    read.delete(uid);
    read.set(uid, { at: now, events: list?.items ?? [] });
    for (const [other, { at }] of read) {
      if (now - at < eventsForgottenMs) break;
      read.delete(other);
    }
    return { ...view, events: list?.items ?? [] };
  };
}

/**
 * Records a verdict on the Job, with the last lines of the log of the pod that it began with, and returns the Job as it is then. Nothing
 * is recorded, and null returned, when the Job has changed since it was looked at: then it must be looked at again, and the first verdict stands.
 */
export async function recordVerdict(calls: Calls, view: JobView, verdict: Extract<Reading, { kind: 'verdict' }>): Promise<Job | null> {
  const { name, uid, resourceVersion } = view.job.metadata;
  const end = await withLog(calls, view, verdict);
  const body = { metadata: { uid, resourceVersion, annotations: { [annotations.end]: JSON.stringify(end) } } };
  try {
    return await calls.json<Job>({ verb: 'patch', resource: 'jobs', name, body });
  } catch (error) {
    if (error instanceof Conflict) return null;
    throw error;
  }
}

/**
 * Ends the pods of a Job whose end is recorded, and lets it make no more: the Job goes after its pods, and stays readable for us.
 * One that somebody deletes in the background keeps its pods until it has gone, and it waits for us: asking again puts the pods first.
 */
export async function endPods(calls: Calls, { metadata: { name, uid, finalizers } }: Job): Promise<void> {
  if (!finalizers?.includes(foregroundFinalizer)) await deleteJob(calls, name, uid, 'Foreground');
}

/** Deletes this very Job; another that has its name by now is left alone. Returns the Job that waits for its finalizers, when the answer tells. */
export async function deleteJob(
  calls: Calls,
  name: string,
  uid: string,
  propagationPolicy: 'Foreground' | 'Background',
): Promise<Job | null> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions: { uid } };
  try {
    const answer = await calls.json<Job & { readonly kind: string }>({ verb: 'delete', resource: 'jobs', name, body });
    return answer?.kind === 'Job' ? answer : null;
  } catch (error) {
    if (error instanceof Conflict) return null;
    throw error;
  }
}

async function withLog(calls: Calls, { pods }: JobView, { end, pod }: Extract<Reading, { kind: 'verdict' }>): Promise<JobEnd> {
  if (end.kind === 'succeeded') return end;
  const witness = pods.find(({ metadata }) => metadata.uid === pod?.metadata.uid) ?? (pod === null ? speakerOf(pods) : null);
  if (witness === null) return { ...end, message: `${end.message}. Its log went with its pod.` };
  return { ...end, message: withLastLines(end.message, await lastLinesOfPod(calls, witness)) };
}

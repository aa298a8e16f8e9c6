import { annotations, endFinalizer, labels } from '../names.ts';
import type { Condition, Event, Job, JobView, Pod, Terminated } from '../objects.ts';

/** The moment at which the tests look; what happened before stands in seconds before it. */
export const now = Date.parse('2026-11-23T00:25:00Z');
export const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString().replace('.000Z', 'Z');

const uid = '8d8c0bd2-7c32-4f7b-8a1e-0a9f5f0d2f11';

/** A Job of two pods as the API server shows it. */
export function jobOf(status: Job['status'] = {}, metadata: Partial<Job['metadata']> = {}, spec: Partial<Job['spec']> = {}): Job {
  const limits = JSON.stringify({ schedulingSeconds: 60, imageSeconds: 30 });
  return {
    metadata: {
      name: 'run',
      uid,
      resourceVersion: '1',
      creationTimestamp: ago(300),
      finalizers: [endFinalizer],
      annotations: { [annotations.limits]: limits },
      ...metadata,
    },
    spec: { suspend: false, completions: 2, ...spec },
    status: { startTime: ago(300), ...status },
  };
}

/** A pod of it, running since 200 s unless its status says otherwise. */
export function podOf(index: number, status: Pod['status'] = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  const name = `run-${index}-x${index}`;
  return {
    metadata: {
      name,
      uid: `pod-${index}`,
      resourceVersion: '1',
      creationTimestamp: ago(290),
      labels: { [labels.index]: String(index), [labels.jobName]: 'run' },
      ownerReferences: [{ uid, controller: true }],
      ...metadata,
    },
    spec: { nodeName: `node-${index}` },
    status: { phase: 'Running', containerStatuses: [{ name: 'trainer', state: { running: { startedAt: ago(200) } } }], ...status },
  };
}

/** The status of a pod whose container has ended, as the kubelet writes it. */
export function ended(exitCode: number, secondsAgo: number, more: Partial<Terminated> = {}): NonNullable<Pod['status']> {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const terminated = { exitCode, reason, startedAt: ago(200), finishedAt: ago(secondsAgo), ...more };
  return { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'trainer', state: { terminated } }] };
}

/** The condition that the cluster sets on a pod before it takes it away. */
export function disrupted(reason: string, message: string, secondsAgo: number): Condition {
  return { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: ago(secondsAgo) };
}

/** The conditions of a Job that failed: the target at once, `Failed` when its pods had ended. */
export function failing(reason: string, message: string, secondsAgo: number): Condition[] {
  return ['FailureTarget', 'Failed'].map((type) => ({ type, status: 'True', reason, message, lastTransitionTime: ago(secondsAgo) }));
}

/** What the Job controller writes when its failure policy meets an exit code. */
export function failedFor(pod: string, exitCode: number, secondsAgo: number): Condition[] {
  const message = `Container trainer for pod runs/${pod} failed with exit code ${exitCode} matching FailJob rule at index 1`;
  return failing('PodFailurePolicy', message, secondsAgo);
}

export function eventOf(reason: string, message: string, secondsAgo: number): Event {
  const metadata = { name: reason, uid: reason, resourceVersion: '1', creationTimestamp: ago(secondsAgo) };
  return { metadata, reason, message, lastTimestamp: ago(secondsAgo), involvedObject: { kind: 'Job', name: 'run', uid } };
}

export function viewOf(job: Job, pods: readonly Pod[] = [], more: Partial<JobView> = {}): JobView {
  return { job, pods, vanished: [], events: [], ...more };
}

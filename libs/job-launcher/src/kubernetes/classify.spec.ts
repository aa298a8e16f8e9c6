import { describe, expect, it } from '@jest/globals';
import type { FailureClass } from '@titrate/contracts';
import { classify, type Reading } from './classify.ts';
import { annotations } from './names.ts';
import type { JobView } from './objects.ts';
import { ago, disrupted, ended, eventOf, failedFor, failing, jobOf, now, podOf, viewOf } from './testing/views.ts';

const read = (view: JobView | null, troubleSince = (): number => now): Reading => classify(view, now, troubleSince);

const failed = (conditions: ReturnType<typeof failing>, ...pods: JobView['pods'][number][]): JobView => viewOf(jobOf({ conditions }), pods);
const evicted = { phase: 'Failed', reason: 'Evicted' } as const;
const gone = (seconds: number) => ({ deletionTimestamp: ago(seconds), deletionGracePeriodSeconds: 30 });
const queued = (message: string): JobView =>
  viewOf(jobOf({}, {}, { suspend: true }), [], { events: [eventOf('Started', 'x', 90), eventOf('Stopped', message, 20)] });
const unscheduled = (seconds: number) => ({
  phase: 'Pending' as const,
  containerStatuses: [],
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False' as const,
      reason: 'Unschedulable',
      message: '0/100 nodes are available: 100 Insufficient nvidia.com/gpu.',
      lastTransitionTime: ago(seconds),
    },
  ],
});
const unpulled = (reason: string) => ({
  phase: 'Pending' as const,
  containerStatuses: [{ name: 'trainer', state: { waiting: { reason, message: 'Back-off pulling image "registry/none:1"' } } }],
});

describe('classify() of a failure', () => {
  it.each<[string, FailureClass, JobView, string]>([
    [
      'an exit code',
      'failed',
      failed(failedFor('run-1-x1', 2, 4), podOf(0, ended(143, 4), gone(-26)), podOf(1, ended(2, 5))),
      'ended with code 2',
    ],
    ['bad input', 'bad-input', failed(failedFor('run-0-x0', 20, 4), podOf(0, ended(20, 5)), podOf(1, ended(1, 5))), 'code 20'],
    [
      'a loss that is not finite',
      'loss-not-finite',
      failed(failedFor('run-1-x1', 1, 4), podOf(0, ended(30, 5)), podOf(1, ended(1, 5))),
      'code 30',
    ],
    ['a newer attempt', 'fenced', failed(failedFor('run-0-x0', 40, 4), podOf(0, ended(40, 5)), podOf(1)), 'code 40'],
    ['a kill', 'killed', failed(failedFor('run-1-x1', 1, 2), podOf(0, ended(137, 6)), podOf(1, ended(1, 4))), 'SIGKILL'],
    [
      'too much memory, however early others ended',
      'out-of-memory',
      failed(failedFor('run-0-x0', 1, 4), podOf(0, ended(1, 6)), podOf(1, ended(137, 5, { reason: 'OOMKilled' }))),
      'memory',
    ],
    [
      'a drain',
      'evicted',
      failed(
        failing('PodFailurePolicy', 'Pod runs/run-0-x0 has condition DisruptionTarget matching FailJob rule at index 0', 4),
        podOf(0, { ...ended(143, 5), conditions: [disrupted('EvictionByEvictionAPI', 'Eviction API: evicting', 9)] }),
        podOf(1, ended(1, 8)),
      ),
      'Eviction API: evicting',
    ],
    [
      'a node short of memory',
      'evicted',
      failed(failing('PodFailurePolicy', 'x', 4), podOf(0, { ...evicted, message: 'The node was low on resource: memory.' })),
      'low on resource',
    ],
    [
      'more disk than the profile has, which evicts too',
      'failed',
      failed(
        failing('PodFailurePolicy', 'x', 4),
        podOf(0, { ...evicted, message: 'Usage of EmptyDir volume "scratch" exceeds the limit "64Mi".' }),
      ),
      'more disk',
    ],
    [
      'a pod of higher priority',
      'preempted',
      failed(
        failing('PodFailurePolicy', 'x', 4),
        podOf(0, {
          ...ended(143, 5),
          conditions: [disrupted('PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod', 9)],
        }),
      ),
      'higher priority',
    ],
    [
      'a node that was deleted',
      'node-lost',
      failed(
        failing('PodFailurePolicy', 'x', 4),
        podOf(0, { phase: 'Failed', conditions: [disrupted('DeletionByPodGC', 'PodGC: node no longer exists', 9)] }),
      ),
      'node no longer exists',
    ],
    [
      'a node that does not answer, whose pod cannot end',
      'node-lost',
      viewOf(jobOf(), [
        podOf(0),
        podOf(1, { conditions: [disrupted('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', 99)] }, gone(61)),
      ]),
      'NoExecute',
    ],
    [
      'a node that shuts down',
      'node-lost',
      failed(
        failing('PodFailurePolicy', 'x', 4),
        podOf(0, { phase: 'Failed', reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' }),
      ),
      'shutdown',
    ],
    [
      'a node that refuses the pod',
      'node-lost',
      failed(
        failing('PodFailurePolicy', 'x', 4),
        podOf(0, { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'no healthy devices', containerStatuses: [] }),
      ),
      'no healthy devices',
    ],
    ['a deadline', 'deadline', failed(failing('DeadlineExceeded', 'Job was active longer than specified deadline', 4)), 'deadline'],
    [
      'a pod that somebody deleted',
      'deleted',
      failed(failedFor('run-0-x0', 143, 4), podOf(0, ended(143, 4), gone(-26)), podOf(1, ended(143, 3), gone(-26))),
      'run-0-x0',
    ],
    [
      'a pod that somebody deleted, and that its kubelet let go of when the Job had failed',
      'deleted',
      failed(
        failing('BackoffLimitExceeded', 'too many', 2),
        podOf(0, ended(143, 2), { deletionTimestamp: ago(1), deletionGracePeriodSeconds: 0 }),
      ),
      'somebody deleted',
    ],
    [
      'a pod that somebody deleted, and nobody saw',
      'deleted',
      failed(failedFor('run-0-x0', 143, 4), podOf(1, ended(143, 3), gone(-26))),
      'run-0-x0',
    ],
    [
      'a disrupted pod that nobody saw',
      'evicted',
      failed(failing('PodFailurePolicy', 'Pod runs/run-0-x0 has condition DisruptionTarget matching FailJob rule at index 0', 4)),
      'run-0-x0',
    ],
    ['no trace', 'lost', failed(failing('MaxFailedIndexesExceeded', 'indexes', 4)), 'indexes'],
    [
      'a pod that somebody deleted, and nobody knows which',
      'deleted',
      failed(failing('BackoffLimitExceeded', 'Job has reached the specified backoff limit', 4)),
      'somebody deleted',
    ],
    [
      'somebody who deletes the Job',
      'deleted',
      viewOf(jobOf({}, { deletionTimestamp: ago(1) }), [podOf(0), podOf(1)]),
      'deleted by somebody',
    ],
    ['no room for too long', 'unschedulable', viewOf(jobOf(), [podOf(0, unscheduled(61)), podOf(1)]), '100 Insufficient nvidia.com/gpu'],
    [
      'an image that nobody has',
      'image-unavailable',
      viewOf(jobOf(), [podOf(0, unpulled('ImagePullBackOff')), podOf(1)]),
      'registry/none:1',
    ],
    ['a Workload that was switched off', 'deactivated', queued('The workload is deactivated'), 'switched off'],
    [
      'a Job that comes back with an index completed',
      'evicted',
      viewOf(jobOf({ completedIndexes: '0', startTime: ago(30) }), [podOf(0, ended(0, 90)), podOf(1)]),
      'wait for them',
    ],
    [
      'a Job that its queue holds with an index completed',
      'evicted',
      viewOf(jobOf({ completedIndexes: '1' }, {}, { suspend: true }), [podOf(1, ended(0, 90))]),
      'wait',
    ],
  ])('%s is %s', (_what, failure, view, words) => {
    const reading = read(view, () => now - 31_000);
    expect(reading).toMatchObject({ kind: 'verdict', end: { kind: 'failed', failure, message: expect.stringContaining(words) } });
  });

  it('names the node of the pod that it began with, its exit code, and the time of the Job', () => {
    const view = failed(failedFor('run-1-x1', 1, 4), podOf(0, ended(7, 9)), podOf(1, ended(1, 5)));
    expect(read(view)).toMatchObject({
      end: { node: 'node-0', exitCode: 7, endedAt: new Date(ago(4)).toISOString() },
      pod: { metadata: { name: 'run-0-x0' } },
    });
  });

  it('a pod that is gone is remembered as it was seen last', () => {
    const seen = podOf(0, { ...ended(143, 5), conditions: [disrupted('PreemptionByScheduler', 'x', 9)] });
    expect(read(viewOf(jobOf({ conditions: failing('PodFailurePolicy', 'x', 4) }), [], { vanished: [seen] }))).toMatchObject({
      end: { failure: 'preempted' },
    });
  });

  it('waits for the Job to fail while pods of it are alive', () => {
    const [target] = failedFor('run-0-x0', 1, 4);
    expect(read(viewOf(jobOf({ conditions: [target!] }), [podOf(0, ended(1, 5)), podOf(1)])).kind).toBe('running');
    expect(read(viewOf(jobOf({ conditions: [target!] }), [podOf(0, ended(1, 5)), podOf(1, {}, gone(61))])).kind).toBe('verdict');
  });
});

describe('classify() of anything else', () => {
  const end = { kind: 'succeeded', endedAt: '2026-11-23T00:24:00.000Z' };
  const recorded = { [annotations.end]: JSON.stringify(end) };

  it('a Job that completed has succeeded', () => {
    const conditions = [{ type: 'Complete', status: 'True' as const }];
    expect(read(viewOf(jobOf({ conditions, completionTime: ago(60) })))).toEqual({ kind: 'verdict', end, pod: null });
  });

  it('a recorded end stands, and is told when no pod lives', () => {
    const job = jobOf({ conditions: failedFor('run-0-x0', 1, 4) }, { annotations: recorded });
    expect(read(viewOf(job, [podOf(0)]))).toEqual({ kind: 'ending' });
    expect(read(viewOf(job, [podOf(0, ended(1, 3))]))).toEqual({ kind: 'ended', end });
    expect(read(viewOf(job, [podOf(0, {}, { ownerReferences: [] })]))).toEqual({ kind: 'ended', end });
  });

  it('a Job with a recorded end that may yet make pods has not ended', () => {
    expect(read(viewOf(jobOf({}, { annotations: recorded })))).toEqual({ kind: 'ending' });
    expect(read(viewOf(jobOf({}, { annotations: recorded, deletionTimestamp: ago(1) })))).toEqual({ kind: 'ended', end });
  });

  it('no Job, and one that was forgotten and lingers, are unknown', () => {
    expect(read(null)).toEqual({ kind: 'unknown' });
    expect(read(viewOf(jobOf({}, { deletionTimestamp: ago(1), finalizers: ['foregroundDeletion'] }), [podOf(0)]))).toEqual({
      kind: 'unknown',
    });
  });

  it('a job runs when all its pods have started, since the last of them', () => {
    const late = podOf(1, { containerStatuses: [{ name: 'trainer', state: { running: { startedAt: ago(100) } } }] });
    expect(read(viewOf(jobOf(), [podOf(0), late]))).toEqual({ kind: 'running', startedAt: new Date(ago(100)).toISOString() });
    expect(read(viewOf(jobOf(), [podOf(0)]))).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('1 of its 2') });
  });

  it('pods of an earlier life of a Job that was admitted again do not count', () => {
    const resumed = jobOf({ startTime: ago(10) });
    expect(read(viewOf(resumed, [podOf(0), podOf(1)]))).toMatchObject({ kind: 'waiting' });
    const pods = [podOf(0, {}, { creationTimestamp: ago(9) }), podOf(1, {}, { creationTimestamp: ago(9), ...gone(-20) })];
    expect(read(viewOf(resumed, pods))).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('1 of its 2') });
  });

  it.each<[string, JobView, string]>([
    ['its queue', viewOf(jobOf({}, {}, { suspend: true })), 'not admitted'],
    ['its queue again', queued('Preempted to accommodate a workload'), 'in its queue again: Preempted'],
    ['room', viewOf(jobOf(), [podOf(0, unscheduled(59)), podOf(1)]), '0/100 nodes'],
    ['an image', viewOf(jobOf(), [podOf(0, unpulled('ErrImagePull')), podOf(1)]), 'ErrImagePull'],
    ['containers', viewOf(jobOf(), [podOf(0, { phase: 'Pending', containerStatuses: [] }), podOf(1)]), 'is starting'],
    ['pods', viewOf(jobOf()), 'being made'],
    [
      'a quota',
      viewOf(jobOf({ startTime: ago(30) }), [], { events: [eventOf('FailedCreate', 'exceeded quota: gpus', 9)] }),
      'exceeded quota',
    ],
  ])('a job waits for %s', (_what, view, words) => {
    expect(read(view)).toEqual({ kind: 'waiting', reason: expect.stringContaining(words) });
  });

  it('a job that keeps away from nodes gives way to one that takes any, when no other takes it', () => {
    const limits = (schedulingSeconds: number | null) => JSON.stringify({ schedulingSeconds, imageSeconds: 30, avoidsNodes: true });
    const seen = (schedulingSeconds: number | null, seconds: number) =>
      read(viewOf(jobOf({}, { annotations: { [annotations.limits]: limits(schedulingSeconds) } }), [podOf(0, unscheduled(seconds))]));
    expect([seen(null, 899).kind, seen(60, 59).kind]).toEqual(['waiting', 'waiting']);
    for (const reading of [seen(null, 901), seen(60, 61)])
      expect(reading).toMatchObject({
        kind: 'verdict',
        end: { failure: 'stopped', message: expect.stringContaining('keeps away') },
      });
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { launch, until, untilLogged } from '../job-launcher.contract.ts';
import { newKubernetesHarness, type KubernetesHarness } from './kubernetes-harness.ts';
import type { KubernetesJobLauncher } from './kubernetes-job-launcher.ts';
import { labels } from './names.ts';
import type { Job } from './objects.ts';

const forever = 'import time\nprint("up", flush=True)\ntime.sleep(600)';
const queue = { name: 'gpus', priorityClass: 'nightly' };

jest.setTimeout(90_000);

/** Kueue itself is not in the cluster: the tests do to plain Jobs what it does, as was observed on a real one. */
describe('a job whose queue is kept by Kueue', () => {
  let harness: KubernetesHarness;
  let launcher: KubernetesJobLauncher;
  beforeAll(async () => {
    harness = await newKubernetesHarness();
    launcher = harness.launcher(forever, { launcher: { queue } });
  });
  afterAll(() => harness.dispose());

  const jobOf = async (name: string): Promise<Job> => (await harness.calls.json<Job>({ verb: 'get', resource: 'jobs', name }))!;
  const suspend = (name: string, suspended: boolean): Promise<unknown> =>
    harness.calls.json({ verb: 'patch', resource: 'jobs', name, body: { spec: { suspend: suspended } } });
  const say = async (name: string, reason: string, message: string): Promise<void> => {
    const { uid } = (await jobOf(name)).metadata;
    const involvedObject = { apiVersion: 'batch/v1', kind: 'Job', name, uid, namespace: harness.namespace };
    const now = new Date().toISOString();
    const body = {
      metadata: { generateName: `${name}-` },
      involvedObject,
      reason,
      message,
      lastTimestamp: now,
      firstTimestamp: now,
      type: 'Normal',
    };
    await harness.calls.json({ verb: 'create', resource: 'events', body });
  };
  const untilWaiting = async (name: string, words: string): Promise<void> => {
    for (const deadline = Date.now() + 30_000; ;) {
      const { reason } = await until(launcher, name, 'waiting');
      if (reason.includes(words)) return;
      if (Date.now() > deadline) throw new Error(`Cannot go on as ${name} must wait with "${words}": it waits with "${reason}"`);
    }
  };

  /** Kueue admits a Job again when its pods are gone. */
  const untilPodless = async (name: string): Promise<void> => {
    const query = { labelSelector: `${labels.jobName}=${name}` };
    for (const deadline = Date.now() + 30_000; ;) {
      if ((await harness.calls.json<{ items: unknown[] }>({ verb: 'list', resource: 'pods', query }))!.items.length === 0) return;
      if (Date.now() > deadline) throw new Error(`Cannot go on as the pods of ${name} must be gone: they live on`);
    }
  };

  it('waits until it is admitted, goes back to its queue when it is evicted, and starts anew', async () => {
    await launch(launcher, 'requeued');
    await untilWaiting('requeued', 'its queue has not admitted it yet');
    expect((await jobOf('requeued')).metadata.labels).toMatchObject({ 'kueue.x-k8s.io/queue-name': 'gpus' });

    await say('requeued', 'Started', 'Admitted by clusterQueue gpus');
    await suspend('requeued', false);
    await untilLogged(launcher, 'requeued', 'up');
    const first = await until(launcher, 'requeued', 'running');

    await say('requeued', 'Stopped', 'Preempted to accommodate a workload of higher priority');
    await suspend('requeued', true);
    await untilWaiting('requeued', 'it is in its queue again: Preempted');
    await untilPodless('requeued');

    await say('requeued', 'Started', 'Admitted by clusterQueue gpus');
    await suspend('requeued', false);
    const second = await until(launcher, 'requeued', 'running');
    expect(second.startedAt > first.startedAt).toBe(true);
  });

  it('ends as deactivated when a person switches its Workload off', async () => {
    await launch(launcher, 'deactivated');
    await suspend('deactivated', false);
    await until(launcher, 'deactivated', 'running');
    await say('deactivated', 'Stopped', 'The workload is deactivated');
    await suspend('deactivated', true);
    expect((await until(launcher, 'deactivated', 'ended')).end).toMatchObject({ failure: 'deactivated' });
  });

  it('can be stopped while it is queued, without ever being resumed', async () => {
    await launch(launcher, 'stopped-in-queue');
    await until(launcher, 'stopped-in-queue', 'waiting');
    await launcher.stop('stopped-in-queue', 'stopped');
    expect((await jobOf('stopped-in-queue')).spec.suspend).toBe(true);
    expect(await launcher.status('stopped-in-queue')).toMatchObject({ kind: 'ended', end: { failure: 'stopped' } });
  });
});

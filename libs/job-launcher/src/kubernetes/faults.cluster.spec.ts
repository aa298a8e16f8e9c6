import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, Exec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JobProfile } from '@titrate/contracts';
import { documentOf, harnessProfile, launch, until, untilLogged } from '../job-launcher.contract.ts';
import type { JobEnd } from '../job-launcher.ts';
import { connect } from './connect.ts';
import { newKubernetesHarness, testKubeconfig, type KubernetesHarness } from './kubernetes-harness.ts';
import { annotations, containerName, labels } from './names.ts';
import type { Job, Pod } from './objects.ts';
import { openDoor } from './testing/door.ts';

const forever = 'import time\nprint("up", flush=True)\ntime.sleep(600)';

jest.setTimeout(90_000);

describe('what happens to jobs in a cluster', () => {
  let harness: KubernetesHarness;
  beforeAll(async () => {
    harness = await newKubernetesHarness();
  });
  afterAll(() => harness.dispose());

  const podsOf = async (name: string): Promise<readonly Pod[]> => {
    const list = await harness.calls.json<{ items: Pod[] }>({
      verb: 'list',
      resource: 'pods',
      query: { labelSelector: `${labels.jobName}=${name}` },
    });
    return list!.items;
  };
  const living = async (name: string): Promise<string[]> =>
    (await podsOf(name))
      .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
      .map(({ metadata }) => metadata.name);
  const jobOf = (name: string): Promise<Job | null> => harness.calls.json<Job>({ verb: 'get', resource: 'jobs', name });
  const endOf = async (name: string, script: string, profile: Partial<JobProfile> = {}): Promise<Extract<JobEnd, { kind: 'failed' }>> => {
    const launcher = harness.launcher(script);
    await launch(launcher, name, profile);
    return failed(await until(launcher, name, 'ended', 60_000));
  };

  describe('pods', () => {
    it('a pod that somebody deletes', async () => {
      const launcher = harness.launcher(forever);
      await launch(launcher, 'pod-deleted');
      await untilLogged(launcher, 'pod-deleted', 'up');
      const [pod] = await podsOf('pod-deleted');
      await harness.calls.json({ verb: 'delete', resource: 'pods', name: pod!.metadata.name });
      const end = failed(await until(launcher, 'pod-deleted', 'ended'));
      expect(end).toMatchObject({ failure: 'deleted', message: expect.stringContaining('somebody deleted') });
    });

    it('a pod that is drained from its node', async () => {
      const launcher = harness.launcher(forever);
      await launch(launcher, 'drained');
      await untilLogged(launcher, 'drained', 'up');
      const [pod] = await podsOf('drained');
      const { name } = pod!.metadata;
      const core = connect(testKubeconfig, null).makeApiClient(CoreV1Api);
      await core.createNamespacedPodEviction({ name, namespace: harness.namespace, body: { metadata: { name } } });
      const end = failed(await until(launcher, 'drained', 'ended'));
      expect(end).toMatchObject({ failure: 'evicted', node: pod!.spec.nodeName });
    });

    it('a process that somebody kills in the container', async () => {
      const launcher = harness.launcher(forever);
      await launch(launcher, 'killed');
      await untilLogged(launcher, 'killed', 'up');
      const [pod] = await podsOf('killed');
      const kill = 'import os\nfor p in os.listdir("/proc"):\n  if p.isdigit() and p not in ("1", str(os.getpid())): os.kill(int(p), 9)';
      const exec = new Exec(connect(testKubeconfig, null));
      await exec.exec(harness.namespace, pod!.metadata.name, containerName, ['python', '-c', kill], new PassThrough(), null, null, false);
      const end = failed(await until(launcher, 'killed', 'ended'));
      expect(end).toMatchObject({ failure: 'killed', exitCode: 137, message: expect.stringMatching(/SIGKILL.*\nup/s) });
    });

    it('an end that comes while the API server is away is told when it is back', async () => {
      await using door = await openDoor(connect(testKubeconfig, null));
      const kubeconfig = door.kubeconfig;
      const launcher = harness.launcher('import time\nprint("up", flush=True)\ntime.sleep(3)', {
        settings: { kubeconfig, patienceMs: 300 },
      });
      await launch(launcher, 'unobserved');
      await until(launcher, 'unobserved', 'running');
      door.shut();
      await expect(launcher.launch({ name: 'other', document: documentOf('other'), profile: harnessProfile })).rejects.toThrow(
        'must answer',
      );
      await sleep(5_000);
      await expect(launcher.status('unobserved')).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
      await door.open();
      expect((await until(launcher, 'unobserved', 'ended')).end.kind).toBe('succeeded');
    });

    it('a job that uses more memory than its profile allows is out of memory, on the node that killed it', async () => {
      const end = await endOf('eats-memory', 'print("eating", flush=True)\nx = bytearray(400 * 2**20)\nprint(len(x))', { memory: '64Mi' });
      expect(end).toMatchObject({ failure: 'out-of-memory', exitCode: 137, node: (await podsOf('eats-memory'))[0]!.spec.nodeName });
      expect(end.message).toMatch(/memory.*Last lines of its log:\neating/s);
    });

    it('an image that does not exist is waited for, then the job fails with the words of the cluster', async () => {
      const launcher = harness.launcher(forever, { launcher: { image: 'localhost/nothing:1' } });
      await launch(launcher, 'no-image', { imageSeconds: 4 });
      expect((await until(launcher, 'no-image', 'waiting')).reason).not.toBe('');
      const end = failed(await until(launcher, 'no-image', 'ended'));
      expect(end).toMatchObject({ failure: 'image-unavailable', message: expect.stringContaining('localhost/nothing:1') });
      expect(await living('no-image')).toEqual([]);
    });

    it("a request that fits nowhere fails with the scheduler's own words", async () => {
      const end = await endOf('fits-nowhere', forever, { gpusPerNode: 8, schedulingSeconds: 3 });
      expect(end).toMatchObject({ failure: 'unschedulable', message: expect.stringMatching(/Insufficient nvidia\.com\/gpu/) });
    });

    it('a job that may wait for ever tells why it waits', async () => {
      const launcher = harness.launcher(forever);
      await launch(launcher, 'waits', { gpusPerNode: 8 });
      await sleep(2_000);
      expect(await launcher.status('waits')).toEqual({ kind: 'waiting', reason: expect.stringContaining('Insufficient nvidia.com/gpu') });
    });

    it('a job that outlives its deadline', async () => {
      expect(await endOf('late', forever, { deadlineSeconds: 5 })).toMatchObject({ failure: 'deadline' });
    });
  });

  describe('Jobs', () => {
    it.each(['Background', 'Foreground'] as const)(
      'a Job that somebody deletes (%s) ends as deleted, once its pods are gone',
      async (propagationPolicy) => {
        const name = `deleted-${propagationPolicy.toLowerCase()}`;
        const launcher = harness.launcher(forever);
        await launch(launcher, name);
        await untilLogged(launcher, name, 'up');
        await harness.calls.json({ verb: 'delete', resource: 'jobs', name, body: { propagationPolicy } });
        expect(failed(await until(launcher, name, 'ended'))).toMatchObject({ failure: 'deleted' });
        expect(await living(name)).toEqual([]);
        await launcher.forget(name);
        expect(await jobOf(name)).toBeNull();
      },
    );

    it('another document under the same name is refused', async () => {
      const launcher = harness.launcher('pass');
      await launch(launcher, 'taken');
      const other = { ...documentOf('taken'), bucket: 'other' };
      await expect(launcher.launch({ name: 'taken', document: other, profile: harnessProfile })).rejects.toThrow(
        'must have the same titrate.dev/document',
      );
    });

    it('a launch of an ended job creates nothing', async () => {
      const launcher = harness.launcher('print("once")');
      await launch(launcher, 'once');
      const { end } = await until(launcher, 'once', 'ended');
      const [before, job] = [await podsOf('once'), await jobOf('once')];
      await launch(launcher, 'once');
      await sleep(1_500);
      expect((await podsOf('once')).map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
      expect((await jobOf('once'))!.metadata.resourceVersion).toBe(job!.metadata.resourceVersion);
      expect(await launcher.status('once')).toEqual({ kind: 'ended', end });
    });

    it('forgetting leaves nothing behind', async () => {
      const launcher = harness.launcher('pass');
      await launch(launcher, 'leaves-nothing', { nodes: 1 });
      await until(launcher, 'leaves-nothing', 'ended');
      await launcher.forget('leaves-nothing');
      await gone(async () => (await podsOf('leaves-nothing')).length === 0);
      await gone(async () => (await harness.calls.json({ verb: 'get', resource: 'secrets', name: 'leaves-nothing' })) === null);
      expect(await jobOf('leaves-nothing')).toBeNull();
    });

    it('the verdict that stands on the Job stands, whatever is seen later', async () => {
      const launcher = harness.launcher('pass');
      await launch(launcher, 'verdict');
      const recorded: JobEnd = {
        kind: 'failed',
        failure: 'hung',
        exitCode: null,
        message: 'x',
        node: null,
        endedAt: '2026-01-01T00:00:00.000Z',
      };
      const body = { metadata: { annotations: { [annotations.end]: JSON.stringify(recorded) } } };
      await harness.calls.json({ verb: 'patch', resource: 'jobs', name: 'verdict', body });
      expect((await until(launcher, 'verdict', 'ended')).end).toEqual(recorded);
    });
  });
});

function failed({ end }: { end: JobEnd }): Extract<JobEnd, { kind: 'failed' }> {
  if (end.kind === 'failed') return end;
  throw new Error(`Cannot test as the job must fail: it ${end.kind}`);
}

async function gone(isGone: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await isGone()); await sleep(200))
    if (Date.now() > deadline) throw new Error('Cannot go on as what the Job owned must be gone: it is still there');
}

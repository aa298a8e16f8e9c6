import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defaultFailureRules, type Attempt, type Run, type RunLogEntry, type SweepSpecInput } from '@titrate/contracts';
import { smallSpec } from '../e2e/laboratory.ts';
import { openClusterLaboratory, type ClusterLaboratory } from './cluster-laboratory.ts';
import { describeOnRealNode, kubectl, outage, signalContainer } from './rig/cluster-under-test.ts';

const MINUTES = 60_000;

/** A training of half a minute or so with a checkpoint to resume from every 100 steps; each seed is a run of its own. */
const longSpec = (name: string, seed: number, overrides: Partial<SweepSpecInput> = {}): SweepSpecInput =>
  smallSpec({
    name,
    cellSeeds: [seed],
    doses: [6],
    steps: 2000,
    checkpoints: { evaluate: { shares: [0.5, 1] }, resume: { everySteps: 100 } },
    ...overrides,
  });

/** What a job that turned against others would try, with what its pod gives it. Arguments: bucket, its run, another run. */
const trespass = `
import json, os, sys
from pathlib import Path
from botocore.exceptions import ClientError
from trainer.store import Store
bucket, own, other = sys.argv[1:]
store = Store.connect(bucket, Path('cache'), Path(os.environ['TITRATE_CREDENTIALS_FILE'])).client
first = 'log/00000000.json'
tries = {
    'read own log': lambda: store.get_object(Bucket=bucket, Key=f'runs/{own}/{first}'),
    'read other log': lambda: store.get_object(Bucket=bucket, Key=f'runs/{other}/{first}'),
    'overwrite other identity': lambda: store.put_object(Bucket=bucket, Key=f'runs/{other}/run.json', Body=b'x'),
    'append to other log': lambda: store.put_object(Bucket=bucket, Key=f'runs/{other}/log/00009999.json', Body=b'x'),
    'list other run': lambda: store.list_objects_v2(Bucket=bucket, Prefix=f'runs/{other}/'),
    'delete own log': lambda: store.delete_object(Bucket=bucket, Key=f'runs/{own}/{first}'),
    'delete other log': lambda: store.delete_object(Bucket=bucket, Key=f'runs/{other}/{first}'),
}
def outcome(attempt):
    try:
        attempt()
        return 'allowed'
    except ClientError as error:
        return error.response['Error']['Code']
print(json.dumps({name: outcome(attempt) for name, attempt in tries.items()}))`;

const countOf = (log: RunLogEntry[], kind: RunLogEntry['kind']): number => log.filter((entry) => entry.kind === kind).length;

describeOnRealNode('whatever dies in the cluster', () => {
  let lab: ClusterLaboratory;
  beforeAll(async () => {
    // The only real node must not be left out after a failure on it.
    lab = await openClusterLaboratory({ cpu: '1200m' }, { failureRules: { hung: { ...defaultFailureRules.hung, retry: 'again' } } });
    await lab.addCorpus();
  }, 5 * MINUTES);
  afterAll(() => lab.close(), MINUTES);

  const attemptsOf = async (run: string): Promise<Attempt[]> =>
    (await lab.client.listRunAttempts({ id: run, limit: 100 })).items as Attempt[];

  /** Submits, and waits until the first attempt has committed a checkpoint; returns the run and the pod that trains it. */
  async function untilUnderWay(spec: SweepSpecInput): Promise<{ sweep: string; run: string; pod: string }> {
    const { sweep } = await lab.client.submitSweep(spec);
    const run = ((await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items[0] as Run).id;
    await lab.eventually('a checkpoint is committed', async () => countOf(await lab.log(run), 'checkpoint') > 0, 3 * MINUTES);
    const [attempt] = await attemptsOf(run);
    const [pod = ''] = await lab.podsOf(attempt!.job);
    return { sweep: sweep.id, run, pod };
  }

  /** What must hold after any fault: one end, each step committed once, each evaluation made once. */
  async function expectWholeRun(sweep: string, run: string): Promise<Attempt[]> {
    const done = await lab.until(sweep, ['finished', 'failed'], 6 * MINUTES);
    expect(done).toMatchObject({ state: 'finished', evaluations: { succeeded: 2 } });
    const log = await lab.log(run);
    expect(countOf(log, 'finished')).toBe(1);
    const steps = log.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.checkpoint.step] : []));
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
    const succeeded = (await lab.client.listLedger({ after: 0, limit: 1000 })).items.filter(
      ({ event }) => event.kind === 'evaluation.succeeded' && event.run === run,
    );
    expect(succeeded).toHaveLength(2);
    return await attemptsOf(run);
  }

  it(
    'a pod that is deleted is replaced by the next attempt, which goes on from its checkpoint',
    async () => {
      const { sweep, run, pod } = await untilUnderWay(longSpec('pod-deleted', 1));
      await kubectl(['delete', 'pod', pod, '--namespace', lab.namespace, '--wait=false']);
      const attempts = await expectWholeRun(sweep, run);
      expect(attempts).toHaveLength(2);
      expect(attempts[0]).toMatchObject({ state: 'failed', lostSeconds: expect.any(Number) });
      expect(attempts[1]!.resumedStep).toBeGreaterThan(0);
    },
    10 * MINUTES,
  );

  it(
    'a container that is killed is classified, with the node where it ran',
    async () => {
      const { sweep, run, pod } = await untilUnderWay(longSpec('container-killed', 2));
      await signalContainer(lab.namespace, pod, 'SIGKILL');
      const attempts = await expectWholeRun(sweep, run);
      expect(attempts[0]).toMatchObject({ failure: 'killed', exitCode: 137, node: 'real-0' });
    },
    10 * MINUTES,
  );

  it(
    'a training that is held by SIGSTOP hangs, ends, and the next attempt goes on',
    async () => {
      const { sweep, run, pod } = await untilUnderWay(longSpec('pod-paused', 3, { hangSeconds: 30 }));
      await signalContainer(lab.namespace, pod, 'SIGSTOP');
      const attempts = await expectWholeRun(sweep, run);
      expect(attempts[0]).toMatchObject({ failure: 'hung' });
    },
    10 * MINUTES,
  );

  it(
    'an API server that is away for half a minute costs no attempt',
    async () => {
      const { sweep, run } = await untilUnderWay(longSpec('api-server-away', 4));
      await outage('kube-apiserver', 30);
      expect(await expectWholeRun(sweep, run)).toHaveLength(1);
    },
    10 * MINUTES,
  );

  it(
    'a worker that is killed finds its Jobs again',
    async () => {
      const { sweep, run } = await untilUnderWay(longSpec('worker-killed', 5));
      await lab.kill('worker');
      expect(await expectWholeRun(sweep, run)).toHaveLength(1);
    },
    10 * MINUTES,
  );

  it(
    'a cancelled sweep leaves no Job, Service, Secret or pod',
    async () => {
      const { sweep } = await untilUnderWay(longSpec('cancelled', 6));
      await lab.client.cancelSweep({ id: sweep });
      await lab.eventually('nothing is left', async () => (await lab.left('jobs', 'services', 'secrets', 'pods')) === 0);
    },
    6 * MINUTES,
  );

  it(
    'a job reads, overwrites and lists nothing of another run, and deletes nothing at all',
    async () => {
      const [other] = (await lab.client.listSweeps({ limit: 100 })).items.filter(({ name }) => name === 'pod-deleted');
      const victim = ((await lab.client.listSweepRuns({ id: other!.id, limit: 10 })).items[0] as Run).id;
      const { sweep, run, pod } = await untilUnderWay(longSpec('curious', 7));
      const said = await kubectl(['exec', pod, '--namespace', lab.namespace, '--', 'python', '-c', trespass, lab.namespace, run, victim]);
      expect(JSON.parse(said)).toEqual({
        'read own log': 'allowed',
        'read other log': 'AccessDenied',
        'overwrite other identity': 'AccessDenied',
        'append to other log': 'AccessDenied',
        'list other run': 'AccessDenied',
        'delete own log': 'AccessDenied',
        'delete other log': 'AccessDenied',
      });
      await expectWholeRun(sweep, run);
    },
    10 * MINUTES,
  );

  it('keys of the store stand in no log of the control plane', () => {
    const secret = lab.stack.environment['AWS_SECRET_ACCESS_KEY'] ?? '';
    for (const app of ['worker', 'api'])
      expect(readFileSync(join(lab.stack.logsDirectory, `${app}.log`), 'utf8').includes(secret)).toBe(false);
  });
});

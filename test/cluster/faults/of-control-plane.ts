import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Run } from '@titrate/contracts';
import { kubectl, outage, signalContainer } from '../rig/cluster-under-test.ts';
import { longSpec, MINUTES, type FaultLaboratory, type UnderWay } from './laboratory.ts';

const TIMEOUT = 20 * MINUTES;

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

/**
 * What may happen to the control plane, with one run that meets all of it, one after the other: the others would meet it too.
 * These come after the tests that run side by side.
 */
export function faultsOfControlPlane(lab: () => FaultLaboratory): void {
  let met: UnderWay;

  it(
    'a job reads, overwrites and lists nothing of another run, and deletes nothing at all',
    async () => {
      const [other] = (await lab().client.listSweeps({ limit: 100 })).items.filter(({ name }) => name === 'pod-deleted');
      const victim = ((await lab().client.listSweepRuns({ id: other!.id, limit: 10 })).items[0] as Run).id;
      met = await lab().untilUnderWay(longSpec('control-plane', 13, { steps: 4000 }));
      const { namespace } = lab();
      const program = ['python', '-c', trespass, namespace, met.run, victim];
      expect(JSON.parse(await kubectl(['exec', met.pod, '--namespace', namespace, '--', ...program]))).toEqual({
        'read own log': 'allowed',
        'read other log': 'AccessDenied',
        'overwrite other identity': 'AccessDenied',
        'append to other log': 'AccessDenied',
        'list other run': 'AccessDenied',
        'delete own log': 'AccessDenied',
        'delete other log': 'AccessDenied',
      });
    },
    TIMEOUT,
  );

  it(
    'a worker that is killed finds its Jobs again',
    async () => {
      const stepOf = async (): Promise<number> => (await lab().attemptsOf(met.run))[0]?.progress?.step ?? 0;
      const { namespace } = lab();
      await signalContainer(namespace, met.pod, 'SIGSTOP');
      const before = await stepOf();
      await lab().kill('worker');
      // Temporal waits for a minute of silence before another worker may take over: the training goes on by small pieces, so
      // that it is not over by then, however fast the machine.
      const trainsOn = async (): Promise<boolean> => {
        await signalContainer(namespace, met.pod, 'SIGCONT');
        await sleep(500);
        await signalContainer(namespace, met.pod, 'SIGSTOP');
        await sleep(1500);
        return (await stepOf()) > before;
      };
      await lab().eventually('it tells of progress again', trainsOn, 3 * MINUTES);
      expect(await lab().attemptsOf(met.run)).toMatchObject([{ number: 1, state: 'running' }]);
      await signalContainer(namespace, met.pod, 'SIGCONT');
    },
    TIMEOUT,
  );

  it(
    'an API server that is away for half a minute costs no attempt',
    async () => {
      await outage('kube-apiserver', 30);
      expect(await lab().expectWholeRun(met.sweep, met.run)).toMatchObject([{ number: 1, state: 'succeeded' }]);
    },
    TIMEOUT,
  );

  it('nothing is left in the cluster of runs that have ended', async () => {
    let left = 'unknown';
    const isEmpty = async (): Promise<boolean> => (left = await lab().names('jobs', 'services', 'secrets', 'pods')) === '';
    await lab()
      .eventually('nothing is left', isEmpty, MINUTES)
      .catch((error: unknown) => {
        throw new Error(`Cannot find the namespace empty: ${left}`, { cause: error });
      });
  });

  it('keys of the store stand in no log of the control plane', () => {
    const secret = lab().stack.environment['AWS_SECRET_ACCESS_KEY'] ?? '';
    expect(secret).not.toBe('');
    for (const app of ['worker', 'api'])
      expect(readFileSync(join(lab().stack.logsDirectory, `${app}.log`), 'utf8').includes(secret)).toBe(false);
  });
}

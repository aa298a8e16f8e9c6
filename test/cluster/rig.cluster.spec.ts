import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAKE_NODE_LABEL, FAKE_NODE_TAINT, HOLD } from './rig/kwok.ts';
import { apply, describeOnRealNode, describeOnRig, freeze, kubectl, outage, signalContainer } from './rig/cluster-under-test.ts';
import { waitFor } from './rig/commands.ts';

const namespace = `rig-${randomBytes(4).toString('hex')}`;
const inNamespace = async (...words: string[]): Promise<string> => await kubectl([...words, '--namespace', namespace]);

beforeAll(async () => await apply('default', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
afterAll(async () => void (await kubectl(['delete', 'namespace', namespace, '--wait=false'])));

/** An Indexed Job of two pods. */
function job(name: string, pod: object, annotations: Record<string, string> = {}): object {
  const template = { metadata: { annotations }, spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, ...pod } };
  const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimit: 0, template };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec };
}

const onFakeNodes = {
  nodeSelector: FAKE_NODE_LABEL,
  tolerations: [{ key: FAKE_NODE_TAINT.key, operator: 'Exists' }],
  containers: [{ name: 'trainer', image: 'none', resources: { limits: { 'nvidia.com/gpu': '8' } } }],
};

const python = (script: string): object => ({
  containers: [{ name: 'trainer', image: process.env['TITRATE_TEST_IMAGE'], command: ['python', '-u', '-c', script] }],
});

async function untilPhase(name: string, phase: string): Promise<void> {
  const phases = async (): Promise<string> =>
    await inNamespace('get', 'pods', '--selector', `job-name=${name}`, '--output', 'jsonpath={.items[*].status.phase}');
  await waitFor(`two pods of ${name} that are ${phase}`, async () => (await phases()) === `${phase} ${phase}`);
}

describeOnRig('fake nodes', () => {
  it('complete the pods of a Job, eight GPUs to a node', async () => {
    await apply(namespace, job('fake', onFakeNodes));
    await inNamespace('wait', '--for=condition=Complete', 'job/fake', '--timeout=60s');
    const nodes = await inNamespace('get', 'pods', '--selector', 'job-name=fake', '--output', 'jsonpath={.items[*].spec.nodeName}');
    expect(new Set(nodes.split(' ')).size).toBe(2);
    expect(nodes).toMatch(/^gpu-\d+ gpu-\d+$/);
  });

  it('hold pods that ask for it until a test ends them', async () => {
    await apply(namespace, job('held', onFakeNodes, { [HOLD]: 'true' }));
    await untilPhase('held', 'Running');
    await expect(inNamespace('wait', '--for=condition=Complete', 'job/held', '--timeout=3s')).rejects.toThrow('timed out');
    const pods = (await inNamespace('get', 'pods', '--selector', 'job-name=held', '--output', 'name')).trim().split('\n');
    for (const pod of pods) await inNamespace('patch', pod, '--subresource=status', '--patch', '{"status":{"phase":"Succeeded"}}');
    await inNamespace('wait', '--for=condition=Complete', 'job/held', '--timeout=60s');
  });
});

describeOnRealNode('the real node', () => {
  it('runs pods that find each other by the names of a headless Service', async () => {
    const script = `
import os, socket, time
for _ in range(100):
    try:
        print('found', *sorted({socket.gethostbyname(f'names-{index}.names') for index in (0, 1)})); break
    except OSError: time.sleep(0.2)
else: raise SystemExit('no names')
print('as', os.getuid())`;
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'names' },
      spec: { clusterIP: 'None', selector: { 'job-name': 'names' } },
    };
    await apply(namespace, service, job('names', { ...python(script), subdomain: 'names' }));
    await inNamespace('wait', '--for=condition=Complete', 'job/names', '--timeout=60s');
    expect(await inNamespace('logs', '--selector', 'job-name=names')).toMatch(/^(found 10\.245\.\S+ 10\.245\.\S+\nas 65532\n){2}$/);
  });

  it('lets pods and this process reach the same store', async () => {
    const endpoint = process.env['TITRATE_TEST_POD_S3_ENDPOINT'];
    const script = `
import urllib.request, urllib.error
try: urllib.request.urlopen('${endpoint}')
except urllib.error.HTTPError as error: print(error.code)`;
    await apply(namespace, job('store', python(script)));
    await inNamespace('wait', '--for=condition=Complete', 'job/store', '--timeout=60s');
    expect(await inNamespace('logs', '--selector', 'job-name=store')).toBe('403\n403\n');
    expect((await fetch(process.env['AWS_ENDPOINT_URL'] ?? '')).status).toBe(403);
  });

  it('pauses and kills the container of a pod', async () => {
    const script = 'import time\nfor count in range(10_000):\n  print(count)\n  time.sleep(0.05)';
    await apply(namespace, job('disturbed', python(script)));
    await untilPhase('disturbed', 'Running');
    const [pod = ''] = (
      await inNamespace('get', 'pods', '--selector', 'job-name=disturbed', '--output', 'jsonpath={.items[*].metadata.name}')
    ).split(' ');
    const lines = async (): Promise<number> => (await inNamespace('logs', pod)).split('\n').length;
    await waitFor('some lines', async () => (await lines()) > 5);
    await signalContainer(namespace, pod, 'SIGSTOP');
    const paused = await lines();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await lines()).toBe(paused);
    await signalContainer(namespace, pod, 'SIGCONT');
    await waitFor('more lines', async () => (await lines()) > paused);
    await signalContainer(namespace, pod, 'SIGKILL');
    await inNamespace('wait', `pod/${pod}`, '--for=jsonpath={.status.containerStatuses[0].state.terminated.exitCode}=137', '--timeout=30s');
  });
});

describeOnRig('faults', () => {
  it('the API server is away for as long as ordered, and knows everything when it is back', async () => {
    await apply(namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } });
    const away = outage('kube-apiserver', 3);
    await waitFor(
      'an API server that is away',
      async () =>
        await inNamespace('get', 'configmap', 'kept').then(
          () => false,
          () => true,
        ),
    );
    await away;
    expect(await inNamespace('get', 'configmap', 'kept', '--output', 'name')).toBe('configmap/kept\n');
  });

  it('a frozen API server does not answer until it goes on', async () => {
    const frozen = freeze('kube-apiserver', 3);
    await expect(inNamespace('get', 'configmap', 'kept', '--request-timeout=1s')).rejects.toThrow();
    await frozen;
    expect(await inNamespace('get', 'configmap', 'kept', '--output', 'name')).toBe('configmap/kept\n');
  });

  it('a program that the rig does not have cannot be disturbed', async () => {
    await expect(outage('kube-nothing', 1)).rejects.toThrow('must be one of etcd, kube-apiserver');
  });
});

describe('a cluster', () => {
  it('is of the version that its programs were made from, or newer', async () => {
    const { serverVersion } = JSON.parse(await kubectl(['version', '--output=json'])) as {
      serverVersion: { major: string; minor: string };
    };
    expect(Number(serverVersion.major)).toBe(1);
    expect(Number.parseInt(serverVersion.minor, 10)).toBeGreaterThanOrEqual(31);
  });
});

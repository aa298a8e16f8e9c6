import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { launch, until } from '../job-launcher.contract.ts';
import { readCluster } from './capacity.ts';
import { connect } from './connect.ts';
import { newKubernetesHarness, noAccess, testKubeconfig, type KubernetesHarness } from './kubernetes-harness.ts';
import { annotations } from './names.ts';
import type { Job } from './objects.ts';
import type { StoreAccess, StoreGrant } from './store-access.ts';

jest.setTimeout(90_000);

/** All that a launcher may need, and the chart grants: Secrets are written and never read. */
const rights: V1PolicyRule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'list', 'watch', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
  { apiGroups: [''], resources: ['services'], verbs: ['create', 'get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'patch'] },
];

describe('a launcher and what it may do', () => {
  let harness: KubernetesHarness;
  let folder: string;
  beforeAll(async () => {
    harness = await newKubernetesHarness();
    folder = await mkdtemp(join(tmpdir(), 'titrate-kubeconfig-'));
  });
  afterAll(async () => {
    await harness.dispose();
    await rm(folder, { recursive: true });
  });

  const kubeconfigOf = async (name: string, rules: V1PolicyRule[]): Promise<string> => {
    const { namespace } = harness;
    const config = connect(testKubeconfig, null);
    const core = config.makeApiClient(CoreV1Api);
    const access = config.makeApiClient(RbacAuthorizationV1Api);
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    await access.createNamespacedRole({ namespace, body: { metadata: { name }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
    await access.createNamespacedRoleBinding({
      namespace,
      body: { metadata: { name }, roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace }] },
    });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: 3600 } };
    const { status } = await core.createNamespacedServiceAccountToken({ name, namespace, body: request });
    const { server, caData, caFile } = config.getCurrentCluster()!;
    const own = new KubeConfig();
    own.loadFromClusterAndUser({ name: 'test', server, caData, caFile, skipTLSVerify: false }, { name, token: status!.token });
    const path = join(folder, name);
    await writeFile(path, own.exportConfig());
    return path;
  };

  it('does all its work with the rights of the chart', async () => {
    const kubeconfig = await kubeconfigOf('worker', rights);
    const launcher = harness.launcher('import time\nprint("up", flush=True)\ntime.sleep(600)', { settings: { kubeconfig } });
    await launch(launcher, 'by-rights');
    await until(launcher, 'by-rights', 'running');
    await launch(launcher, 'by-rights');
    await launcher.stop('by-rights', 'stopped');
    expect(await launcher.list()).toContainEqual(expect.objectContaining({ name: 'by-rights', ended: true }));
    await launcher.forget('by-rights');
    expect(await launcher.status('by-rights')).toEqual({ kind: 'unknown' });
    expect(await readCluster({ kubeconfig, context: null })).toBeNull();
  });

  it('a right that is missing is named by its verb and resource', async () => {
    const reading = rights.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'create') }));
    const launcher = harness.launcher('pass', { settings: { kubeconfig: await kubeconfigOf('reader', reading) } });
    await expect(launch(launcher, 'no-right')).rejects.toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: expect.stringMatching(/^Cannot create jobs in namespace .*cannot create resource "jobs" in API group "batch"/),
    });
  });

  it('a namespace that is missing is named', async () => {
    const launcher = harness.launcher('pass', { launcher: { namespace: 'no-such-namespace' } });
    await expect(launch(launcher, 'nowhere')).rejects.toThrow(
      'Cannot create jobs in namespace no-such-namespace as the namespace must exist',
    );
  });

  it('an API server that does not answer is named, after a while', async () => {
    const kubeconfig = join(folder, 'unreachable');
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'test', server: 'https://127.0.0.1:1', skipTLSVerify: true }, { name: 'nobody', token: 'x' });
    await writeFile(kubeconfig, config.exportConfig());
    const launcher = harness.launcher('pass', { settings: { kubeconfig, patienceMs: 500 } });
    await expect(launcher.status('anything')).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('the API server at https://127.0.0.1:1 must answer'),
    });
  });

  it('a Service that somebody deletes is made again while the job lives', async () => {
    const launcher = harness.launcher('pass');
    await launch(launcher, 'meets', { nodes: 2, gpusPerNode: 64 });
    const service = (): Promise<Job | null> => harness.calls.json<Job>({ verb: 'get', resource: 'services', name: 'meets' });
    const first = await service();
    await harness.calls.json({ verb: 'delete', resource: 'services', name: 'meets' });
    for (const deadline = Date.now() + 20_000; (await service()) === null;)
      if ((await launcher.status('meets')).kind === 'ended' || Date.now() > deadline)
        throw new Error('Cannot go on as the Service must be made again');
    expect((await service())!.metadata.uid).not.toBe(first!.metadata.uid);
  });

  it('access to the store is renewed in the Secret when its time has come, and taken back when the job is forgotten', async () => {
    const revoked: string[] = [];
    const granted = (secret: string, renewAt: string | null): StoreGrant => ({
      ...{ environment: {}, projectedToken: null, scope: { name: 'renewed', bucket: 'b', read: [], create: [] } },
      secretData: { 'credentials.json': secret },
      renewAt,
    });
    const access: StoreAccess = {
      ...noAccess,
      grant: async () => granted('first', new Date().toISOString()),
      renew: async ({ name }) => granted(`second of ${name}`, '2100-01-01T00:00:00.000Z'),
      revoke: async (name) => void revoked.push(name),
    };
    const script = 'import time\nfor _ in range(600): print(open("/titrate/job/credentials.json").read(), flush=True); time.sleep(1)';
    const launcher = harness.launcher(script, { settings: { access } });
    await launch(launcher, 'renewed');
    await until(launcher, 'renewed', 'running');
    for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
      await launcher.status('renewed');
      const job = await harness.calls.json<Job>({ verb: 'get', resource: 'jobs', name: 'renewed' });
      if (job!.metadata.annotations![annotations.renewAt] === '2100-01-01T00:00:00.000Z') break;
    }
    const secret = await harness.calls.json<{ data: Record<string, string> }>({ verb: 'get', resource: 'secrets', name: 'renewed' });
    expect(Buffer.from(secret!.data['credentials.json']!, 'base64').toString()).toBe('second of renewed');
    await launcher.stop('renewed', 'stopped');
    await launcher.forget('renewed');
    expect(revoked).toEqual(['renewed']);
  });
});

describe('a cluster that cannot be chosen', () => {
  it.each([
    ['/no/such/kubeconfig', null, 'must be a kubeconfig that can be read'],
    [testKubeconfig, 'no-such-context', 'the context must be one of'],
  ])('kubeconfig %s, context %s', (kubeconfig, context, words) => {
    expect(() => connect(kubeconfig, context)).toThrow(words);
  });

  it('the capacity of the cluster is that of its nodes', async () => {
    const { nodes } = (await readCluster({ kubeconfig: testKubeconfig, context: null }))!;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { cpu, memoryBytes, labels } of nodes)
      expect([cpu > 0.1, memoryBytes > 2 ** 26, labels['kubernetes.io/hostname'] !== undefined]).toEqual([true, true, true]);
  });
});

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchV1Api,
  CoreV1Api,
  type KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type KubernetesObject,
  type V1PolicyRule,
  type V1ResourceRequirements,
} from '@kubernetes/client-node';
import { HOLD } from '../rig/kwok.ts';
import { policyObjects } from '../rig/pod-policy-objects.ts';
import { countRequestsOf, forgetRequestsOf } from './api-requests.ts';
import { PooledKubeConfig } from './pooled-kubeconfig.ts';

/** Nodes of this label are kwok's: they have GPUs and no processes. */
export const FAKE_NODES = { 'titrate.dev/node': 'fake' } as const;
const TAINT = { key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' } as const;
const WORKER = 'titrate-worker';

/** A namespace for one measurement, with all that a control plane needs in it. */
export interface Field {
  readonly namespace: string;
  /** The administrator's. */
  readonly kubeConfig: KubeConfig;
  /** Path of a kubeconfig with the worker's rights only. */
  readonly workerKubeconfig: string;
  /** Text of the API server's `/metrics`. */
  metrics(): Promise<string>;
  /** Removes the namespace and what was made outside of it; nodes stay. */
  close(): Promise<void>;
}

/**
 * Makes a namespace that enforces the `restricted` pod security standard, the worker's service account with the rights that
 * the chart gives it, and as many fake nodes as are asked for.
 *
 * @param kubeconfig path of the administrator's
 */
export async function openField(kubeconfig: string, directory: string, nodes: number): Promise<Field> {
  const kubeConfig = new PooledKubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const namespace = `titrate-scale-${randomBytes(4).toString('hex')}`;
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  const around = holdPods(namespace);
  for (const object of [...inNamespace(namespace), ...around]) await api.create(object);
  await untilPodsAreHeld(kubeConfig, namespace);
  await ensureNodes(kubeConfig, nodes);
  await countRequestsOf(kubeConfig, namespace, WORKER);
  const workerKubeconfig = `${directory}/worker.kubeconfig`;
  await writeWorkerKubeconfig(kubeConfig, namespace, workerKubeconfig);
  return {
    namespace,
    kubeConfig,
    workerKubeconfig,
    metrics: () => readMetrics(kubeConfig),
    async close() {
      await forgetRequestsOf(kubeConfig, namespace);
      for (const object of around.toReversed()) await api.delete(object);
      await letJobsGo(kubeConfig, namespace);
      await kubeConfig.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
    },
  };
}

const rule = (apiGroups: string[], resources: string[], verbs: string[]): V1PolicyRule => ({ apiGroups, resources, verbs });

function inNamespace(namespace: string): KubernetesObject[] {
  const enforced = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const rules = [
    rule([''], ['pods'], ['get', 'list', 'watch']),
    rule([''], ['pods/log'], ['get']),
    rule([''], ['events'], ['list', 'watch']),
    rule(['batch'], ['jobs'], ['create', 'get', 'list', 'watch', 'patch', 'delete']),
    rule([''], ['services'], ['create', 'get', 'list', 'watch', 'delete']),
    rule([''], ['secrets'], ['create', 'patch', 'delete']),
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: WORKER };
  const object = (apiVersion: string, kind: string, name: string, fields: object = {}) => ({
    ...{ apiVersion, kind, metadata: { name, namespace } },
    ...fields,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: enforced } },
    object('v1', 'ServiceAccount', 'titrate-trainer', { automountServiceAccountToken: false }),
    object('v1', 'ServiceAccount', WORKER),
    object('rbac.authorization.k8s.io/v1', 'Role', WORKER, { rules }),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', WORKER, {
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name: WORKER, namespace }],
    }),
  ];
}

/**
 * kwok ends the pods of Jobs as soon as they run, but for those with the annotation `titrate.dev/hold`. The launcher writes
 * the pods, so the API server puts it there.
 */
function holdPods(namespace: string): KubernetesObject[] {
  const expression = `Object{metadata: Object.metadata{annotations: {"${HOLD}": "simulated"}}}`;
  return policyObjects(`hold-${namespace}`, namespace, { expression });
}

/** A policy holds from a moment on that only the API server knows: a pod that is made for show tells. */
async function untilPodsAreHeld(kubeConfig: KubeConfig, namespace: string): Promise<void> {
  const api = kubeConfig.makeApiClient(CoreV1Api);
  const securityContext = {
    ...{ runAsNonRoot: true, runAsUser: 1, allowPrivilegeEscalation: false },
    ...{ capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
  };
  const body = {
    metadata: { name: 'trial' },
    spec: { serviceAccountName: WORKER, containers: [{ name: 'trial', image: 'trial', securityContext }] },
  };
  for (;;) {
    const { metadata } = await api.createNamespacedPod({ namespace, body, dryRun: 'All' });
    if (metadata?.annotations?.[HOLD] !== undefined) return;
    await sleep(100);
  }
}

async function ensureNodes(kubeConfig: KubeConfig, count: number): Promise<void> {
  const api = kubeConfig.makeApiClient(CoreV1Api);
  const known = new Set((await api.listNode()).items.map(({ metadata }) => metadata?.name));
  for (let index = 0; index < count; index++) {
    const name = `gpu-${String(index).padStart(3, '0')}`;
    if (!known.has(name)) await api.createNode({ body: fakeNode(name) });
  }
}

function fakeNode(name: string) {
  const resources: NonNullable<V1ResourceRequirements['limits']> = {
    ...{ cpu: '96', memory: '1Ti', pods: '110', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': '8' },
  };
  return {
    metadata: { name, labels: { ...FAKE_NODES, 'kubernetes.io/hostname': name }, annotations: { [TAINT.key]: TAINT.value } },
    spec: { taints: [TAINT] },
    status: { allocatable: resources, capacity: resources },
  };
}

/** Jobs stay until their end is recorded: those of a control plane that is gone would hold up the namespace for ever. */
async function letJobsGo(kubeConfig: KubeConfig, namespace: string): Promise<void> {
  const api = kubeConfig.makeApiClient(BatchV1Api);
  await api.deleteCollectionNamespacedJob({ namespace, propagationPolicy: 'Background' });
  for (const { metadata } of (await api.listNamespacedJob({ namespace })).items) {
    const body = { metadata: { finalizers: null } };
    await api.patchNamespacedJob(
      { namespace, name: metadata?.name ?? '', body },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }
}

async function writeWorkerKubeconfig(kubeConfig: KubeConfig, namespace: string, path: string): Promise<void> {
  const body = { spec: { audiences: [], expirationSeconds: 86_400 } };
  const { status } = await kubeConfig.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({ name: WORKER, namespace, body });
  const cluster = kubeConfig.getCurrentCluster();
  const authority = cluster?.caData ?? readFileSync(cluster?.caFile ?? '').toString('base64');
  const configuration = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: cluster?.server, 'certificate-authority-data': authority } }],
    users: [{ name: WORKER, user: { token: status?.token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: WORKER, namespace } }],
    'current-context': 'c',
  };
  writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
}

async function readMetrics(kubeConfig: KubeConfig): Promise<string> {
  const options: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(options);
  return await new Promise((resolve, reject) => {
    const asked = get(`${kubeConfig.getCurrentCluster()?.server}/metrics`, options, (answer) => {
      text(answer).then((body) => (answer.statusCode === 200 ? resolve(body) : reject(new Error(`Cannot read metrics: ${body}`))), reject);
    });
    asked.once('error', reject);
  });
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchV1Api, CoreV1Api, type KubeConfig, type V1Job } from '@kubernetes/client-node';
import { cpuSecondsOf } from './processes.ts';
import { FAKE_NODES } from './field.ts';

/** What Kubernetes itself takes for Jobs of one pod each, with nobody behind them. */
export interface BareJobs {
  readonly jobs: number;
  readonly seconds: number;
  /** CPU-seconds for each Job, of all programs of the cluster together; null for a cluster elsewhere. */
  readonly cpuSecondsPerJob: number | null;
}

/** Jobs that are asked for at the same time. */
const AT_ONCE = 20;

/**
 * Makes so many Jobs, waits until all have succeeded, and removes them. Their pods succeed as soon as they run: kwok plays them.
 *
 * @param clusterProcesses pids of the cluster's programs on this machine, by name
 */
export async function measureBareJobs(
  kubeConfig: KubeConfig,
  count: number,
  clusterProcesses: Readonly<Record<string, number>>,
): Promise<BareJobs> {
  const namespace = `titrate-bare-${randomBytes(4).toString('hex')}`;
  const [core, batch] = [kubeConfig.makeApiClient(CoreV1Api), kubeConfig.makeApiClient(BatchV1Api)];
  const pids = Object.values(clusterProcesses);
  const used = () => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  try {
    const [before, began] = [used(), performance.now()];
    for (let made = 0; made < count; made += AT_ONCE) {
      const names = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, index) => `job-${made + index}`);
      await Promise.all(names.map((name) => batch.createNamespacedJob({ namespace, body: bareJob(name) })));
    }
    while ((await succeeded(batch, namespace)) < count) await sleep(1000);
    const seconds = (performance.now() - began) / 1000;
    return { jobs: count, seconds, cpuSecondsPerJob: pids.length === 0 ? null : (used() - before) / count };
  } finally {
    await core.deleteNamespace({ name: namespace });
    // What comes next is measured too: the cluster must have cleared up.
    const isThere = async () => (await core.listNamespace()).items.some(({ metadata }) => metadata?.name === namespace);
    while (await isThere()) await sleep(1000);
  }
}

const bareJob = (name: string): V1Job => ({
  metadata: { name },
  spec: {
    completionMode: 'Indexed',
    completions: 1,
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        nodeSelector: FAKE_NODES,
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'bare', image: 'bare' }],
      },
    },
  },
});

async function succeeded(batch: BatchV1Api, namespace: string): Promise<number> {
  const { items } = await batch.listNamespacedJob({ namespace });
  return items.filter(({ status }) => (status?.succeeded ?? 0) > 0).length;
}

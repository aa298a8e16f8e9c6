import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobConfigurationInput, JobProfileInput, KubernetesLauncher } from '@titrate/contracts';
import { openLaboratory, type Laboratory } from '../e2e/laboratory.ts';
import { apply, kubectl } from './rig/cluster-under-test.ts';

/** A laboratory whose jobs are pods of the tests' cluster, in a namespace of its own that enforces `restricted`. */
export interface ClusterLaboratory extends Laboratory {
  readonly namespace: string;
  /** Names of the pods of a job, by index. */
  podsOf(job: string): Promise<string[]>;
  /** Objects of these kinds that are in the namespace, as `pod/NAME`, one to a line. */
  names(...kinds: string[]): Promise<string>;
}

/** The small model of the tests fits anywhere; a node of two cores takes six such pods, and lets each use what the others leave. */
export const smallProfile: JobProfileInput = {
  cpu: '300m',
  memory: '2Gi',
  sharedMemory: '64Mi',
  scratch: '1Gi',
  graceSeconds: 5,
  nodeSelector: { 'kubernetes.io/hostname': 'real-0' },
};

/** Starts a control plane on this machine whose jobs run in the cluster; `train` changes the profile of the trainings. */
export async function openClusterLaboratory(
  train: JobProfileInput = {},
  changes: Partial<JobConfigurationInput> = {},
  queue: KubernetesLauncher['queue'] = null,
): Promise<ClusterLaboratory> {
  const namespace = `titrate-${randomBytes(4).toString('hex')}`;
  await makeNamespace(namespace);
  const folder = mkdtempSync(join(tmpdir(), 'titrate-cluster-'));
  const jobConfiguration = join(folder, 'jobs.yaml');
  // JSON is YAML too.
  writeFileSync(jobConfiguration, JSON.stringify({ ...configurationOf(namespace, { ...smallProfile, ...train }, queue), ...changes }));
  const laboratory = await openLaboratory({
    jobConfiguration,
    kubeconfig: process.env['TITRATE_TEST_KUBECONFIG'],
    store: storeOfTheRig(namespace),
  });
  return {
    ...laboratory,
    namespace,
    async podsOf(job) {
      const names = await kubectl([
        ...list(namespace, 'pods'),
        '--selector',
        `job-name=${job}`,
        '--output',
        'jsonpath={.items[*].metadata.name}',
      ]);
      return names
        .split(' ')
        .filter((name) => name !== '')
        .sort();
    },
    names: (...kinds) => kubectl([...list(namespace, kinds.join(',')), '--output', 'name']),
    async close() {
      try {
        await laboratory.close();
        await kubectl(['delete', 'namespace', namespace, '--wait=false']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const list = (namespace: string, kinds: string): string[] => ['get', kinds, '--namespace', namespace];

async function makeNamespace(name: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await apply('default', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await apply(name, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'titrate-trainer' } });
}

function configurationOf(namespace: string, train: JobProfileInput, queue: KubernetesLauncher['queue']): JobConfigurationInput {
  return {
    version: 1,
    launcher: {
      kind: 'kubernetes',
      namespace,
      image: process.env['TITRATE_TEST_TRAINER_IMAGE'] ?? '',
      imagePullPolicy: 'Never',
      queue,
      storeEndpoint: process.env['TITRATE_TEST_POD_S3_ENDPOINT'],
    },
    profiles: { small: smallProfile, train },
    assignment: { train: [{ profile: 'train' }], evaluate: [{ profile: 'small' }], corpus: 'small', analyse: 'small' },
  } as JobConfigurationInput;
}

/** A bucket of its own in the store of the rig: what one laboratory trained is not there for the next. */
function storeOfTheRig(bucket: string) {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env;
  return { endpoint, accessKeyId, secretAccessKey, bucket };
}

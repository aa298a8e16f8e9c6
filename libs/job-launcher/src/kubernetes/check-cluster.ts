import type { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesLauncher } from '@titrate/contracts';
import { ClusterRefused } from '../errors.ts';
import type { JobUse } from '../job-launcher.ts';
import { createCalls, type Calls } from './calls.ts';
import { connect } from './connect.ts';

/** What reading of jobs asks of a namespace, verb by verb, as the chart gives it to the API. */
const readRights = { jobs: ['get', 'list', 'watch'], pods: ['list', 'watch'], 'pods/log': ['get'], services: ['list', 'watch'] } as const;

/** The same for running them, as the chart gives it to the worker. */
const runRights = {
  ...readRights,
  jobs: [...readRights.jobs, 'create', 'patch', 'delete'],
  services: [...readRights.services, 'create', 'patch'],
  secrets: ['create', 'patch'],
  events: ['list'],
} as const;

const patienceMs = 2_000;

/**
 * Whether jobs can be run as a configuration says, before anything is started: the cluster answers, the account has every right, the
 * namespace exists. Nothing is made.
 *
 * @throws ClusterUnreachable; ClusterRefused naming what is wrong with kubeconfig or credentials, each verb and resource that is
 * refused, or the namespace.
 */
export async function checkCluster({ kubeconfig, launcher }: { kubeconfig?: string; launcher: KubernetesLauncher }): Promise<void> {
  await checkNamespace(connect(kubeconfig, launcher.context), launcher.namespace);
}

/** The same of a cluster that is known. */
export async function checkNamespace(config: KubeConfig, namespace: string, use: JobUse = 'run'): Promise<void> {
  const calls = createCalls(config, namespace, patienceMs);
  const refused = await refusedRights(calls, use === 'run' ? runRights : readRights);
  if (refused.length > 0)
    throw new ClusterRefused(
      `Cannot ${use === 'run' ? 'run jobs' : 'read of jobs'} in namespace ${namespace} as the API server must allow all that ${use === 'run' ? 'they take' : 'it takes'}: it refuses ${refused.join(', ')}`,
    );
  if (use === 'read') return;
  // Tried without being done: what says whether there is a namespace, and needs no right on namespaces.
  const probe = { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'titrate-check-' } };
  await calls.json({ verb: 'create', resource: 'secrets', query: { dryRun: 'All' }, body: probe });
}

async function refusedRights(calls: Calls, rights: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const asked = Object.entries(rights).flatMap(([resource, verbs]) => verbs.map((verb) => ({ verb, resource })));
  // The first alone: where nobody answers, or nobody is let in, it is told once.
  const [first, ...rest] = asked;
  const answers = [await isAllowed(calls, first!), ...(await Promise.all(rest.map((right) => isAllowed(calls, right))))];
  return asked.filter((_, index) => !answers[index]).map(({ verb, resource }) => `${verb} ${resource}`);
}

async function isAllowed(calls: Calls, { verb, resource: said }: { verb: string; resource: string }): Promise<boolean> {
  const [resource, subresource] = said.split('/');
  const group = resource === 'jobs' ? 'batch' : '';
  const resourceAttributes = { namespace: calls.namespace, verb, group, resource, ...(subresource !== undefined && { subresource }) };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const answer = await calls.json<{ status?: { allowed?: boolean } }>({ verb: 'create', resource: 'selfsubjectaccessreviews', body });
  return answer?.status?.allowed === true;
}

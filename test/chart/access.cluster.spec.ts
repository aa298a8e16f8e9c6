import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renderIn, toYaml, valuesOf } from './manifests.ts';
import { kubectlOk } from './programs.ts';

const namespace = `chart-${randomBytes(4).toString('hex')}`;
const runs = `${namespace}-runs`;
const elsewhere = `${namespace}-elsewhere`;

/** Service accounts, roles and bindings exist for real; nothing else of the release is needed to ask what they may do. */
beforeAll(async () => {
  for (const name of [namespace, elsewhere]) await kubectlOk(['create', 'namespace', name]);
  const values = valuesOf('kind', `runs.namespace=${runs}`, 'kueue.enabled=true');
  const only = ['access', 'namespace'].flatMap((file) => ['--show-only', `templates/${file}.yaml`]);
  const made = await renderIn(namespace, [...values, ...only]);
  // The namespace before what lies in it.
  await kubectlOk(['apply', '-f', '-'], toYaml(made.toSorted((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'))));
}, 60_000);

afterAll(async () => {
  await kubectlOk(['delete', 'clusterrole,clusterrolebinding', `${namespace}-titrate-nodes`, '--ignore-not-found']);
  await kubectlOk(['delete', 'namespace', namespace, runs, elsewhere, '--ignore-not-found', '--wait=false']);
}, 60_000);

const parts = ['worker', 'api', 'trainer'] as const;
type Part = (typeof parts)[number];
interface Question {
  readonly verb: string;
  /** `RESOURCE.GROUP`, or `RESOURCE/SUBRESOURCE`. */
  readonly resource: string;
  readonly namespace?: string;
}

const accountOf = (part: Part): string => `system:serviceaccount:${part === 'trainer' ? runs : namespace}:titrate-${part}`;

/** A question as `kubectl auth can-i` asks it. */
function reviewOf({ verb, resource: text, namespace }: Question): object {
  const [path = '', ...group] = text.split('.');
  const [resource, subresource] = path.split('/');
  const resourceAttributes = { verb, resource, subresource, group: group.join('.'), namespace };
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
}

/** Asks the API server in the name of a service account; returns the questions that it answered with yes. */
async function allowedOf(part: Part, questions: readonly Question[]): Promise<Question[]> {
  const list = { apiVersion: 'v1', kind: 'List', items: questions.map(reviewOf) };
  const output = 'jsonpath={.status.allowed}{" "}';
  const answer = await kubectlOk(['create', `--as=${accountOf(part)}`, '--output', output, '--filename', '-'], JSON.stringify(list));
  const words = answer.trim().split(' ');
  expect(words).toHaveLength(questions.length);
  for (const word of words) expect(word).toMatch(/^(true|false)$/);
  return questions.filter((_, index) => words[index] === 'true');
}

/** Everything that is granted, in the namespace of the runs alone. */
const granted: Record<Part, Record<string, string[]>> = {
  worker: {
    'jobs.batch': ['create', 'get', 'list', 'watch', 'patch', 'delete'],
    services: ['create', 'list', 'watch', 'patch'],
    secrets: ['create', 'patch'],
    pods: ['list', 'watch'],
    'pods/log': ['get'],
    events: ['list'],
  },
  api: {
    'jobs.batch': ['get', 'list', 'watch'],
    services: ['list', 'watch'],
    pods: ['list', 'watch'],
    'pods/log': ['get'],
  },
  trainer: {},
};

const verbs = ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection'];
const resources = [
  ...Object.keys(granted.worker),
  'jobs/status.batch',
  'workloads.kueue.x-k8s.io',
  'pods/exec',
  'pods/eviction',
  'pods/ephemeralcontainers',
  'configmaps',
  'serviceaccounts',
  'serviceaccounts/token',
  'persistentvolumeclaims',
  'resourcequotas',
  'deployments.apps',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'networkpolicies.networking.k8s.io',
  'leases.coordination.k8s.io',
];
const everything = (where?: string): Question[] =>
  resources.flatMap((resource) => verbs.map((verb) => ({ verb, resource, ...(where !== undefined && { namespace: where }) })));

describe.each(parts)('the service account of %s', (part) => {
  it('may do in the namespace of the runs exactly what is granted', async () => {
    const expected = Object.entries(granted[part]).flatMap(([resource, verbs]) =>
      verbs.map((verb) => ({ verb, resource, namespace: runs })),
    );
    const found = await allowedOf(part, everything(runs));
    const told = (questions: readonly Question[]) => questions.map(({ verb, resource }) => `${verb} ${resource}`).sort();
    expect(told(found)).toEqual(told(expected));
  }, 60_000);

  it.each([
    ["the release's", () => namespace],
    ["a stranger's", () => elsewhere],
    ["the system's", () => 'kube-system'],
  ])(
    'may do nothing in %s namespace',
    async (_, where) => {
      expect(await allowedOf(part, everything(where()))).toEqual([]);
    },
    60_000,
  );

  it('may do nothing in the whole cluster but, for the API and where it was asked for, list nodes', async () => {
    const nodes = verbs.map((verb) => ({ verb, resource: 'nodes' }));
    const namespaces = verbs.map((verb) => ({ verb, resource: 'namespaces' }));
    const expected = part === 'api' ? [{ verb: 'list', resource: 'nodes' }] : [];
    expect(await allowedOf(part, [...everything(), ...nodes, ...namespaces])).toEqual(expected);
  }, 60_000);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { apply, kubectl } from './cluster-under-test.ts';

/** What the API server changes in each new pod of a namespace. */
export interface PodChange {
  /** CEL that gives the fields to set, as in `Object{metadata: ...}`. */
  readonly expression: string;
  /** CEL over `object`: which pods; all of them without it. */
  readonly condition?: string;
}

/** The policy and its binding, by https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
function policyObjects(name: string, namespace: string, { expression, condition }: PodChange): object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
    ...(condition !== undefined && { matchConditions: [{ name: 'which', expression: condition }] }),
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  };
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  return [
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name, matchResources } },
  ];
}

/**
 * Has the API server change new pods of a namespace, and waits until it does.
 *
 * @param trial a pod that the change concerns; it is sent for show only
 * @param shows JSON of the trial pod that was changed
 * @returns takes it back
 */
export async function changeNewPods(
  name: string,
  namespace: string,
  change: PodChange,
  trial: object,
  shows: (pod: string) => boolean,
): Promise<() => Promise<void>> {
  await apply(namespace, ...policyObjects(name, namespace, change));
  const ask = ['create', '--namespace', namespace, '--dry-run=server', '--output', 'json', '--filename', '-'];
  for (const deadline = Date.now() + 60_000; !shows(await kubectl(ask, trial)); await sleep(200))
    if (Date.now() > deadline) throw new Error(`Cannot go on as policy ${name} must hold for new pods: it does not`);
  return async () => {
    for (const kind of ['mutatingadmissionpolicybinding', 'mutatingadmissionpolicy']) await kubectl(['delete', kind, name]);
  };
}

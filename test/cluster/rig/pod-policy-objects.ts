import type { KubernetesObject } from '@kubernetes/client-node';

/** What the API server changes in each new pod of a namespace. */
export interface PodChange {
  /** CEL that gives the fields to set, as in `Object{metadata: ...}`. */
  readonly expression: string;
  /** CEL over `object`: which pods; all of them without it. */
  readonly condition?: string;
}

/** The policy and its binding, by https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
export function policyObjects(name: string, namespace: string, { expression, condition }: PodChange): KubernetesObject[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const object = (kind: string, spec: object): KubernetesObject & { spec: object } => ({ apiVersion, kind, metadata: { name }, spec });
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
    ...(condition !== undefined && { matchConditions: [{ name: 'which', expression: condition }] }),
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  };
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  return [object('MutatingAdmissionPolicy', spec), object('MutatingAdmissionPolicyBinding', { policyName: name, matchResources })];
}

import type { V1Affinity, V1LabelSelector, V1NodeAffinity, V1NodeSelectorTerm, V1PodAffinityTerm } from '@kubernetes/client-node';
import type { JobProfile } from '@titrate/contracts';
import { labels } from './names.ts';

const hostname = 'kubernetes.io/hostname';

/** Where the pods of a job may run, beside its node selector: the profile's own affinity, and what Titrate adds to it. */
export function affinityOf(name: string, profile: JobProfile, excludedNodes: readonly string[]): V1Affinity | undefined {
  const own = (profile.affinity ?? {}) as V1Affinity;
  const selector: V1LabelSelector = { matchLabels: { [labels.jobName]: name } };
  const together = profile.topologyKey !== null && profile.nodes > 1 ? [{ topologyKey: profile.topologyKey, labelSelector: selector }] : [];
  // A pod has all GPUs that the profile gives a node: two on one node would be one node's worth for both.
  const apart = profile.nodes > 1 && profile.onePodPerNode ? [{ topologyKey: hostname, labelSelector: selector }] : [];
  const affinity: V1Affinity = {
    ...own,
    ...(excludedNodes.length > 0 && { nodeAffinity: without(excludedNodes, own.nodeAffinity) }),
    ...(together.length > 0 && { podAffinity: adding(together, own.podAffinity) }),
    ...(apart.length > 0 && { podAntiAffinity: adding(apart, own.podAntiAffinity) }),
  };
  return Object.keys(affinity).length === 0 ? undefined : affinity;
}

/**
 * Any of several terms lets a node in, so that each of them must keep the excluded ones out: by their names, which are not always
 * their host names. Kubernetes takes one name in each of these.
 */
function without(nodes: readonly string[], own: V1NodeAffinity | undefined): V1NodeAffinity {
  const required = own?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const elsewhere = nodes.map((node) => ({ key: 'metadata.name', operator: 'NotIn', values: [node] }));
  const terms = required.map((term): V1NodeSelectorTerm => ({ ...term, matchFields: [...(term.matchFields ?? []), ...elsewhere] }));
  return { ...own, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
}

function adding<T extends { requiredDuringSchedulingIgnoredDuringExecution?: V1PodAffinityTerm[] }>(
  terms: V1PodAffinityTerm[],
  own: T | undefined,
): T {
  const required = [...(own?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...terms];
  return { ...own, requiredDuringSchedulingIgnoredDuringExecution: required } as T;
}

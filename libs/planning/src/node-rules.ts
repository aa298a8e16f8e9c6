import type { JobProfile, NodeCapacity, NodeTaint } from '@titrate/contracts';

type Tolerations = JobProfile['tolerations'];

/**
 * Taints of a node that none of the tolerations covers: without a key `Exists` covers all, without an effect any.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export function untolerated(tolerations: Tolerations, { taints }: NodeCapacity): NodeTaint[] {
  return taints.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
}

function tolerates({ key = '', operator = 'Equal', value = '', effect }: Tolerations[number], taint: NodeTaint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === taint.value);
}

/** A taint as kubectl writes it: `nvidia.com/gpu=present:NoSchedule`. */
export const taintInWords = ({ key, value, effect }: NodeTaint): string => `${key}${value === '' ? '' : `=${value}`}:${effect}`;

/**
 * Whether the node affinity that a profile requires lets its pods onto a node: any of its terms, each with all of its expressions.
 * What cannot be read here is the API server's to refuse, and keeps nobody off.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
 */
export function isAllowedBy(affinity: JobProfile['affinity'], node: NodeCapacity): boolean {
  const required = at(at(affinity, 'nodeAffinity'), 'requiredDuringSchedulingIgnoredDuringExecution');
  const terms = at(required, 'nodeSelectorTerms');
  if (!Array.isArray(terms) || terms.length === 0) return true;
  return terms.some((term) => {
    const byLabel = expressionsOf(term, 'matchExpressions').every((expression) => matches(expression, node.labels));
    return byLabel && expressionsOf(term, 'matchFields').every((expression) => matches(expression, { 'metadata.name': node.name }));
  });
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function expressionsOf(term: unknown, kind: 'matchExpressions' | 'matchFields'): Expression[] {
  const found = at(term, kind);
  return Array.isArray(found) ? (found as Expression[]) : [];
}

function matches({ key, operator, values = [] }: Expression, labels: Readonly<Record<string, string>>): boolean {
  const held = labels[key];
  const isThere = Object.hasOwn(labels, key);
  switch (operator) {
    case 'In':
      return held !== undefined && values.includes(held);
    case 'NotIn':
      return held === undefined || !values.includes(held);
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    case 'Gt':
      return Number(held) > Number(values[0]);
    case 'Lt':
      return Number(held) < Number(values[0]);
    default:
      return true;
  }
}

const at = (value: unknown, key: string): unknown => (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];

import { parseQuantity, type ClusterCapacity, type NodeCapacity } from '@titrate/contracts';
import { ClusterRefused } from '../errors.ts';
import { createCalls } from './calls.ts';
import { listPages } from './cluster-view.ts';
import { connect } from './connect.ts';
import type { Node } from './objects.ts';

/** How to reach the cluster to be read. */
export interface ReadClusterOptions {
  readonly kubeconfig?: string;
  readonly context: string | null;
}

const patienceMs = 5_000;
/** Resources that every node has; what else is counted in whole pieces is a device, such as `nvidia.com/gpu`. */
const isDevice = (resource: string): boolean => resource.includes('/') && !resource.startsWith('hugepages-');

/**
 * What the cluster's nodes can give to pods, for checks before anything is launched. Null where the service account may not list nodes.
 *
 * @throws ClusterUnreachable
 */
export async function readCluster({ kubeconfig, context }: ReadClusterOptions): Promise<ClusterCapacity | null> {
  const calls = createCalls(connect(kubeconfig, context), '', patienceMs);
  try {
    return { nodes: (await listPages<Node>(calls, 'nodes', {})).items.map(capacityOf) };
  } catch (error) {
    if (error instanceof ClusterRefused) return null;
    throw error;
  }
}

/** What one node can give, and to which pods. */
export function capacityOf({ metadata, spec, status }: Node): NodeCapacity {
  const amounts = Object.entries(status?.allocatable ?? {}).map(([resource, text]) => [resource, parseQuantity(text)] as const);
  const of = new Map(amounts);
  return {
    name: metadata.name,
    gpus: Object.fromEntries(amounts.filter(([resource, amount]) => isDevice(resource) && amount > 0)),
    cpu: of.get('cpu') ?? 0,
    memoryBytes: of.get('memory') ?? 0,
    labels: metadata.labels ?? {},
    taints: (spec?.taints ?? []).flatMap(({ key, value = '', effect }) =>
      (effect === 'NoSchedule' || effect === 'NoExecute') && !isPassing(key) ? [{ key, value, effect }] : [],
    ),
    away: awayOf({ spec, status }),
  };
}

/** Kubernetes taints a node that is cordoned or unwell, and takes that back: `node.kubernetes.io/unschedulable` and its like. */
const isPassing = (key: string): boolean => key.startsWith('node.kubernetes.io/');

function awayOf({ spec, status }: Pick<Node, 'spec' | 'status'>): string | null {
  if (spec?.unschedulable === true) return 'is cordoned';
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready !== undefined && ready.status !== 'True' ? 'is not ready' : null;
}

import { apply, kubectl } from '../rig/cluster-under-test.ts';
import { fakeNode, FAKE_NODE_TAINT } from '../rig/kwok.ts';

/** Says which trainings a fake node is for. */
export const POOL_LABEL = 'titrate.dev/pool';

/** Each of three runs loses its node and finds another one. */
const NODES = 6;

/** Fake nodes of these tests alone, which may be drained and deleted. */
export interface Pool {
  readonly name: string;
  /** Makes the scheduler preempt what runs on a node: a pod of higher priority takes all of its GPUs. */
  preempt(node: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes six nodes of 8 GPUs with the pool's label, one labelled `NAME-taken` where a pod has one of the 8 GPUs for ever, and one
 * labelled `NAME-jobs` for whatever needs no GPU.
 */
export async function makePool(name: string): Promise<Pool> {
  const names = [...Array.from({ length: NODES }, (_, index) => `${name}-${index}`), `${name}-taken`, `${name}-jobs`];
  const labelOf = (node: string): string => (/-\d+$/.test(node) ? name : node);
  const urgent = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `${name}-urgent` }, value: 1_000_000 };
  await apply('default', urgent, ...names.map((node) => fakeNode(node, { [POOL_LABEL]: labelOf(node) })));
  const pods: string[] = [];
  const occupy = async (node: string, gpus: number, more: object = {}): Promise<void> => {
    const pod = occupier(`on-${node}`, node, gpus, more);
    pods.push(`on-${node}`);
    await apply('default', pod);
    await kubectl(['wait', `pod/on-${node}`, '--for=jsonpath={.status.phase}=Running', '--timeout=60s']);
  };
  await occupy(`${name}-taken`, 1);
  return {
    name,
    preempt: (node) => occupy(node, 8, { priorityClassName: `${name}-urgent` }),
    async remove() {
      await kubectl(['delete', 'pod', ...pods, '--ignore-not-found']);
      await kubectl(['delete', 'node', ...names, '--ignore-not-found']);
      await kubectl(['delete', 'priorityclass', `${name}-urgent`]);
    },
  };
}

/** A pod that has GPUs of a fake node and does nothing. */
function occupier(name: string, node: string, gpus: number, more: object): object {
  const container = { name: 'idle', image: 'none', resources: { limits: { 'nvidia.com/gpu': String(gpus) } } };
  const nodeSelector = { 'kubernetes.io/hostname': node };
  const tolerations = [{ key: FAKE_NODE_TAINT.key, operator: 'Exists' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container], nodeSelector, tolerations, ...more } };
}

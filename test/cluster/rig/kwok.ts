import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@titrate/embedded-stack';
import type { Programs } from './build.ts';
import type { Place } from './namespaces.ts';
import type { Servers } from './servers.ts';

/** Pods with this annotation run on fake nodes until a test ends them by patching their status. */
export const HOLD = 'titrate.dev/hold';

/** Pods for fake nodes must tolerate this, so that no other pod lands there. */
export const FAKE_NODE_TAINT = { key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' } as const;

/** Label of fake nodes, for node selectors. */
export const FAKE_NODE_LABEL = { 'titrate.dev/node': 'fake' } as const;

const ownStages = fileURLToPath(new URL('stages', import.meta.url));

/** Starts kwok, which plays the kubelet of fake nodes: their pods run at once and, when a Job made them, succeed at once. */
export async function startKwok(folder: string, place: Place, programs: Programs, kubeconfig: string, servers: Servers): Promise<void> {
  const { kwok } = await freePorts(['kwok']);
  const stages = join(folder, 'stages.yaml');
  const own = globSync('*.yaml', { cwd: ownStages }).sort();
  const files = [...programs.stages, ...own.map((file) => join(ownStages, file))];
  writeFileSync(stages, files.map((file) => readFileSync(file, 'utf8')).join('\n---\n'));
  const select = ['--manage-all-nodes=false', '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake'];
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--config=${stages}`,
    '--cidr=10.200.0.0/16',
    '--node-ip=127.0.0.1',
    '--node-lease-duration-seconds=40',
  ];
  await servers.start({
    name: 'kwok',
    command: [...place.enterNetwork, programs.kwok, ...flags, ...select, `--server-address=127.0.0.1:${kwok}`],
  });
}

/** Fake nodes `gpu-000`, `gpu-001`, ... with 8 GPUs each, ten to a rack, as a List for `kubectl apply`. */
export function fakeNodes(count: number): object {
  const nameOf = (index: number): string => `gpu-${String(index).padStart(3, '0')}`;
  const rackOf = (index: number): string => `rack-${Math.floor(index / 10)}`;
  const items = Array.from({ length: count }, (_, index) => fakeNode(nameOf(index), { 'topology.kubernetes.io/rack': rackOf(index) }));
  return { apiVersion: 'v1', kind: 'List', items };
}

/** A fake node with 8 GPUs and labels of its own. */
export function fakeNode(name: string, ownLabels: Readonly<Record<string, string>>): object {
  const resources = { cpu: '96', memory: '1Ti', pods: '110', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': '8' };
  const labels = {
    ...FAKE_NODE_LABEL,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    ...ownLabels,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' } },
    spec: { taints: [FAKE_NODE_TAINT] },
    status: { allocatable: resources, capacity: resources },
  };
}

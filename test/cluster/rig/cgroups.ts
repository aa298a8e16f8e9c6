import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const V2_CONTROLLERS = ['cpu', 'cpuset', 'memory', 'pids'];

/** Where control groups of these versions are mounted. A machine may have both; the kubelet then uses version 1. */
function hierarchies(...types: ('cgroup' | 'cgroup2')[]): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  return mounts.flatMap(([, folder, type]) => (folder !== undefined && types.some((wanted) => wanted === type) ? [folder] : []));
}

/** The hierarchies that a kubelet uses: one for each controller of version 1, or the one of version 2. */
function used(): { version: 1 | 2; folders: string[] } {
  const first = hierarchies('cgroup');
  return first.length > 0 ? { version: 1, folders: first } : { version: 2, folders: hierarchies('cgroup2') };
}

/**
 * Makes a control group of this name at the top of every hierarchy, below which a kubelet keeps its pods: two kubelets of one
 * machine would tidy away each other's otherwise. Null when that is done, otherwise why it cannot be.
 */
export function makeCgroup(name: string): string | null {
  const { version, folders } = used();
  if (folders.length === 0) return 'control groups must be mounted';
  try {
    for (const folder of folders) mkdirSync(join(folder, name), { recursive: true });
    if (version === 2) for (const folder of folders) delegate(folder);
    for (const folder of folders) weigh(join(folder, name));
    return null;
  } catch (error) {
    removeCgroup(name);
    return `control groups of version ${version} must be writable, with no process at the top: ${(error as Error).message}`;
  }
}

/** Lets children of the top group have the controllers that a kubelet needs. */
function delegate(folder: string): void {
  const file = join(folder, 'cgroup.subtree_control');
  const present = readFileSync(file, 'utf8').split(/\s+/);
  for (const controller of V2_CONTROLLERS) if (!present.includes(controller)) writeFileSync(file, `+${controller}`);
}

/** All pods together weigh as much as one process for each core: otherwise they weigh as much as one, beside a busy test. */
function weigh(group: string): void {
  for (const [file, weightOfOne] of [
    ['cpu.shares', 1024],
    ['cpu.weight', 100],
  ] as const)
    if (existsSync(join(group, file))) writeFileSync(join(group, file), String(weightOfOne * availableParallelism()));
}

/** Removes a control group and those below it. Processes in it must be gone. */
export function removeCgroup(name: string): void {
  for (const folder of hierarchies('cgroup', 'cgroup2')) removeTree(join(folder, name));
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const child of childrenOf(folder)) removeTree(child);
  rmdirSync(folder);
}

function childrenOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : []));
}

/** Pids, as this process sees them, in the control group of a container below a kubelet's group; none when it has ended. */
export function processesOfContainer(name: string, containerId: string): number[] {
  const [folder] = used()
    .folders.map((hierarchy) => join(hierarchy, name))
    .filter((path) => existsSync(path));
  const group = folder === undefined ? null : find(folder, containerId);
  if (group === null) return [];
  return readFileSync(join(group, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function find(folder: string, containerId: string): string | null {
  for (const child of childrenOf(folder)) {
    const found = child.includes(containerId) ? child : find(child, containerId);
    if (found !== null) return found;
  }
  return null;
}

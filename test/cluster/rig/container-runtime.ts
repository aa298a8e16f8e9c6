import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeSlot, cacheFolder } from './cache.ts';
import { attempt, findProgram, run, waitFor, type Say } from './commands.ts';
import { importImage, PAUSE_IMAGE, PYTHON_IMAGE } from './images.ts';
import type { Place } from './namespaces.ts';
import { pluginFolder } from './packages.ts';
import type { Servers } from './servers.ts';

/** Pods' addresses; they mean nothing outside of the rig's network. */
export const POD_SUBNET = '10.245.0.0/16';

/** A running containerd. */
export interface ContainerRuntime {
  /** Where containerd listens, for its own clients and for the kubelet. */
  readonly socket: string;
  /** Ends all containers and containerd itself; images stay for the next rig. */
  stop(): Promise<void>;
}

/** Starts containerd on a folder of the cache that no other rig uses, and imports the images of every rig. @throws StartFailed */
export async function startContainerRuntime(folder: string, place: Place, servers: Servers, say: Say): Promise<ContainerRuntime> {
  const slot = await takeSlot(join(cacheFolder(), 'containerd'));
  const socket = join(folder, 'containerd.sock');
  writeConfiguration(folder, slot.folder, socket);
  const plan = {
    name: 'containerd',
    isChild: true,
    command: [...(place.enterNode ?? []), findProgram('containerd') ?? 'containerd', '--config', join(folder, 'containerd.toml')],
    ready: async () => existsSync(socket) && (await attempt(['ctr', '--address', socket, 'version'])).code === 0,
  };
  await servers.start(plan);
  if ((await removeContainers(socket)) > 0) {
    // containerd has read what a killed rig left, and would tell the kubelet of it.
    await servers.stop('containerd');
    await servers.start(plan);
  }
  for (const image of [PAUSE_IMAGE, PYTHON_IMAGE]) await importImage(image, socket, say);
  const stop = async (): Promise<void> => {
    await removeContainers(socket);
    await dropFormerImages(socket);
    await servers.stop('containerd');
    await slot.lock.release();
  };
  return { socket, stop };
}

/** Ends and removes all containers, and returns how many there were. @throws Error when some stay */
async function removeContainers(socket: string): Promise<number> {
  const client = ['ctr', '--address', socket, '--namespace', 'k8s.io'];
  const list = async (kind: 'tasks' | 'containers'): Promise<string[]> =>
    (await run([...client, kind, 'list', '--quiet'])).split(/\s+/).filter((word) => word !== '');
  const found = (await list('containers')).length;
  // containerd itself tidies up after a container that ends, so either may come too late for the other.
  await waitFor('the end of all containers', async () => {
    for (const task of await list('tasks')) await attempt([...client, 'tasks', 'remove', '--force', task]);
    for (const container of await list('containers')) await attempt([...client, 'containers', 'remove', container]);
    return (await list('containers')).length === 0;
  });
  return found;
}

/**
 * Removes what is left of images that were assembled anew since, 10 GB for each of the trainer's. The kubelet's half of containerd
 * keeps a name of its own for each image that it ever saw; the last removal waits until the layers are gone.
 */
async function dropFormerImages(socket: string): Promise<void> {
  const client = ['ctr', '--address', socket, '--namespace', 'k8s.io', 'images'];
  const [, ...rows] = (await run([...client, 'list'])).trim().split('\n');
  const images = rows.map((row) => row.split(/\s+/)).map(([name = '', , digest = '']) => ({ name, digest }));
  const current = new Set(images.filter(({ name }) => !name.startsWith('sha256:')).map(({ digest }) => digest));
  const former = images.filter(({ digest }) => !current.has(digest)).map(({ name }) => name);
  if (former.length > 0) await run([...client, 'remove', '--sync', ...former]);
}

/** Whether containers' files can lie in layers in the folder of the cache; null when they can, otherwise what the system says. */
export async function overlayRefused(): Promise<string | null> {
  const folder = join(cacheFolder(), 'overlay-trial');
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name), { recursive: true });
  const layers = `lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work`;
  const { code, stderr } = await attempt(['unshare', '--mount', 'mount', '-t', 'overlay', 'overlay', '-o', layers, `${folder}/merged`]);
  return code === 0 ? null : `overlayfs must work in ${cacheFolder()} (TITRATE_CLUSTER_CACHE names another folder): ${stderr.trim()}`;
}

function writeConfiguration(folder: string, root: string, socket: string): void {
  const unused = [
    'snapshotter.v1.btrfs',
    'snapshotter.v1.zfs',
    'snapshotter.v1.aufs',
    'snapshotter.v1.devmapper',
    'tracing.processor.v1.otlp',
    'internal.v1.tracing',
  ];
  const text = (value: string): string => JSON.stringify(value);
  const lines = [
    'version = 2',
    `root = ${text(join(root, 'root'))}`,
    `state = ${text(join(folder, 'containerd'))}`,
    `disabled_plugins = [${unused.map((name) => text(`io.containerd.${name}`)).join(', ')}]`,
    '[grpc]',
    `  address = ${text(socket)}`,
    '[plugins."io.containerd.internal.v1.opt"]',
    `  path = ${text(join(folder, 'opt'))}`,
    '[plugins."io.containerd.grpc.v1.cri"]',
    `  sandbox_image = ${text(PAUSE_IMAGE.name)}`,
    '  disable_apparmor = true',
    '  # Where CAP_SYS_RESOURCE is missing, runc cannot lower it and dies.',
    '  restrict_oom_score_adj = true',
    '  stream_server_address = "127.0.0.1"',
    '  [plugins."io.containerd.grpc.v1.cri".cni]',
    `    bin_dir = ${text(pluginFolder() ?? '')}`,
    `    conf_dir = ${text(join(folder, 'cni'))}`,
    '  [plugins."io.containerd.grpc.v1.cri".containerd]',
    '    snapshotter = "overlayfs"',
    '    default_runtime_name = "runc"',
    '  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]',
    '    runtime_type = "io.containerd.runc.v2"',
    '  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]',
    '    SystemdCgroup = false',
  ];
  writeFileSync(join(folder, 'containerd.toml'), `${lines.join('\n')}\n`);
  mkdirSync(join(folder, 'cni'), { recursive: true });
  writeFileSync(join(folder, 'cni/10-pods.conflist'), JSON.stringify(network(folder), null, 2));
}

/** Pods on a bridge in the rig's own network, with no way out of it. */
function network(folder: string): object {
  const addresses = {
    type: 'host-local',
    ranges: [[{ subnet: POD_SUBNET }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: join(folder, 'cni-addresses'),
  };
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam: addresses };
  return { cniVersion: '0.4.0', name: 'titrate-pods', plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }] };
}

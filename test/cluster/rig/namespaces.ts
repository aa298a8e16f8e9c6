import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { plainEnvironment, startProcess, takeFolderLock, type FolderLock, type OwnedProcess } from '@titrate/embedded-stack';
import { attempt, python, run, waitFor } from './commands.ts';

/** Where the servers of a rig run. */
export interface Place {
  /** The address that they listen on. Hosts and pods reach it. */
  readonly address: string;
  /** Enters the network of the place and turns into what follows. */
  readonly enterNetwork: readonly string[];
  /** Enters network, mounts and process ids; runs what follows as a child. Null where there are no namespaces. */
  readonly enterNode: readonly string[] | null;
  /** Ends everything that runs in the place, however deep it is nested, and takes its network and mounts away. */
  close(): Promise<void>;
}

/** The machine itself: its loopback, and nothing to be taken away. */
export const loopback: Place = { address: '127.0.0.1', enterNetwork: [], enterNode: null, close: async () => undefined };

/**
 * The first process of the namespaces: with it end all that run in them, and with those the mounts and the network: the kernel
 * sees to that, whatever ends the rig. Folders that node programs write to at fixed places are hidden by empty ones.
 */
const FIRST_PROCESS = `set -e
mount --make-rshared /
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir -p /var/lib/cni && mount -t tmpfs tmpfs /var/lib/cni
mkdir /run/lock
sleep infinity &
echo ready > "$0"
wait`;

/** Opens namespaces for a node and its control plane, with a network of two addresses that leads to this machine and no further. @throws Error */
export async function openNamespaces(folder: string): Promise<Place> {
  const ready = join(folder, 'namespaces-ready');
  const kinds = ['--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc', '--propagation', 'private'];
  const outer = await startProcess({
    name: 'namespaces',
    python,
    command: ['unshare', ...kinds, 'sh', '-c', FIRST_PROCESS, ready],
    workingDirectory: folder,
    logFile: join(folder, 'logs/namespaces.log'),
    environment: plainEnvironment(),
  });
  try {
    await waitFor('namespaces', async () => outer.end() !== null || existsSync(ready), 10_000);
    if (outer.end() !== null) throw new Error(readFileSync(outer.logFile, 'utf8').trim());
    return await connect(outer, firstChild(outer.pid));
  } catch (error) {
    await outer.stop(1_000);
    throw error;
  }
}

/** Whether namespaces can be opened here; null when they can, otherwise what the system says. */
export async function namespacesRefused(): Promise<string | null> {
  const { code, stderr } = await attempt(['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', 'true']);
  return code === 0 ? null : `namespaces must be allowed: ${stderr.trim()}`;
}

function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** Joins the network of a process to this machine by a pair of addresses that nobody else has. */
async function connect(outer: OwnedProcess, first: number): Promise<Place> {
  const enterNetwork = ['nsenter', `--net=/proc/${first}/ns/net`];
  const { number, lock } = await freeSubnet();
  const [host, address] = [`10.213.${number}.1`, `10.213.${number}.2`];
  const link = `titrate-${number}`;
  await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(first)]);
  await run(['ip', 'address', 'add', `${host}/30`, 'dev', link]);
  await run(['ip', 'link', 'set', link, 'up']);
  const inside = `ip link set lo up; ip address add ${address}/30 dev eth0; ip link set eth0 up; ip route add default via ${host}; echo 1 > /proc/sys/net/ipv4/ip_forward`;
  await run([...enterNetwork, 'sh', '-ec', inside]);
  const close = async (): Promise<void> => {
    await outer.stop(1_000);
    await waitFor('the end of all processes of the node', async () => !existsSync(`/proc/${first}/ns`) || !isFirst(first), 30_000);
    await lock.release();
  };
  return { address, enterNetwork, enterNode: ['nsenter', '--target', String(first), '--net', '--mount', '--pid'], close };
}

/** Whether a process is still the first one of process ids of its own. */
function isFirst(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync('/proc/self/ns/pid');
  } catch {
    // It has ended between the two looks.
    return false;
  }
}

/** A /30 of 10.213.0.0/16 that neither this machine nor another rig uses; ours as long as the lock is held. */
async function freeSubnet(): Promise<{ number: number; lock: FolderLock }> {
  const used = (await run(['ip', '-4', 'address'])) + (await run(['ip', '-4', 'route']));
  for (let number = 1; number < 255; number += 1) {
    if (used.includes(`10.213.${number}.`)) continue;
    const lock = await takeFolderLock(`rig-subnet-${number}`);
    if (lock !== null) return { number, lock };
  }
  throw new Error('Cannot open a network as one of 10.213.1.0/30 to 10.213.254.0/30 must be free: all are taken');
}

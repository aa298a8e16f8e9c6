import { existsSync } from 'node:fs';
import { attempt, findProgram, type Say } from './commands.ts';

const PLUGIN_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

/** Folder of the CNI plugins; null when there is none. */
export function pluginFolder(): string | null {
  return PLUGIN_FOLDERS.find((folder) => existsSync(`${folder}/bridge`)) ?? null;
}

/** Debian's package for each program, and whether it is there. */
const needs = {
  'control plane': { openssl: () => findProgram('openssl') !== null },
  'real node': {
    containerd: () => findProgram('containerd') !== null && findProgram('ctr') !== null,
    runc: () => findProgram('runc') !== null,
    'containernetworking-plugins': () => pluginFolder() !== null,
    iptables: () => findProgram('iptables') !== null,
    iproute2: () => findProgram('ip') !== null,
    mmdebstrap: () => findProgram('mmdebstrap') !== null,
    'util-linux': () => findProgram('nsenter') !== null && findProgram('unshare') !== null,
  },
} as const;

/** Installs what a part of the rig needs, as root on Debian and its kin. Null when all is there, otherwise what is missing. */
export async function missingPackages(part: keyof typeof needs, say: Say): Promise<string | null> {
  const missing = (): string[] => Object.entries<() => boolean>(needs[part]).flatMap(([name, isThere]) => (isThere() ? [] : [name]));
  if (missing().length === 0) return null;
  if (process.getuid?.() === 0 && findProgram('apt-get') !== null) await install(missing(), say);
  const left = missing();
  return left.length === 0 ? null : `${left.join(', ')} must be installed (Debian's names of the packages)`;
}

async function install(names: readonly string[], say: Say): Promise<void> {
  say(`installing ${names.join(', ')} by apt-get`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const outcomes = [
    await attempt(['apt-get', 'update', '-q'], { environment }),
    await attempt(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...names], { environment }),
  ];
  for (const { code, stderr } of outcomes) if (code !== 0) say(`apt-get ended with ${code}: ${stderr.trim().slice(-500)}`);
}

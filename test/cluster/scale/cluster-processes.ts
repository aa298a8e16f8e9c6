import { existsSync, readdirSync, readFileSync } from 'node:fs';

const CLIENTS = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const;

interface Program {
  readonly pid: number;
  readonly command: readonly string[];
}

/**
 * Pids of the programs on this machine that a cluster consists of, by name; none for a cluster elsewhere. The API server is
 * known by its port, its store by the address that it was told, and the others by the server that their kubeconfig names.
 */
export function clusterProcesses(serverUrl: string): Record<string, number> {
  const programs = running();
  const { hostname, port } = new URL(serverUrl);
  const isHere = hostname === 'localhost' || hostname.startsWith('127.') || hostname.startsWith('10.');
  const server = programs.find((program) => is(program, 'kube-apiserver') && flag(program, 'secure-port') === port);
  if (!isHere || server === undefined) return {};
  const store = flag(server, 'etcd-servers');
  const etcd = programs.find((program) => is(program, 'etcd') && flag(program, 'listen-client-urls') === store);
  const clients = CLIENTS.map((name) => [name, programs.find((program) => is(program, name) && serves(program, serverUrl))] as const);
  const found = [['kube-apiserver', server], ['etcd', etcd], ...clients] as const;
  return Object.fromEntries(found.flatMap(([name, program]) => (program === undefined ? [] : [[name, program.pid]])));
}

function running(): Program[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap((id) => {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').slice(0, -1);
      return command.length === 0 ? [] : [{ pid: Number(id), command }];
    } catch {
      // It ended between the list and the look.
      return [];
    }
  });
}

/** A program is known by its file's name, or by the first word behind it where one file holds several. */
const is = ({ command }: Program, name: string): boolean => command.slice(0, 2).some((word) => word === name || word.endsWith(`/${name}`));

function flag({ command }: Program, name: string): string | undefined {
  const at = command.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = command[at];
  return word?.includes('=') ? word.slice(word.indexOf('=') + 1) : command[at + 1];
}

function serves(program: Program, serverUrl: string): boolean {
  const kubeconfig = flag(program, 'kubeconfig');
  return kubeconfig !== undefined && existsSync(kubeconfig) && readFileSync(kubeconfig, 'utf8').includes(serverUrl);
}

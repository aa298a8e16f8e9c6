import { describe } from '@jest/globals';
import { processesOfContainer } from './cgroups.ts';
import { run } from './commands.ts';
import { orderFault } from './control.ts';
import { readDescription, type RigDescription } from './rig-folder.ts';

/** Why the tests' cluster has no real node of the rig; null when it has one. */
export const realNodeMissing = process.env['TITRATE_TEST_REAL_NODE_MISSING'] ?? null;

/** Why the tests have no rig, whose programs they may disturb; null when they have one. */
export const rigMissing = process.env['TITRATE_TEST_RIG'] === undefined ? 'the cluster is not a rig' : null;

const describeUnless = (missing: string | null) => (name: string, body: () => void) =>
  missing === null ? describe(name, body) : describe.skip(`${name} (left out: ${missing})`, body);

/** As `describe`, for tests whose containers must really run on the rig; left out by name and reason where they cannot. */
export const describeOnRealNode = describeUnless(realNodeMissing);

/** As `describe`, for tests that need a rig: fake nodes, or faults of its programs. */
export const describeOnRig = describeUnless(rigMissing);

function description(): RigDescription {
  const folder = process.env['TITRATE_TEST_RIG'];
  if (folder === undefined) throw new Error('Cannot ask the rig as the tests must run on one: use describeOnRig');
  return readDescription(folder);
}

/** Runs kubectl as administrator of the tests' cluster and returns what it prints. @throws Error with what it says */
export async function kubectl(words: readonly string[], input?: object): Promise<string> {
  const programs = process.env['TITRATE_TEST_PROGRAMS'];
  const client = programs === undefined ? ['kubectl'] : [`${programs}/hyperkube`, 'kubectl'];
  const own = [...client, '--kubeconfig', process.env['TITRATE_TEST_KUBECONFIG'] ?? ''];
  const command = rigMissing === null ? description().kubectl : own;
  return await run([...command, ...words], { input: input === undefined ? '' : JSON.stringify(input) });
}

/** Makes objects exist; several as the items of a List. */
export async function apply(namespace: string, ...items: readonly object[]): Promise<void> {
  await kubectl(['apply', '--namespace', namespace, '--filename', '-'], { apiVersion: 'v1', kind: 'List', items });
}

/** Kills a program of the rig without warning, as `kube-apiserver` or `kubelet`; resolves when it works again after so many seconds. */
export async function outage(program: string, seconds: number): Promise<void> {
  await orderFault(description().control, 'outage', program, seconds);
}

/** Makes a program of the rig hang for so many seconds; resolves when it goes on. */
export async function freeze(program: string, seconds: number): Promise<void> {
  await orderFault(description().control, 'freeze', program, seconds);
}

/** Sends a signal to all processes of a pod's container on the real node: SIGSTOP and SIGCONT pause it, SIGKILL kills it. @throws Error when it does not run */
export async function signalContainer(namespace: string, pod: string, signal: NodeJS.Signals, container = 'trainer'): Promise<void> {
  const path = `jsonpath={.status.containerStatuses[?(@.name=="${container}")].containerID}`;
  const id = (await kubectl(['get', 'pod', pod, '--namespace', namespace, '--output', path])).replace('containerd://', '');
  const pids = id === '' ? [] : processesOfContainer(description().cgroup, id);
  if (pids.length === 0) throw new Error(`Cannot send ${signal} as container ${container} of pod ${pod} must run: it does not`);
  for (const pid of pids) process.kill(pid, signal);
}

/** Makes a node be gone, as a machine that is taken away. */
export async function deleteNode(node: string): Promise<void> {
  await kubectl(['delete', 'node', node]);
}

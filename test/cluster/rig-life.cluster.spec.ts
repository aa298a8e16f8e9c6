import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { describeOnRealNode } from './rig/cluster-under-test.ts';
import { run, waitFor } from './rig/commands.ts';
import { readDescription, runningRigs, sweepRigFolders } from './rig/rig-folder.ts';

const main = fileURLToPath(new URL('rig/main.ts', import.meta.url));

interface SecondRig {
  readonly starter: ChildProcess;
  readonly folder: string;
  readonly address: string;
  readonly kubectl: readonly string[];
}

const starters: ChildProcess[] = [];
afterEach(() => starters.splice(0).forEach((starter) => starter.kill('SIGKILL')));

/** Starts a rig beside the one that the tests run on, as a person would, with a pod that never ends. */
async function startSecondRig(): Promise<SecondRig> {
  const starter = spawn(process.execPath, [main, 'up', '--fake-nodes', '1'], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  starters.push(starter);
  let said = '';
  for (const stream of [starter.stdout, starter.stderr]) stream?.on('data', (piece: Buffer) => (said += piece.toString()));
  await waitFor('a second rig', async () => said.includes('Ctrl-C ends it') || starter.exitCode !== null, 110_000);
  const folder = /TITRATE_TEST_RIG='(.*)'/.exec(said)?.[1];
  if (folder === undefined) throw new Error(`Cannot go on as a second rig must start: it said ${said}`);
  const { kubectl, environment } = readDescription(folder);
  const podOptions = ['--image', environment['TITRATE_TEST_IMAGE'] ?? '', '--command', '--', 'sleep', '600'];
  await run([...kubectl, 'run', 'endless', '--restart=Never', ...podOptions]);
  await run([...kubectl, 'wait', 'pod/endless', '--for=condition=Ready', '--timeout=60s']);
  return { starter, folder, kubectl, address: /https:\/\/([\d.]+):/.exec(said)?.[1] ?? '' };
}

/** Processes whose command line names the rig's folder, or whose control group is the rig's: its programs, shims and containers. */
function processesOfRig(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => read(`/proc/${pid}/cmdline`).includes(folder) || read(`/proc/${pid}/cgroup`).includes(basename(folder)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended since it was listed.
    return '';
  }
}

const linksOf = async ({ address }: SecondRig): Promise<boolean> => (await run(['ip', 'address'])).includes(address.replace(/\.2$/, '.1/'));
const controlGroups = async (folder: string): Promise<string> => await run(['find', '/sys/fs/cgroup', '-name', `${basename(folder)}*`]);

/** Everything but files and empty control groups, which the kernel does not take back by itself. */
async function expectNothingRuns(rig: SecondRig): Promise<void> {
  await waitFor('the end of all processes', async () => processesOfRig(rig.folder).length === 0, 20_000);
  await waitFor('the end of the network', async () => !(await linksOf(rig)), 20_000);
  expect(read('/proc/mounts')).not.toContain(rig.folder);
}

describeOnRealNode('a second rig on the same machine', () => {
  it('leaves nothing when it is interrupted', async () => {
    const rig = await startSecondRig();
    expect(processesOfRig(rig.folder).length).toBeGreaterThan(8);
    expect(await linksOf(rig)).toBe(true);
    expect((await runningRigs()).map(({ folder }) => folder)).toEqual(
      expect.arrayContaining([rig.folder, process.env['TITRATE_TEST_RIG']]),
    );
    rig.starter.kill('SIGINT');
    await waitFor('the end of the rig', async () => rig.starter.exitCode !== null);
    expect(rig.starter.exitCode).toBe(130);
    await expectNothingRuns(rig);
    expect(existsSync(rig.folder)).toBe(false);
    expect(await controlGroups(rig.folder)).toBe('');
  }, 240_000);

  it('leaves nothing that runs when its starter is killed, and the next start removes its files', async () => {
    const rig = await startSecondRig();
    rig.starter.kill('SIGKILL');
    await expectNothingRuns(rig);
    expect(await sweepRigFolders()).toContain(rig.folder);
    expect(existsSync(rig.folder)).toBe(false);
    expect(await controlGroups(rig.folder)).toBe('');
    expect((await runningRigs()).map(({ folder }) => folder)).toContain(process.env['TITRATE_TEST_RIG']);
  }, 240_000);
});

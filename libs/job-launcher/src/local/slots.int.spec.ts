import { execFile, spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { launch, until, untilLogged } from '../job-launcher.contract.ts';
import { newLocalHarness, python, type LocalHarness } from './local-harness.ts';

const forever = 'import time\nprint("up", flush=True)\ntime.sleep(600)';
/** Ends when the file `go` is there. */
const untilGo = 'import os, sys, time\nwhile not os.path.exists(os.path.join(os.path.dirname(sys.argv[1]), "go")): time.sleep(0.02)';

// Real processes, on a machine that may be busy with other tests.
jest.setTimeout(180_000);
let harness: LocalHarness;
beforeEach(() => {
  harness = newLocalHarness();
});
afterEach(() => harness.dispose());

const letGo = (name: string): Promise<void> => writeFile(join(harness.directory, name, 'go'), '');

describe('slots of local jobs', () => {
  it('a job that does not fit waits, and its supervisor starts it when slots are free', async () => {
    const launcher = harness.launcher(untilGo);
    await launch(launcher, 'first', {});
    await launch(launcher, 'second', { processesPerNode: 2 });
    await until(launcher, 'first', 'running');
    expect(await launcher.status('second')).toEqual({ kind: 'waiting', reason: 'it needs 2 of 2 slots, in order of arrival' });
    await letGo('first');
    await until(launcher, 'second', 'running');
    expect(await launcher.list()).toMatchObject([
      { name: 'first', ended: true },
      { name: 'second', ended: false },
    ]);
    await letGo('second');
    expect((await until(launcher, 'second', 'ended')).end.kind).toBe('succeeded');
  });

  it('a small job does not overtake a large one that waits', async () => {
    const launcher = harness.launcher(untilGo);
    await launch(launcher, 'small-1', {});
    await launch(launcher, 'large', { processesPerNode: 1, threadsPerProcess: 2 });
    await launch(launcher, 'small-2', {});
    await letGo('small-2');
    await letGo('small-1');
    const { startedAt } = await until(launcher, 'large', 'running');
    expect((await launcher.status('small-2')).kind).toBe('waiting');
    await letGo('large');
    const { end } = await until(launcher, 'small-2', 'ended');
    expect(end.endedAt > startedAt).toBe(true);
  });

  it('never runs more than the slots hold, whatever comes at once', async () => {
    const launcher = harness.launcher('import time\ntime.sleep(0.3)');
    const names = Array.from({ length: 6 }, (_, index) => `job-${index}`);
    await Promise.all(names.map((name) => launch(launcher, name)));
    for (let ended = 0; ended < names.length;) {
      const kinds = (await Promise.all(names.map((name) => launcher.status(name)))).map(({ kind }) => kind);
      ended = kinds.filter((kind) => kind === 'ended').length;
      expect(kinds.filter((kind) => kind === 'running').length).toBeLessThanOrEqual(2);
    }
  });

  it('a killed supervisor gives its slots back', async () => {
    const launcher = harness.launcher(forever);
    await launch(launcher, 'dies', { processesPerNode: 2 });
    await untilLogged(launcher, 'dies', 'up');
    await launch(launcher, 'next', { processesPerNode: 2 });
    process.kill((await harness.record('dies', 'supervisor.json')).pid!, 'SIGKILL');
    await until(launcher, 'next', 'running');
  });

  it('a waiting job can be stopped and never starts', async () => {
    const launcher = harness.launcher(forever);
    await launch(launcher, 'holds', { processesPerNode: 2 });
    await until(launcher, 'holds', 'running');
    await launch(launcher, 'waits');
    await launcher.stop('waits', 'stopped');
    expect(await launcher.status('waits')).toMatchObject({ kind: 'ended', end: { failure: 'stopped', exitCode: null } });
    expect((await launcher.log('waits', 0)).text).toBe('');
  });

  it('a job that can never fit is refused', async () => {
    await expect(launch(harness.launcher(''), 'too-large', { processesPerNode: 2, threadsPerProcess: 2 })).rejects.toThrow(
      'Cannot launch job too-large as its ranks times threads must be at most 2, the slots of this machine: current value is 4',
    );
  });
});

describe('trouble while launching', () => {
  it('a Python that is not there is told, and a later launch of the same job works', async () => {
    await expect(launch(harness.launcher('', { python: '/no/python' }), 'no-python')).rejects.toThrow('as /no/python must be executable');
    await launch(harness.launcher('print("now")'), 'no-python');
    await until(harness.launcher(''), 'no-python', 'ended');
  });

  it('an owner that is not alive is refused', () => {
    expect(() => harness.launcher('', { ownerPid: 2 ** 22 + 1 })).toThrow(
      'Cannot run jobs as their owner must be alive: there is no process 4194305',
    );
  });

  it('a directory that cannot be made is told', async () => {
    await writeFile(join(harness.directory, '.file'), '');
    expect(() => harness.launcher('', { directory: join(harness.directory, '.file', 'jobs') })).toThrow(
      /must be a folder that can be written: ENOTDIR/,
    );
  });

  const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;
  (mayMount ? it : it.skip)('a full disk is told in words, and leaves no job', async () => {
    const script = `
      const { createLocalJobLauncher } = await import(${JSON.stringify(new URL('local-job-launcher.ts', import.meta.url).href)});
      const launcher = createLocalJobLauncher({ directory: process.argv[1], python: ${JSON.stringify(python)}, trainerHome: '/', slots: 1, ownerPid: null, environment: {} });
      const document = { padding: 'x'.repeat(100_000) };
      await launcher.launch({ name: 'full', document, profile: { nodes: 1, processesPerNode: 1, threadsPerProcess: 1 } }).catch((error) => console.log(error.code, error.message));
      console.log(JSON.stringify([await launcher.status('full'), await launcher.list()]));`;
    const disk = join(harness.directory, '.disk');
    await mkdir(disk);
    const mounted = `mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"`;
    const { stdout } = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', mounted, 'sh', disk, process.execPath, script], {
      env: { PATH: process.env.PATH },
    });
    await rm(disk, { recursive: true });
    expect(stdout).toMatch(/^JOB_NOT_LAUNCHED Cannot launch job full as its folder must be written below .*: the disk is full\n/);
    expect(stdout).toContain('[{"kind":"unknown"},[]]');
  });
});

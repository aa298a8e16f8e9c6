import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { launch, until, untilLogged } from '../job-launcher.contract.ts';
import { newLocalHarness, python, type LocalHarness } from './local-harness.ts';
import { carriersOf, startTimeOf } from './processes.ts';

const forever = 'import time\nprint("up", flush=True)\ntime.sleep(600)';
/** Two children in sessions of their own, one of them orphaned by a double fork: what a parent-death signal does not reach. */
const family = `
import os, subprocess, sys, time
sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
subprocess.Popen(sleeper, start_new_session=True)
between = os.fork()
if between == 0:
    subprocess.Popen(sleeper, start_new_session=True)
    os._exit(0)
os.waitpid(between, 0)
print("up", flush=True)
time.sleep(600)`;

// Real processes, on a machine that may be busy with other tests.
jest.setTimeout(120_000);
let harness: LocalHarness;
beforeAll(() => {
  harness = newLocalHarness();
});
afterAll(() => harness.dispose());

const processesOf = (name: string): number[] => carriersOf(`TITRATE_JOB_FOLDER=${join(harness.directory, name)}`);
const untilGone = async (name: string): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (processesOf(name).length > 0) {
    if (Date.now() > deadline) throw new Error(`Cannot go on as no process of job ${name} must be left: ${processesOf(name)}`);
    await sleep(20);
  }
};

describe('a local job and its supervisor', () => {
  it('is re-adopted by a second launcher object, which can read, stop and tell its end', async () => {
    await launch(harness.launcher(forever), 'adopted');
    const second = harness.launcher('');
    expect((await second.list()).map(({ name }) => name)).toContain('adopted');
    await untilLogged(second, 'adopted', 'up');
    await second.stop('adopted', 'stopped');
    expect(processesOf('adopted')).toEqual([]);
  });

  it('outlives the process that launched it, even when its whole group is killed', async () => {
    const script = `
      const { createLocalJobLauncher } = await import(${JSON.stringify(new URL('local-job-launcher.ts', import.meta.url).href)});
      const launcher = createLocalJobLauncher({ directory: ${JSON.stringify(harness.directory)}, python: ${JSON.stringify(python)}, trainerHome: '/', slots: 2,
        ownerPid: ${process.pid}, environment: {}, command: () => [${JSON.stringify(python)}, '-S', '-c', ${JSON.stringify(forever)}] });
      await launcher.launch({ name: 'survives', document: {}, profile: { nodes: 1, processesPerNode: 1, threadsPerProcess: 1 } });
      console.log('launched');
      setInterval(() => {}, 1000);`;
    const worker = spawn(process.execPath, ['--input-type=module', '-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    await once(worker.stdout, 'data');
    process.kill(-worker.pid!, 'SIGKILL');
    await once(worker, 'exit');
    const launcher = harness.launcher('');
    await untilLogged(launcher, 'survives', 'up');
    expect((await launcher.status('survives')).kind).toBe('running');
    await launcher.stop('survives', 'stopped');
  });

  it('takes the job with it when it is killed: children and orphans too, and the job is lost', async () => {
    const launcher = harness.launcher(family);
    await launch(launcher, 'orphaned');
    await untilLogged(launcher, 'orphaned', 'up');
    expect(processesOf('orphaned')).toHaveLength(3);
    process.kill((await harness.record('orphaned', 'supervisor.json')).pid!, 'SIGKILL');
    await untilGone('orphaned');
    const { end } = await until(launcher, 'orphaned', 'ended');
    expect(end).toMatchObject({ kind: 'failed', failure: 'lost', exitCode: null });
    expect(await harness.launcher('').status('orphaned')).toEqual({ kind: 'ended', end });
  });

  it('ends children and orphans when the first process is killed, and tells that it was killed', async () => {
    const launcher = harness.launcher(family);
    await launch(launcher, 'first-killed');
    await untilLogged(launcher, 'first-killed', 'up');
    process.kill((await harness.record('first-killed', 'process.json')).pid!, 'SIGKILL');
    expect((await until(launcher, 'first-killed', 'ended')).end).toMatchObject({
      failure: 'killed',
      message: expect.stringContaining('SIGKILL'),
    });
    expect(processesOf('first-killed')).toEqual([]);
  });

  it('stop() ends children and orphans before it resolves', async () => {
    const launcher = harness.launcher(family);
    await launch(launcher, 'family-stopped');
    await untilLogged(launcher, 'family-stopped', 'up');
    await launcher.stop('family-stopped', 'stopped');
    expect(processesOf('family-stopped')).toEqual([]);
  });

  it('stop() ends a job whose processes are held by SIGSTOP', async () => {
    const launcher = harness.launcher(forever);
    await launch(launcher, 'held');
    await untilLogged(launcher, 'held', 'up');
    process.kill((await harness.record('held', 'process.json')).pid!, 'SIGSTOP');
    await launcher.stop('held', 'hung');
    expect(await launcher.status('held')).toMatchObject({ kind: 'ended', end: { failure: 'hung' } });
    expect(processesOf('held')).toEqual([]);
  });

  it('stop() ends a job whose supervisor is held by SIGSTOP', async () => {
    const launcher = harness.launcher(family);
    await launch(launcher, 'supervisor-held');
    await untilLogged(launcher, 'supervisor-held', 'up');
    process.kill((await harness.record('supervisor-held', 'supervisor.json')).pid!, 'SIGSTOP');
    await launcher.stop('supervisor-held', 'stopped');
    expect(await launcher.status('supervisor-held')).toMatchObject({ kind: 'ended', end: { failure: 'stopped' } });
    expect(processesOf('supervisor-held')).toEqual([]);
  });

  it('tells a job that was ended together with its supervisor, as a stack that stops does it, from one that failed', async () => {
    const launcher = harness.launcher(forever);
    await launch(launcher, 'stack-stopped');
    await untilLogged(launcher, 'stack-stopped', 'up');
    const first = await harness.record('stack-stopped', 'process.json');
    const supervisor = await harness.record('stack-stopped', 'supervisor.json');
    for (const { pid } of [first, supervisor]) process.kill(pid!, 'SIGTERM');
    expect((await until(launcher, 'stack-stopped', 'ended')).end).toMatchObject({ failure: 'stopped' });
  });

  it('ends the job when the owner is gone', async () => {
    const owner = spawn('/bin/sleep', ['600']);
    await once(owner, 'spawn');
    const launcher = harness.launcher(family, { ownerPid: owner.pid! });
    await launch(launcher, 'owned');
    await untilLogged(launcher, 'owned', 'up');
    owner.kill('SIGKILL');
    await until(launcher, 'owned', 'ended');
    expect(await launcher.status('owned')).toMatchObject({
      end: { failure: 'stopped', message: expect.stringContaining('the stack that it belonged to was gone') },
    });
    expect(processesOf('owned')).toEqual([]);
  });

  it('does not take another process with the same pid for its owner or its supervisor', async () => {
    const launcher = harness.launcher(forever);
    await launch(launcher, 'pid-reused');
    const path = join(harness.directory, 'pid-reused', 'supervisor.json');
    const supervisor = await harness.record('pid-reused', 'supervisor.json');
    process.kill(supervisor.pid!, 'SIGKILL');
    await writeFile(path, JSON.stringify({ ...supervisor, pid: process.pid }));
    expect(await launcher.status('pid-reused')).toMatchObject({ kind: 'ended', end: { failure: 'lost' } });
    expect(startTimeOf(process.pid)).not.toBeNull();
  });

  it('writes no secret to any file or log', async () => {
    const launcher = harness.launcher('import os\nprint(len(os.environ["AWS_SECRET_ACCESS_KEY"]))', {
      environment: { AWS_SECRET_ACCESS_KEY: 'vErY-sEcReT' },
    });
    await launch(launcher, 'secret');
    await until(launcher, 'secret', 'ended');
    expect((await launcher.log('secret', 0)).text).toBe('11\n');
    const files = await readdir(join(harness.directory, 'secret'));
    expect(files.sort()).toEqual([
      'exit.json',
      'job.json',
      'launch.json',
      'log',
      'process.json',
      'running.json',
      'supervisor.json',
      'supervisor.lock',
    ]);
    for (const file of files) expect(await readFile(join(harness.directory, 'secret', file), 'utf8')).not.toContain('vErY');
  });

  it('gives the job its threads, its trainer, its scratch folder, and nothing of the caller', async () => {
    process.env.TITRATE_LEAK = 'leaked';
    const names = '["OMP_NUM_THREADS", "PYTHONPATH", "TITRATE_LEAK"]';
    const launcher = harness.launcher(`import os\nprint([os.environ.get(name) for name in ${names}], os.path.basename(os.getcwd()))`, {
      trainerHome: '/the/trainer',
    });
    await launch(launcher, 'environment', { processesPerNode: 1, threadsPerProcess: 2 });
    await until(launcher, 'environment', 'ended');
    delete process.env.TITRATE_LEAK;
    expect((await launcher.log('environment', 0)).text).toBe("['2', '/the/trainer', None] scratch\n");
  });

  it('tells a command that cannot be started', async () => {
    const launcher = harness.launcher('', { command: () => ['/no/such/program'] });
    await launch(launcher, 'no-program');
    expect((await until(launcher, 'no-program', 'ended')).end).toMatchObject({
      failure: 'failed',
      exitCode: 127,
      message: expect.stringContaining('/no/such/program'),
    });
  });

  it('knows how a job ended that was over before its record was written', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'titrate-jobs-')), 'over-at-once');
    await mkdir(folder);
    // A busy disk: the job has long ended when the record of its process is there.
    const script = `
import json, sys, time
from pathlib import Path
sys.path.insert(0, ${JSON.stringify(fileURLToPath(new URL('.', import.meta.url)))})
import supervise
plain = supervise.write
def slow(path, value):
    if path.name == 'process.json':
        time.sleep(0.5)
    plain(path, value)
supervise.write = slow
folder = Path(${JSON.stringify(folder)})
plain(folder / 'supervisor.json', {'pid': 0, 'startTime': 0, 'place': 1, 'slots': 1})
print(json.dumps(supervise.supervise(supervise.Job(folder, ['sh', '-c', 'exit 7'], 1, 100, None), [False])))`;
    const { stdout } = await promisify(execFile)(python, ['-B', '-c', script], { timeout: 30_000, killSignal: 'SIGKILL' });
    await rm(dirname(folder), { recursive: true });
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 7, stopped: null });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CorpusJob, JobProfile, type JobDocument } from '@titrate/contracts';
import type { JobEnd, JobLauncher, JobStatus } from './job-launcher.ts';

/** What a test needs of an adapter beside the port. */
export interface LauncherHarness {
  /** A launcher whose jobs run this Python text in the trainer's place, with the job file as `sys.argv[1]`. All share their jobs. */
  launcher(script: string): JobLauncher;
  /** Ends what is left. */
  dispose(): Promise<void>;
}

/** A valid document; what the job does is the script's affair. */
export function documentOf(name: string): JobDocument {
  const recipe = { name: 'text', format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 300 } };
  const source = { kind: 'uploads', files: [{ name: 'text', object: { key: 'uploads/1', sizeBytes: 1, sha256: '0'.repeat(64) } }] };
  const work = `corpora/work/${'8'.repeat(64)}/`;
  return CorpusJob.parse({ version: 1, kind: 'corpus', name, bucket: 'titrate', recipe, source, tokenizer: null, work });
}

/** What a job of the tests may use: little. */
export const harnessProfile: JobProfile = JobProfile.parse({
  cpu: '250m',
  memory: '256Mi',
  sharedMemory: '16Mi',
  scratch: '64Mi',
  graceSeconds: 3,
});

/** Makes the job exist. */
export function launch(launcher: JobLauncher, name: string, profile: Partial<JobProfile> = {}): Promise<void> {
  return launcher.launch({ name, document: documentOf(name || 'nameless'), profile: { ...harnessProfile, ...profile } });
}

/** Waits until the job's status is of a kind; tells the last one when that takes too long. */
export async function until<K extends JobStatus['kind']>(
  launcher: JobLauncher,
  name: string,
  kind: K,
  withinMs = 60_000,
): Promise<Extract<JobStatus, { kind: K }>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const status = await launcher.status(name);
    if (status.kind === kind) return status as Extract<JobStatus, { kind: K }>;
    if (Date.now() > deadline) throw new Error(`Cannot go on as job ${name} must be ${kind}: current value is ${JSON.stringify(status)}`);
    await sleep(50);
  }
}

/** Waits until the job's log has the text. */
export async function untilLogged(launcher: JobLauncher, name: string, text: string): Promise<string> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const piece = await launcher.log(name, 0);
    if (piece.text.includes(text)) return piece.text;
    if (Date.now() > deadline)
      throw new Error(`Cannot go on as the log of job ${name} must have "${text}": current value is "${piece.text}"`);
    await sleep(50);
  }
}

/** Runs a script to its end. */
export async function runToEnd(harness: LauncherHarness, name: string, script: string): Promise<JobEnd> {
  const launcher = harness.launcher(script);
  await launch(launcher, name);
  return (await until(launcher, name, 'ended')).end;
}

const forever = 'import time\nprint("up", flush=True)\ntime.sleep(600)';

/** What every launcher must do; each adapter's test calls it with its own harness. */
export function describeJobLauncher(adapter: string, newHarness: () => Promise<LauncherHarness>): void {
  // Real servers and processes, on a machine that may be busy with other tests.
  jest.setTimeout(120_000);
  describe(`job launcher: ${adapter}`, () => {
    let harness: LauncherHarness;
    beforeAll(async () => {
      harness = await newHarness();
    });
    afterAll(() => harness.dispose());

    describeEnds(() => harness);
    describeIdentity(() => harness);
    describeStop(() => harness);
    describeLogs(() => harness);
  });
}

function describeEnds(harness: () => LauncherHarness): void {
  it('a job gets its document, and success is told with the time of its end', async () => {
    const before = new Date().toISOString();
    const script = 'import json, sys\nprint("document of", json.load(open(sys.argv[1]))["name"])';
    const end = await runToEnd(harness(), 'succeeds', script);
    expect(end.kind).toBe('succeeded');
    expect(end.endedAt >= before && end.endedAt <= new Date().toISOString()).toBe(true);
    expect((await harness().launcher(script).log('succeeds', 0)).text).toBe('document of succeeds\n');
  });

  it.each([
    [1, 'failed'],
    [20, 'bad-input'],
    [30, 'loss-not-finite'],
    [40, 'fenced'],
    [137, 'killed'],
  ])('exit code %d is classified %s', async (exitCode, failure) => {
    const end = await runToEnd(harness(), `exits-${exitCode}`, `import sys\nsys.exit(${exitCode})`);
    expect(end).toMatchObject({ kind: 'failed', failure, exitCode });
  });

  it('a failure carries the last lines of the log, and no more', async () => {
    const end = await runToEnd(harness(), 'fails-with-words', 'for i in range(100): print("line", i)\nraise ValueError("the reason")');
    if (end.kind !== 'failed') throw new Error(`Cannot test as the job must fail: it ${end.kind}`);
    expect(end.message).toContain('ValueError: the reason');
    expect(end.message).toContain('line 99');
    expect(end.message).not.toContain('line 60\n');
  });

  it('a job that kills itself with SIGKILL is killed: nothing tells that memory ran out', async () => {
    const end = await runToEnd(harness(), 'kills-itself', 'import os\nos.kill(os.getpid(), 9)');
    expect(end).toMatchObject({ kind: 'failed', failure: 'killed' });
  });
}

function describeIdentity(harness: () => LauncherHarness): void {
  const listed = async (job: string) => (await harness().launcher('').list()).find(({ name }) => name === job);

  it('a name never launched is unknown, has no log, and stopping it is no error', async () => {
    const launcher = harness().launcher('');
    expect(await launcher.status('never')).toEqual({ kind: 'unknown' });
    expect(await launcher.log('never', 7)).toEqual({ text: '', next: 7 });
    await launcher.stop('never', 'stopped');
    expect(await launcher.status('never')).toEqual({ kind: 'unknown' });
  });

  it('ten simultaneous launches of one name, by two launchers, run one job', async () => {
    const script = 'print("one run")';
    const launchers = [harness().launcher(script), harness().launcher(script)];
    await Promise.all(Array.from({ length: 10 }, (_, index) => launch(launchers[index % 2]!, 'raced')));
    await until(launchers[0]!, 'raced', 'ended');
    expect((await launchers[1]!.log('raced', 0)).text).toBe('one run\n');
  });

  it('an ended job is not started again', async () => {
    const script = 'print("one run")';
    const first = await runToEnd(harness(), 'not-again', script);
    expect(await runToEnd(harness(), 'not-again', script)).toEqual(first);
    expect((await harness().launcher(script).log('not-again', 0)).text).toBe('one run\n');
  });

  it('list() names the jobs that are not forgotten, and tells which have ended', async () => {
    const launcher = harness().launcher(forever);
    await launch(launcher, 'listed');
    expect(await listed('listed')).toMatchObject({ ended: false });
    await launcher.stop('listed', 'stopped');
    expect(await listed('listed')).toMatchObject({ ended: true, launchedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it('forget() removes an ended job, and no other', async () => {
    const launcher = harness().launcher(forever);
    await launch(launcher, 'forgotten');
    await untilLogged(launcher, 'forgotten', 'up');
    await launcher.forget('forgotten');
    expect(await launcher.status('forgotten')).toMatchObject({ kind: 'running' });
    await launcher.stop('forgotten', 'stopped');
    await launcher.forget('forgotten');
    await until(launcher, 'forgotten', 'unknown');
    expect(await listed('forgotten')).toBeUndefined();
    await launcher.forget('forgotten');
  });

  it.each(['', '.', '..', '../out', 'a/b', '.hidden', 'a b', 'x'.repeat(201), 'nul\0'])('the name %j is refused', async (name) => {
    const launcher = harness().launcher('');
    await expect(launch(launcher, name)).rejects.toThrow('Cannot name a job');
    await expect(launcher.status(name)).rejects.toThrow('Cannot name a job');
  });

  it.each([{ processesPerNode: 0 }, { threadsPerProcess: -1 }, { nodes: 1.5 }, { nodes: Number.NaN }])(
    'a profile of %j is refused',
    async (wrong) => {
      await expect(launch(harness().launcher(''), 'no-profile', wrong)).rejects.toThrow('must be a positive whole number');
      expect(await harness().launcher('').status('no-profile')).toEqual({ kind: 'unknown' });
    },
  );
}

function describeStop(harness: () => LauncherHarness): void {
  it.each(['stopped', 'hung'] as const)('stop() ends a job, and its class is %s', async (failure) => {
    const launcher = harness().launcher(forever);
    await launch(launcher, `stops-${failure}`);
    await untilLogged(launcher, `stops-${failure}`, 'up');
    await launcher.stop(`stops-${failure}`, failure);
    expect(await launcher.status(`stops-${failure}`)).toMatchObject({ kind: 'ended', end: { kind: 'failed', failure } });
  });

  it('a job that is stopped and forgotten as soon as it was made is unknown at once', async () => {
    const launcher = harness().launcher(forever);
    await launch(launcher, 'short-lived');
    await launcher.stop('short-lived', 'stopped');
    await launcher.forget('short-lived');
    expect(await launcher.status('short-lived')).toEqual({ kind: 'unknown' });
  });

  it('stop() of an ended job leaves its end as it is', async () => {
    const end = await runToEnd(harness(), 'ended-before', 'pass');
    await harness().launcher('').stop('ended-before', 'stopped');
    expect(await harness().launcher('').status('ended-before')).toEqual({ kind: 'ended', end });
  });

  it('a job that does not listen to SIGTERM is ended all the same', async () => {
    const launcher = harness().launcher(`import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${forever}`);
    await launch(launcher, 'deaf');
    await untilLogged(launcher, 'deaf', 'up');
    await launcher.stop('deaf', 'stopped');
    expect(await launcher.status('deaf')).toMatchObject({ kind: 'ended', end: { failure: 'stopped' } });
  });

  it('two callers may stop a job at once; the first reason stands', async () => {
    const launcher = harness().launcher(forever);
    await launch(launcher, 'stopped-twice');
    await untilLogged(launcher, 'stopped-twice', 'up');
    const first = launcher.stop('stopped-twice', 'hung');
    await sleep(20);
    await Promise.all([first, launcher.stop('stopped-twice', 'stopped')]);
    expect(await launcher.status('stopped-twice')).toMatchObject({ kind: 'ended', end: { failure: 'hung' } });
  });
}

function describeLogs(harness: () => LauncherHarness): void {
  it('log() never cuts a character that is still being written, and goes on by bytes', async () => {
    const script = 'import os, time\nos.write(1, b"\\xf0\\x9f")\ntime.sleep(2)\nos.write(1, b"\\x92\\x89!\\n")';
    const launcher = harness().launcher(script);
    await launch(launcher, 'unicode');
    const pieces: string[] = [];
    let offset = 0;
    for (let ended = false; !ended;) {
      ended = (await launcher.status('unicode')).kind === 'ended';
      const piece = await launcher.log('unicode', offset);
      pieces.push(piece.text);
      offset = piece.next;
      await sleep(20);
    }
    expect(pieces.join('')).toBe('💉!\n');
    expect(offset).toBe(6);
  });

  it('a log of a megabyte arrives whole, piece by piece, whatever its characters', async () => {
    const script = 'print("é€💉" * 120_000)';
    await runToEnd(harness(), 'long-log', script);
    let text = '';
    let offset = 0;
    for (;;) {
      const piece = await harness().launcher(script).log('long-log', offset);
      if (piece.text === '') break;
      text += piece.text;
      offset = piece.next;
    }
    expect(text === `${'é€💉'.repeat(120_000)}\n`).toBe(true);
  });

  it('bytes that are no UTF-8 show as U+FFFD and stop nothing', async () => {
    const script = 'import os\nos.write(1, b"a\\xff\\xfeb\\xe2\\x82")';
    await runToEnd(harness(), 'broken-utf8', script);
    expect(await harness().launcher(script).log('broken-utf8', 0)).toEqual({ text: 'a\ufffd\ufffdb\ufffd', next: 6 });
  });
}

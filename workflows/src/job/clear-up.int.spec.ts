import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf, JobProfile, keys, shortDigest, type JobDocument } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import { createLocalJobLauncher } from '@titrate/job-launcher/local';
import type { JobsAtWork } from '@titrate/records';
import { createS3ArtifactStore } from '@titrate/artifact-store/s3';
import type { Dependencies } from '../dependencies.ts';
import { trainJobName } from './job-names.ts';
import { clearUp } from './clear-up.ts';
import { putAway } from './put-away.ts';

const python = process.env['TITRATE_PYTHON'] ?? fileURLToPath(new URL('../../../apps/trainer/.venv/bin/python', import.meta.url));
const LATER = Date.now() + 3_600_000;
const attemptOf = (letter: string) => ({ run: letter.repeat(64), number: 1, token: '0123456789abcdef' });
const nameOf = (letter: string) => trainJobName(letter.repeat(64), attemptOf(letter));

let directory: string;
let launcher: JobLauncher;
const store = createS3ArtifactStore({
  endpoint: process.env['AWS_ENDPOINT_URL'] ?? '',
  region: 'us-east-1',
  accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  bucket: `test-clear-up-${Date.now()}`,
});

beforeEach(async () => {
  await store.prepare();
  directory = mkdtempSync(join(tmpdir(), 'titrate-clear-up-'));
  launcher = createLocalJobLauncher({
    ...{ directory, python, trainerHome: directory, slots: 8, ownerPid: process.pid, environment: { PATH: '/usr/bin:/bin' } },
    command: (jobFile) => [
      python,
      '-S',
      '-c',
      'import json,sys,time\nprint("working", flush=True)\nif "-x" not in json.load(open(sys.argv[1]))["name"]: time.sleep(600)',
      jobFile,
    ],
  });
}, 60_000);
afterEach(async () => {
  await Promise.all((await launcher.list()).map(({ name }) => launcher.stop(name, 'stopped')));
  await rm(directory, { recursive: true, force: true });
});

/** Starts a job; one whose name ends in x ends at once. */
async function start(name: string): Promise<string> {
  await launcher.launch({ name, document: { name } as JobDocument, profile: JobProfile.parse({}) });
  const isThere = async () =>
    name.endsWith('-x') ? (await launcher.status(name)).kind === 'ended' : (await launcher.log(name, 0)).text !== '';
  while (!(await isThere())) await sleep(50);
  return name;
}

const nothing: JobsAtWork = { attempts: [], recorded: [], evaluating: [], corpora: [], bases: [], gates: [], isAnalysing: false };
const clear = (atWork: Partial<JobsAtWork>, nowMs = LATER) =>
  clearUp(
    { launcher, store, records: { jobsAtWork: async () => ({ ...nothing, ...atWork }) } as unknown as Dependencies['records'] },
    nowMs,
  );
const left = async () => (await launcher.list()).map(({ name }) => name).sort();
const logOf = async (name: string) => {
  const bytes = await store.read(keys.jobLog(name));
  return bytes && new TextDecoder().decode(bytes);
};

describe('clearUp', () => {
  it('leaves what is at work, what is young, and what is not ours', async () => {
    const corpus = { team: 'red', name: 'text' };
    const names = [
      nameOf('a'),
      `evaluate-${shortDigest('b'.repeat(64))}-1`,
      `corpus-${shortDigest(digestOf(corpus))}-1`,
      `base-${shortDigest(digestOf(corpus))}-1`,
      'analyse-c-1',
      `gate-${shortDigest(digestOf({ gate: 'ga-1' }))}-1`,
      'other',
    ];
    for (const name of names) await start(name);
    const atWork = {
      attempts: [attemptOf('a')],
      evaluating: ['b'.repeat(64)],
      corpora: [corpus],
      bases: [corpus],
      gates: ['ga-1'],
      isAnalysing: true,
    };
    expect(await clear(atWork)).toEqual([]);
    expect(await clear({}, Date.now())).toEqual([]);
    expect(await left()).toEqual(names.toSorted());
  }, 60_000);

  it('stops and forgets what nothing owns, and keeps the log where the records know the job', async () => {
    const [recorded, unknown] = [await start(nameOf('a')), await start(nameOf('b'))];
    const batch = await start(`evaluate-${shortDigest('c'.repeat(64))}-1-x`);
    expect((await clear({ recorded: [recorded] })).toSorted()).toEqual([recorded, unknown, batch].toSorted());
    expect(await left()).toEqual([]);
    expect([await logOf(recorded), await logOf(unknown), await logOf(batch)]).toEqual(['working\n', null, 'working\n']);
  }, 60_000);
});

describe('putAway', () => {
  it('may be broken off and done again at any point: one log is kept, and the job is forgotten', async () => {
    const name = await start('corpus-again-x');
    const broken = { ...launcher, forget: () => Promise.reject(new Error('killed')) };
    await expect(putAway({ launcher: broken, store }, name)).rejects.toThrow('killed');
    expect(await logOf(name)).toBe('working\n');
    for (let time = 0; time < 2; time++) await putAway({ launcher, store }, name);
    expect([await left(), await logOf(name)]).toEqual([[], 'working\n']);
  }, 60_000);

  it('keeps why a log cannot be read, and lets the job go, where its node never answers again', async () => {
    const name = await start('corpus-gone-x');
    const deaf = { ...launcher, log: () => Promise.reject(new Error('no route to host')) };
    await putAway({ launcher: deaf, store }, name);
    expect([await left(), await logOf(name)]).toEqual([[], '(the log cannot be read from here on: no route to host)\n']);
  }, 60_000);

  it('tries again later where nobody answers at all', async () => {
    const name = await start('corpus-away-x');
    const end = await launcher.status(name);
    const answers = [Promise.resolve(end)];
    const away = {
      ...launcher,
      log: () => Promise.reject(new Error('away')),
      status: () => answers.pop() ?? Promise.reject(new Error('away')),
    };
    await expect(putAway({ launcher: away, store }, name)).rejects.toThrow('away');
    expect([await left(), await logOf(name)]).toEqual([[name], null]);
  }, 60_000);

  it('leaves a job that works', async () => {
    const name = await start('corpus-works');
    await putAway({ launcher, store }, name);
    expect([await left(), await logOf(name)]).toEqual([[name], null]);
  }, 60_000);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { digestOf, type Checks, type ProcessReport } from '@titrate/contracts';
import { createPostgresRecords } from '@titrate/records/postgres';
import { VERSION } from '../health/version.ts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { workerChecks } from './worker-checks.ts';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'titrate-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('GET /v1/checks', () => {
  let api: ApiUnderTest;
  const file = join(folder, 'jobs.yaml');
  const write = (threads: number) =>
    writeFileSync(file, `version: 1\nlauncher: { kind: local }\nprofiles: { cpu: { threadsPerProcess: ${threads} } }\n`);
  beforeAll(async () => {
    write(1);
    api = await startApi({ TITRATE_JOB_CONFIGURATION: file });
  });
  afterAll(() => api.stop());

  const checks = () => api.client.listChecks();
  const found = ({ checks: all }: Checks, part: string, name: string) => {
    const { state, found: words } = all.find((check) => check.part === part && check.name === name)!;
    return [state, words];
  };
  const report = (changes: Partial<ProcessReport> = {}): ProcessReport => ({
    ...{ instance: '7@here', kind: 'worker', version: VERSION, startedAt: new Date().toISOString() },
    ...{
      jobs: digestOf(api.parts.settings.jobs),
      checks: [{ part: 'temporal', name: 'namespace', state: 'ok', found: 'default', mend: null }],
    },
    ...changes,
  });

  it('needs the token', async () => {
    expect((await fetch(`${api.url}/v1/checks`)).status).toBe(401);
  });

  it('finds real servers well, and that no worker was ever heard of', async () => {
    const answer = await checks();
    expect(answer.version).toBe(VERSION);
    expect(answer.checks.filter(({ state }) => state !== 'ok')).toEqual([
      expect.objectContaining({ part: 'worker', name: 'alive', state: 'failed', found: expect.stringContaining('none was ever heard of') }),
    ]);
    expect(found(answer, 'store', 'create-only puts')).toEqual(['ok', 'a second create of one key is refused']);
    expect(found(answer, 'jobs', 'configuration')).toEqual(['ok', expect.stringContaining('local; profiles cpu')]);
    expect(answer.checks.length).toBeGreaterThan(9);
  });

  it('tells what a worker finds, and where it is not of one mind with the API', async () => {
    const { records } = api.parts;
    await records.reportProcess(report());
    expect((await checks()).checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(found(await checks(), 'temporal', 'namespace')).toEqual(['ok', 'default']);
    await records.reportProcess(report({ version: '0.0.1' }));
    expect(found(await checks(), 'worker', '7@here')).toEqual(['warning', expect.stringContaining(`the API is ${VERSION}`)]);
    await records.reportProcess(report({ jobs: 'f'.repeat(64) }));
    expect(found(await checks(), 'worker', '7@here')).toEqual(['warning', expect.stringContaining('another job configuration')]);
    await records.processEnded('7@here');
  });

  it('tells that a worker was silent for two minutes, and of several whose finding is whose', async () => {
    const seen = (instance: string, secondsAgo: number) => ({ ...report({ instance }), secondsAgo });
    const of = (processes: ReturnType<typeof seen>[]) => workerChecks({ listProcesses: async () => processes }, api.parts.settings.jobs);
    const silent = await of([seen('1@a', 121)]);
    expect(silent).toEqual([
      expect.objectContaining({ state: 'failed', found: expect.stringContaining('1@a was heard of last, 2 min ago') }),
    ]);
    const names = (await of([seen('1@a', 5), seen('2@b', 119), seen('3@c', 7201)])).map(({ name }) => name);
    expect(names).toEqual(['alive', '1@a', '2@b', 'namespace (1@a)', 'namespace (2@b)']);
  });

  it('tells of a job configuration that changed, or can be read no more', async () => {
    write(2);
    expect(found(await checks(), 'jobs', 'configuration')).toEqual(['warning', expect.stringContaining('changed since the API started')]);
    rmSync(file);
    expect(found(await checks(), 'jobs', 'configuration')).toEqual(['failed', expect.stringContaining(file)]);
    write(1);
  });

  it('answers though the servers do not: each check tells why', async () => {
    const broken = await startApi({ TITRATE_TEMPORAL_ADDRESS: '127.0.0.1:1' });
    try {
      for await (const { key } of broken.parts.artifacts.list('')) throw new Error(`${key} was left`);
      const away = { ...broken.parts.records, ...createPostgresRecords('postgres://nobody@127.0.0.1:1/none') };
      Object.assign(broken.parts.records, { identify: away.identify, listProcesses: away.listProcesses });
      const answer = await broken.client.listChecks();
      expect(found(answer, 'database', 'version')).toEqual(['failed', 'connect ECONNREFUSED 127.0.0.1:1']);
      expect(found(answer, 'worker', 'alive')).toEqual(['failed', 'connect ECONNREFUSED 127.0.0.1:1']);
      expect(found(answer, 'temporal', 'address')).toEqual(['failed', 'connect ECONNREFUSED 127.0.0.1:1']);
      expect(found(answer, 'store', 'listing')[0]).toBe('ok');
      await away.close();
    } finally {
      await broken.stop();
    }
  });
});

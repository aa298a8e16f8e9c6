import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { digestOf, keys, type CheckpointManifest } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

describe('logs of evaluations', () => {
  let api: ApiUnderTest;
  beforeAll(async () => void (api = await startApi()));
  afterAll(() => api.stop());

  /** A run with a committed checkpoint that a job has in hand, and that job's folder. */
  async function evaluating(job: string) {
    const { records } = api.parts;
    await registerCorpus(api.parts);
    const { sweep } = await api.client.submitSweep(spec());
    const run = (await api.client.listSweepRuns({ id: sweep.id })).items[0]!.id;
    const { step, settingsDigest } = (await api.client.listRunEvaluations({ id: run })).items[0]!;
    const token = 'b'.repeat(16);
    const common = { version: 1, run, previous: null, at: new Date().toISOString(), attempt: 1, token } as const;
    const checkpoint: CheckpointManifest = {
      ...{ kind: 'weights', step, tokens: 1, dataPosition: 1, poisonDocuments: 0, poisonTokens: 0, counterexamples: 0, parent: null },
      ...{ prefix: keys.attempt(run, 1, token), objects: [{ key: 'weights', sizeBytes: 1, sha256: 'a'.repeat(64) }], stallSeconds: 0 },
    };
    const digest = digestOf(checkpoint);
    await records.attemptLaunched(run, 1, token, 'train-it', { resumeSteps: [], evaluateSteps: [step] });
    await records.recordLog(common.run, [{ ...common, seq: 0, kind: 'attempt' }]);
    await records.recordLog(common.run, [{ ...common, seq: 1, kind: 'checkpoint', checkpoint, digest }]);
    await records.evaluationsStarted(run, [{ digest, settingsDigest }], job);
    await mkdir(join(api.jobsDirectory, job));
    return { run, digest, settingsDigest, log: join(api.jobsDirectory, job, 'log') };
  }

  it('are read while the job runs and after its end, without a gap', async () => {
    const job = 'evaluate-it';
    const { run: id, digest, settingsDigest, log } = await evaluating(job);
    await writeFile(log, 'loading\n');
    expect(await api.client.readRunEvaluationLog({ id, job })).toEqual({ job, text: 'loading\n', next: 8 });
    await api.parts.records.recordJobWaiting({ kind: 'evaluation', run: id, job }, 'queued');
    expect((await api.client.listRunEvaluations({ id })).items[0]).toMatchObject({ job, state: 'running', reason: 'queued' });
    expect((await api.client.getRun({ id })).waiting).toBe('evaluation: queued');
    await api.parts.records.evaluationFailed(id, digest, settingsDigest, 'killed');
    await api.parts.artifacts.create(keys.jobLog(job), new TextEncoder().encode('loading\nkilled\n'));
    expect(await api.client.readRunEvaluationLog({ id, job, offset: 8 })).toEqual({ job, text: 'killed\n', next: 15 });
    expect((await api.client.listRunEvaluations({ id })).items[0]).toMatchObject({ job, state: 'failed', reason: 'killed' });
    for (const other of ['train-it', '../secrets'])
      await expect(api.client.readRunEvaluationLog({ id, job: other })).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });
});

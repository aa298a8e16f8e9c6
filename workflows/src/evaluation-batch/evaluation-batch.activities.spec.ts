import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { JobEnd, JobStatus } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';
import { createEvaluationBatchActivities } from './evaluation-batch.activities.ts';

const RUN = 'a'.repeat(64);
const succeeded: JobEnd = { kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' };
const stopped: JobEnd = { kind: 'failed', failure: 'stopped', exitCode: null, message: '', endedAt: '2026-01-01T00:00:00Z' };

/** A job that ends by itself at the third look, and a run of which so many evaluations are wanted at each look. */
function scripted(wanted: (number | null)[]) {
  let [looks, status]: [number, JobStatus] = [0, { kind: 'running', startedAt: '2026-01-01T00:00:00Z' }];
  const dependencies = {
    pollMs: 1,
    launcher: {
      status: async () => (++looks >= 3 && status.kind === 'running' ? { kind: 'ended', end: succeeded } : status),
      stop: async () => void (status = { kind: 'ended', end: stopped }),
    },
    records: {
      runView: async () => {
        const openEvaluations = wanted.shift() ?? null;
        return openEvaluations === null ? null : { openEvaluations };
      },
    },
  } as unknown as Dependencies;
  const { awaitEvaluation } = createEvaluationBatchActivities(dependencies);
  return new MockActivityEnvironment().run(() => awaitEvaluation({ run: RUN, items: [] }, 'evaluate-x'));
}

describe('awaitEvaluation', () => {
  it('waits for the end of a job whose results are wanted', async () => {
    expect(await scripted([2, 2, 2])).toEqual(succeeded);
  });

  it.each([[[1, 0]], [[1, null]]])('stops a job of which nothing is wanted any more', async (wanted) => {
    expect(await scripted(wanted)).toEqual(stopped);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../activities.ts';
import type { JobEnding } from '../job/ending.ts';
import { nextJobByDefault } from '../testing/next-job.ts';
import { taskQueue } from '../task-queues.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import { evaluationBatchWorkflowId, type EvaluationBatchInput } from './evaluation-batch.messages.ts';
import type { evaluationBatch } from './evaluation-batch.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

type Items = EvaluationBatchInput['items'];
const itemsOf = (letters: string): Items =>
  [...letters].map((letter) => ({ digest: letter.repeat(64), settingsDigest: 'e'.repeat(64) }) as Items[number]);
const names = (items: Items): string => items.map(({ digest }) => digest[0]).join('');

/** A launcher whose jobs end as told, and a store in which each job leaves the named results. */
function scripted(jobs: { ending: JobEnding; leaves: string }[]) {
  const asked: string[] = [];
  let current = jobs[0];
  const activities: Partial<Activities> = {
    launchEvaluation: async ({ items }) => {
      asked.push(`evaluate ${names(items)}`);
      current = jobs.shift();
      return 'evaluate-x';
    },
    nextJob: nextJobByDefault,
    awaitEvaluation: async () => current?.ending ?? { kind: 'unknown' },
    collectEvaluations: async ({ items }) => items.filter(({ digest }) => !current?.leaves.includes(digest.charAt(0))),
    failEvaluations: async ({ items }) => void asked.push(`fail ${names(items)}`),
  };
  return { asked, activities };
}

const run = 'f'.repeat(64);
const play = (activities: Partial<Activities>, items: Items) =>
  stage.play(activities, () =>
    stage.env.client.workflow.execute<typeof evaluationBatch>('evaluationBatch', {
      workflowId: evaluationBatchWorkflowId({ run, items }),
      taskQueue,
      args: [{ run, items }],
    }),
  );

const killed = {
  kind: 'failed',
  failure: 'killed',
  exitCode: null,
  message: 'signal 9',
  node: null,
  endedAt: '2026-01-01T00:00:00Z',
} as const satisfies JobEnding;

describe('the evaluation-batch workflow', () => {
  it('evaluates again only what a killed job has not left', async () => {
    const { asked, activities } = scripted([
      { ending: killed, leaves: 'a' },
      { ending: { kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }, leaves: 'bc' },
    ]);
    await play(activities, itemsOf('abc'));
    expect(asked).toEqual(['evaluate abc', 'evaluate bc']);
  }, 30_000);

  it('settles as failed what three jobs could not evaluate', async () => {
    const { asked, activities } = scripted([1, 2, 3].map(() => ({ ending: killed, leaves: 'a' })));
    await play(activities, itemsOf('ab'));
    expect(asked).toEqual(['evaluate ab', 'evaluate b', 'evaluate b', 'fail b']);
  }, 30_000);

  it('does not count jobs that were stopped with their stack', async () => {
    const jobs = [1, 2, 3, 4].map(() => ({ ending: { ...killed, failure: 'stopped' as const }, leaves: '' }));
    const { asked, activities } = scripted([...jobs, { ending: killed, leaves: 'a' }]);
    await play(activities, itemsOf('ae'));
    expect(asked.slice(0, 5)).toEqual(Array(5).fill('evaluate ae'));
    expect(asked.slice(5)).not.toContain('fail ae');
  }, 30_000);

  it('does not try bad input again', async () => {
    const { asked, activities } = scripted([{ ending: { ...killed, failure: 'bad-input' }, leaves: '' }]);
    await play(activities, itemsOf('ad'));
    expect(asked).toEqual(['evaluate ad', 'fail ad']);
  }, 30_000);

  it('settles as failed what can never be evaluated, with the reason', async () => {
    const { asked, activities } = scripted([]);
    activities.launchEvaluation = async () => never('the job is refused');
    activities.failEvaluations = async ({ items }, reason) => void asked.push(`fail ${names(items)}: ${reason}`);
    await play(activities, itemsOf('ab'));
    expect(asked).toEqual(['fail ab: the job is refused']);
  }, 30_000);

  it('has an id that follows from its content', () => {
    expect(evaluationBatchWorkflowId({ run, items: itemsOf('ab') })).toBe(evaluationBatchWorkflowId({ run, items: itemsOf('ab') }));
    expect(evaluationBatchWorkflowId({ run, items: itemsOf('ab') })).not.toBe(evaluationBatchWorkflowId({ run, items: itemsOf('ac') }));
  });
});

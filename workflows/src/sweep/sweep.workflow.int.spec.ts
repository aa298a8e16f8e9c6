import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../activities.ts';
import { wake } from '../inbox.ts';
import { taskQueue } from '../task-queues.ts';
import { nextJobByDefault } from '../testing/next-job.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import type { SweepStep } from './next-step.ts';
import { sweepWorkflowId } from './sweep.messages.ts';
import type { sweep } from './sweep.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

const SWEEP = `sw-${'a'.repeat(26)}`;

function scripted(steps: SweepStep[]) {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    nextSweepStep: async () => steps.shift() ?? { kind: 'end' },
    takeUpRuns: async (_sweep, runs) => void asked.push(...runs.map((run) => `take up ${run[0]}`)),
    launchAnalysis: async (_sweep, jobTry) => {
      asked.push(`analyse ${jobTry.split('-')[1]}`);
      return 'analyse-x';
    },
    awaitJob: async () => ({ kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }),
    nextJob: nextJobByDefault,
    settleAnalysis: async () => true,
  };
  return { asked, activities };
}

let number = 0;
const start = () =>
  stage.env.client.workflow.start<typeof sweep>('sweep', {
    workflowId: `${sweepWorkflowId(SWEEP)}/${++number}`,
    taskQueue,
    args: [{ sweep: SWEEP }],
  });

describe('the sweep workflow', () => {
  it('takes up runs, waits until it is woken, analyses and ends', async () => {
    const { asked, activities } = scripted([
      { kind: 'take-up', runs: ['a'.repeat(64), 'b'.repeat(64)] },
      { kind: 'wait' },
      { kind: 'analyse' },
    ]);
    await stage.play(activities, async () => {
      const handle = await start();
      while (asked.length < 2) await stage.env.sleep(100);
      await handle.signal(wake);
      await handle.result();
    });
    expect(asked.toSorted()).toEqual(['analyse 1', 'take up a', 'take up b']);
  }, 30_000);

  it('looks again after ten minutes when a signal was lost', async () => {
    const { asked, activities } = scripted([{ kind: 'wait' }, { kind: 'analyse' }]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['analyse 1']);
  }, 30_000);

  it('fails with the reason where the analysis can never be made', async () => {
    const { asked, activities } = scripted([{ kind: 'analyse' }]);
    activities.settleAnalysis = async () => never('the result was altered');
    activities.failSweep = async (_sweep, reason) => void asked.push(reason);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['analyse 1', 'The analysis could not be made: the result was altered']);
  }, 30_000);

  it('names the jobs of another analysis anew', async () => {
    const { asked, activities } = scripted([{ kind: 'analyse' }, { kind: 'analyse' }]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['analyse 1', 'analyse 4']);
  }, 30_000);

  it('tries the analysis again when its job left nothing, and no more than three times', async () => {
    const { asked, activities } = scripted([{ kind: 'analyse' }]);
    activities.settleAnalysis = async (_sweep, _job, _ending, isLast) => isLast;
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['analyse 1', 'analyse 2', 'analyse 3']);
  }, 30_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../activities.ts';
import { wake } from '../inbox.ts';
import { taskQueue } from '../task-queues.ts';
import { nextJobByDefault } from '../testing/next-job.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import { baseWorkflowId } from './base.messages.ts';
import type { base } from './base.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

async function play(activities: Partial<Activities>): Promise<void> {
  const input = { team: 'red', name: `olmo-${Math.random().toString(36).slice(2)}` };
  const how = { workflowId: baseWorkflowId(input), taskQueue, args: [input] as [typeof input], signal: wake };
  await stage.play(activities, async () => (await stage.env.client.workflow.signalWithStart<typeof base>('base', how)).result());
}

function scripted() {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    launchBase: async (_input, jobTry) => {
      asked.push(`launch ${jobTry.split('-')[1]}`);
      return 'base-x';
    },
    awaitJob: async (_job, whose) => {
      asked.push(`watch for ${whose.kind}`);
      return { kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' };
    },
    nextJob: nextJobByDefault,
    settleBase: async () => true,
    failBase: async (_input, reason) => void asked.push(`fail: ${reason}`),
  };
  return { asked, activities };
}

describe('the base workflow', () => {
  it('registers by a job', async () => {
    const { asked, activities } = scripted();
    await play(activities);
    expect(asked).toEqual(['launch 1', 'watch for base']);
  }, 30_000);

  it('fails with the reason where it can never succeed', async () => {
    const { asked, activities } = scripted();
    activities.settleBase = async () => never('the manifest was altered');
    await play(activities);
    expect(asked).toEqual(['launch 1', 'watch for base', 'fail: the manifest was altered']);
  }, 30_000);
});

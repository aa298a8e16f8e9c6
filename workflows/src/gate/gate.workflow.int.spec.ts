import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../activities.ts';
import { wake } from '../inbox.ts';
import { taskQueue } from '../task-queues.ts';
import { nextJobByDefault } from '../testing/next-job.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import { gateWorkflowId } from './gate.messages.ts';
import type { gate } from './gate.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

async function play(activities: Partial<Activities>): Promise<void> {
  const id = `ga-${Math.random().toString(36).slice(2)}`;
  const how = { workflowId: gateWorkflowId(id), taskQueue, args: [{ gate: id }] as [{ gate: string }], signal: wake };
  await stage.play(activities, async () => (await stage.env.client.workflow.signalWithStart<typeof gate>('gate', how)).result());
}

function scripted() {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    launchGate: async (_gate, jobTry) => {
      asked.push(`launch ${jobTry.split('-')[1]}`);
      return 'gate-x';
    },
    awaitJob: async (_job, whose) => {
      asked.push(`watch for ${whose.kind}`);
      return { kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' };
    },
    nextJob: nextJobByDefault,
    settleGate: async (_gate, _job, _ending, isLast) => {
      asked.push(isLast ? 'settle at last' : 'settle');
      return true;
    },
    failGate: async (_gate, reason) => void asked.push(`fail: ${reason}`),
  };
  return { asked, activities };
}

describe('the gate workflow', () => {
  it('comes to its verdict by a job', async () => {
    const { asked, activities } = scripted();
    await play(activities);
    expect(asked).toEqual(['launch 1', 'watch for gate', 'settle']);
  }, 30_000);

  it('launches nothing where there is a verdict already', async () => {
    const { asked, activities } = scripted();
    activities.launchGate = async () => null;
    await play(activities);
    expect(asked).toEqual([]);
  }, 30_000);

  it('fails with the reason where there can never be a verdict', async () => {
    const { asked, activities } = scripted();
    activities.launchGate = async () => never('the report of the baseline was altered');
    await play(activities);
    expect(asked).toEqual(['fail: the report of the baseline was altered']);
  }, 30_000);
});

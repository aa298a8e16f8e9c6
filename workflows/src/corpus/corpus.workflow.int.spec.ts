import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Activities } from '../activities.ts';
import { wake } from '../inbox.ts';
import { nextJobByDefault } from '../testing/next-job.ts';
import { taskQueue } from '../task-queues.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import { corpusWorkflowId } from './corpus.messages.ts';
import type { corpus } from './corpus.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

let number = 0;
/** As the relay does it: a start and a signal in one. */
const start = () => {
  const input = { team: 'red', name: `text-${++number}` };
  const workflowId = corpusWorkflowId(input);
  return stage.env.client.workflow.signalWithStart<typeof corpus>('corpus', { workflowId, taskQueue, args: [input], signal: wake });
};

function scripted() {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    launchCorpus: async (_input, jobTry) => {
      asked.push(`launch ${jobTry.split('-')[1]}`);
      return 'corpus-x';
    },
    awaitJob: async () => ({ kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }),
    nextJob: nextJobByDefault,
    settleCorpus: async () => true,
    failCorpus: async (_input, reason) => void asked.push(`fail: ${reason}`),
  };
  return { asked, activities };
}

describe('the corpus workflow', () => {
  it('registers once for the signal that came with its start', async () => {
    const { asked, activities } = scripted();
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['launch 1']);
  }, 30_000);

  it('fails with the reason where it can never succeed', async () => {
    const { asked, activities } = scripted();
    activities.settleCorpus = async () => never('the manifest was altered');
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['launch 1', 'fail: the manifest was altered']);
  }, 30_000);

  it('registers again, with a job of another name, when it is asked while it ends', async () => {
    const { asked, activities } = scripted();
    let isAsked = false;
    activities.settleCorpus = async (input) => {
      // An activity may be run again: that the workflow could not end, as the signal came meanwhile, makes it so.
      if (isAsked) return true;
      isAsked = true;
      await stage.env.client.workflow.getHandle(corpusWorkflowId(input)).signal(wake);
      return true;
    };
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['launch 1', 'launch 4']);
  }, 30_000);
});

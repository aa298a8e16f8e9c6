import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EvaluateJob } from '@titrate/contracts';
import type { Activities } from '../activities.ts';
import { evaluationBatchWorkflowId } from '../evaluation-batch/evaluation-batch.messages.ts';
import { wake } from '../inbox.ts';
import { taskQueue } from '../task-queues.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import type { RunRest, RunStep } from './next-step.ts';
import type { News } from './run.activities.ts';
import { runWorkflowId } from './run.messages.ts';
import type { run } from './run.workflow.ts';

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await openWorkflowStage();
}, 60_000);
afterAll(() => stage.close());

const RUN = 'a'.repeat(64);
const item = (digest: string): EvaluateJob['items'][number] =>
  ({ digest: digest.repeat(64), settingsDigest: 'e'.repeat(64) }) as EvaluateJob['items'][number];

/** Activities that follow a script of what is to be waited for and of news, and write down what the workflow asked for. */
function scripted(rests: RunRest[], news: News[] = [], looks: RunStep[] = []) {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    advanceRun: async (_run, place) => {
      asked.push(place === 'at-checkpoint' ? 'go on at a checkpoint' : 'go on');
      return rests.shift() ?? over;
    },
    nextRunStep: async () => {
      asked.push('look');
      return looks.shift() ?? { kind: 'watch', attempt: 1, job: 'train-1', ...none };
    },
    awaitNews: async () => {
      asked.push('watch');
      return news.shift() ?? { kind: 'ended' };
    },
    stopAttempt: async (job) => void asked.push(`stop ${job}`),
    settleAttempt: async (_run, attempt) => void asked.push(`settle ${attempt}`),
    launchEvaluation: async ({ items }) => {
      asked.push(`evaluate ${items.map(({ digest }) => digest[0]).join('')}`);
      return 'evaluate-x';
    },
    awaitEvaluation: async () => ({ kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }),
    collectEvaluations: async () => [],
  };
  return { asked, activities };
}

const none = { evaluate: [] };
const over: RunRest = { kind: 'over', ...none };
const watching = (evaluate: EvaluateJob['items'] = []): RunRest => ({
  kind: 'watch',
  question: {
    ...{ run: RUN, attempt: 1, job: 'train-1', sinceSeq: 0, progressKey: 'progress' },
    patience: { hangSeconds: 60, startSeconds: 600, saveSeconds: 60 },
  },
  evaluate,
});
let number = 0;
const start = () =>
  stage.env.client.workflow.start<typeof run>('run', { workflowId: `${runWorkflowId(RUN)}/${++number}`, taskQueue, args: [{ run: RUN }] });

describe('the run workflow', () => {
  it('goes on, watches, and goes on until the run is over', async () => {
    const { asked, activities } = scripted([watching(), over]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['go on', 'watch', 'go on']);
  }, 30_000);

  it('waits out a back-off of minutes without a wake', async () => {
    const { asked, activities } = scripted([{ kind: 'wait', milliseconds: 300_000, ...none }, over]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['go on', 'go on']);
  }, 30_000);

  it('waits for the results that are on their way, and looks now and then where it does not know of any batch', async () => {
    const { asked, activities } = scripted([
      { kind: 'wait-for-results', evaluate: [item('d')] },
      { kind: 'wait-for-results', ...none },
      over,
    ]);
    const began = await stage.env.currentTimeMs();
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['go on', 'evaluate d', 'go on', 'go on']);
    expect((await stage.env.currentTimeMs()) - began).toBeGreaterThanOrEqual(60_000);
  }, 30_000);

  it('sends committed checkpoints to evaluation while the training goes on', async () => {
    const { asked, activities } = scripted(
      [watching(), watching([item('c')]), over],
      [{ kind: 'resumable-checkpoint' }, { kind: 'ended' }],
    );
    await stage.play(activities, async () => {
      await (await start()).result();
      await stage.env.client.workflow.getHandle(evaluationBatchWorkflowId({ run: RUN, items: [item('c')] })).result();
    });
    expect(asked).toContain('evaluate c');
    expect(asked.indexOf('go on at a checkpoint')).toBeLessThan(asked.lastIndexOf('watch'));
  }, 30_000);

  it('stops at a checkpoint when paused, stays, and goes on when woken', async () => {
    const { asked, activities } = scripted(
      [watching(), { kind: 'stop', attempt: 1, job: 'train-1', ...none }, { kind: 'pause', ...none }, over],
      [{ kind: 'resumable-checkpoint' }],
    );
    await stage.play(activities, async () => {
      const handle = await start();
      while (asked.filter((what) => what.startsWith('go on')).length < 3) await stage.env.sleep(100);
      await handle.signal(wake);
      await handle.result();
    });
    expect(asked).toEqual(['go on', 'watch', 'go on at a checkpoint', 'stop train-1', 'settle 1', 'go on', 'go on']);
  }, 30_000);

  it('stops a job that nobody demands any more, which ends the watch', async () => {
    const { asked, activities } = scripted([watching(), over], [], [{ kind: 'stop', attempt: 1, job: 'train-1', ...none }]);
    let hasEnded = false;
    activities.stopAttempt = async () => void (hasEnded = true);
    activities.awaitNews = async () => {
      asked.push('watch');
      while (!hasEnded) await new Promise((resolve) => setTimeout(resolve, 20));
      return { kind: 'ended' };
    };
    await stage.play(activities, async () => {
      const handle = await start();
      while (!asked.includes('watch')) await stage.env.sleep(100);
      await handle.signal(wake);
      await handle.result();
    });
    expect(asked).toEqual(['go on', 'watch', 'look', 'go on']);
  }, 30_000);

  it.each(['advanceRun', 'awaitNews'] as const)(
    'fails with the reason where %s can never succeed',
    async (hopeless) => {
      const { asked, activities } = scripted([watching()]);
      Object.assign(activities, { [hopeless]: async () => never('the log is broken') });
      activities.abandonRun = async (_run, reason) => void asked.push(`abandon: ${reason}`);
      await stage.play(activities, async () => (await start()).result());
      expect(asked.at(-1)).toBe('abandon: the log is broken');
    },
    30_000,
  );

  it('tries what does not work at once until it does', async () => {
    const { asked, activities } = scripted([over]);
    const advanceRun = activities.advanceRun!;
    let tries = 0;
    activities.advanceRun = async (run, place) => {
      if (++tries < 3) throw new Error('the server is away');
      return advanceRun(run, place);
    };
    await stage.play(activities, async () => (await start()).result());
    expect([tries, asked]).toEqual([3, ['go on']]);
  }, 30_000);

  it('does not end while a signal has not been looked at', async () => {
    const { asked, activities } = scripted([over, over]);
    const advanceRun = activities.advanceRun!;
    let handle: Awaited<ReturnType<typeof start>> | undefined;
    // A new demand arrives while the run is being released.
    activities.advanceRun = async (run, place) => {
      if (asked.length === 0) await handle?.signal(wake);
      return advanceRun(run, place);
    };
    await stage.play(activities, async () => {
      handle = await start();
      await handle.result();
    });
    expect(asked).toEqual(['go on', 'go on']);
  }, 30_000);
});

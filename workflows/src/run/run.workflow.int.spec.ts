import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EvaluateJob } from '@titrate/contracts';
import type { Activities } from '../activities.ts';
import { evaluationBatchWorkflowId } from '../evaluation-batch/evaluation-batch.messages.ts';
import { wake } from '../inbox.ts';
import { taskQueue } from '../task-queues.ts';
import { never, openWorkflowStage, type WorkflowStage } from '../testing/workflow-stage.ts';
import type { RunStep } from './next-step.ts';
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

/** Activities that follow a script of steps and news, and write down what the workflow asked for. */
function scripted(steps: RunStep[], news: News[] = []) {
  const asked: string[] = [];
  const activities: Partial<Activities> = {
    nextRunStep: async (_run, place) => {
      asked.push(place === 'at-checkpoint' ? 'look at a checkpoint' : 'look');
      return steps.shift() ?? { kind: 'finish', evaluate: [] };
    },
    launchAttempt: async () => void asked.push('launch'),
    awaitNews: async () => {
      asked.push('watch');
      return news.shift() ?? { kind: 'ended' };
    },
    stopAttempt: async (job) => void asked.push(`stop ${job}`),
    settleAttempt: async (_run, attempt) => void asked.push(`settle ${attempt}`),
    finishRun: async () => void asked.push('finish'),
    applyRetention: async () => void asked.push('apply retention'),
    failRun: async (_run, reason) => void asked.push(`fail: ${reason}`),
    pauseRun: async () => void asked.push('pause'),
    releaseRun: async () => void asked.push('release'),
    launchEvaluation: async ({ items }) => {
      asked.push(`evaluate ${items.map(({ digest }) => digest[0]).join('')}`);
      return 'evaluate-x';
    },
    awaitEvaluation: async () => ({ kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }),
    collectEvaluations: async () => [],
  };
  return { asked, activities };
}

const watchStep = (evaluate: EvaluateJob['items'] = []): RunStep => ({
  kind: 'watch',
  attempt: 1,
  job: 'train-1',
  sinceSeq: 0,
  hangSeconds: 60,
  evaluate,
});
const none = { evaluate: [] };
let number = 0;
const start = () =>
  stage.env.client.workflow.start<typeof run>('run', { workflowId: `${runWorkflowId(RUN)}/${++number}`, taskQueue, args: [{ run: RUN }] });

describe('the run workflow', () => {
  it('launches, watches, settles and finishes', async () => {
    const { asked, activities } = scripted([
      { kind: 'launch', ...none },
      watchStep(),
      { kind: 'settle', attempt: 1, ...none },
      { kind: 'finish', ...none },
    ]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['look', 'launch', 'look', 'watch', 'look', 'settle 1', 'look', 'finish', 'apply retention']);
  }, 30_000);

  it('waits out a back-off of minutes without a wake, and ends as failed with the reason', async () => {
    const { asked, activities } = scripted([
      { kind: 'wait', milliseconds: 300_000, ...none },
      { kind: 'fail', reason: 'given up', ...none },
    ]);
    await stage.play(activities, async () => (await start()).result());
    expect(asked).toEqual(['look', 'look', 'fail: given up']);
  }, 30_000);

  it('sends committed checkpoints to evaluation while the training goes on', async () => {
    const { asked, activities } = scripted(
      [watchStep(), { ...watchStep([item('c')]) }, { ...watchStep() }, { kind: 'finish', ...none }],
      [{ kind: 'resumable-checkpoint' }, { kind: 'ended' }],
    );
    await stage.play(activities, async () => {
      await (await start()).result();
      await stage.env.client.workflow.getHandle(evaluationBatchWorkflowId({ run: RUN, items: [item('c')] })).result();
    });
    expect(asked).toContain('look at a checkpoint');
    expect(asked).toContain('evaluate c');
    expect(asked.indexOf('look at a checkpoint')).toBeLessThan(asked.lastIndexOf('watch'));
  }, 30_000);

  it('stops at a checkpoint when paused, stays, and goes on when woken', async () => {
    const { asked, activities } = scripted(
      [
        watchStep(),
        { kind: 'stop', attempt: 1, job: 'train-1', ...none },
        { kind: 'settle', attempt: 1, ...none },
        { kind: 'pause', ...none },
        { kind: 'launch', ...none },
        { kind: 'finish', ...none },
      ],
      [{ kind: 'resumable-checkpoint' }],
    );
    await stage.play(activities, async () => {
      const handle = await start();
      while (!asked.includes('pause')) await stage.env.sleep(100);
      await handle.signal(wake);
      await handle.result();
    });
    expect(asked).toEqual([
      'look',
      'watch',
      'look at a checkpoint',
      'stop train-1',
      'look',
      'settle 1',
      'look',
      'pause',
      'look',
      'launch',
      'look',
      'finish',
      'apply retention',
    ]);
  }, 30_000);

  it.each(['launchAttempt', 'awaitNews'] as const)(
    'fails with the reason where %s can never succeed',
    async (hopeless) => {
      const { asked, activities } = scripted([{ kind: 'launch', ...none }, watchStep()]);
      Object.assign(activities, { [hopeless]: async () => never('the log is broken') });
      activities.abandonRun = async (_run, reason) => void asked.push(`abandon: ${reason}`);
      await stage.play(activities, async () => (await start()).result());
      expect(asked.at(-1)).toBe('abandon: the log is broken');
    },
    30_000,
  );

  it('does not end while a signal has not been looked at', async () => {
    const { asked, activities } = scripted([
      { kind: 'release', ...none },
      { kind: 'finish', ...none },
    ]);
    let handle: Awaited<ReturnType<typeof start>> | undefined;
    // A new demand arrives while the run is being released.
    activities.releaseRun = async () => {
      await handle?.signal(wake);
      asked.push('release');
    };
    await stage.play(activities, async () => {
      handle = await start();
      await handle.result();
    });
    expect(asked).toEqual(['look', 'release', 'look', 'finish', 'apply retention']);
  }, 30_000);
});

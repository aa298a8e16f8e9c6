import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../testing/workflow-stage.ts';

const folder = new URL('./histories/', import.meta.url);
const histories = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** What must have been recorded; a change that breaks replay of any of these would break runs that are under way. */
const scenarios = [
  ...['corpus', 'base', 'evaluation-batch'],
  ...['sweep-finished', 'sweep-with-stages', 'sweep-with-a-failed-run', 'sweep-paused-and-resumed', 'sweep-cancelled'],
  ...['run-trained-and-evaluated', 'run-killed-and-resumed', 'run-worker-killed', 'run-loss-not-finite', 'run-paused-and-resumed', 'run-cancelled'],
];

describe('recorded histories', () => {
  it('cover every scenario, and nothing else lies there', () => {
    expect(histories.toSorted()).toEqual(scenarios.map((scenario) => `v3-${scenario}.json`).toSorted());
  });

  it.each(histories)('%s replays with the workflows of today', async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle(), replayName: name }, history as Parameters<typeof Worker.runReplayHistory>[1]);
  }, 60_000);
});

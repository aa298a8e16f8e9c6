import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attempt, Run } from '@titrate/contracts';
import { openLaboratory, type Laboratory } from './laboratory.ts';
import { wildSpec } from './specs.ts';

let lab: Laboratory;
beforeAll(async () => {
  lab = await openLaboratory();
  await lab.addCorpus();
}, 240_000);
afterAll(() => lab.close(), 60_000);

describe('a training whose loss is not finite', () => {
  it('is tried once more from an earlier checkpoint, then its run fails with the step, and the sweep tells it', async () => {
    const { sweep } = await lab.client.submitSweep(wildSpec());
    await lab.until(sweep.id, ['finished', 'failed']);

    const run = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items[0] as Run;
    const attempts = (await lab.client.listRunAttempts({ id: run.id, limit: 10 })).items as Attempt[];
    expect(attempts.map(({ failure, exitCode }) => [failure, exitCode])).toEqual([
      ['loss-not-finite', 30],
      ['loss-not-finite', 30],
    ]);
    const log = await lab.log(run.id);
    const steps = log.flatMap((entry) => (entry.kind === 'loss-not-finite' ? [entry.step] : []));
    expect(steps).toEqual([steps[0], steps[0]]);
    expect(run).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(`not finite at step ${steps[0]} in two attempts (1 and 2)`),
    });
    const committed = log.flatMap((entry) => (entry.kind === 'checkpoint' && entry.attempt === 1 ? [entry.checkpoint.step] : []));
    expect(log.findLast((entry) => entry.kind === 'attempt')).toMatchObject({ attempt: 2, rewindTo: committed.at(-2) ?? 0 });
    expect(attempts[1]?.resumedStep).toBe(committed.at(-2) ?? 0);
  }, 480_000);
});

import { describe, expect } from '@jest/globals';
import { ada, checkpointOf, logOf, settingsOf, sweepOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';

const TOKEN = '0000000000000001';

/** The part of the contract that is about demands which come while a run is at work, rests, or has ended. */
export function testDemands(withRecords: WithRecords): void {
  describe('a demand that comes later', () => {
    withRecords(
      'wakes a run at work, whose view tells what its job was told and where it can go on',
      async (records, { submit, deliver }) => {
        const { id, runs } = await submit({ doses: [0] });
        const run = runs[0]!;
        const told = { resumeSteps: [20, 40], evaluateSteps: [20, 40] };
        await records.sweepStarted(id);
        await records.runsTakenUp(id, [run]);
        expect(await records.runView(run)).toMatchObject({ attemptSteps: null, resumePoint: 0 });
        expect(await records.attemptLaunched(run, 1, TOKEN, 'train-1', told)).toEqual(told);
        // The launch is tried again after more was demanded: the job may exist by now, and was told the first steps.
        const more = { resumeSteps: [20, 40], evaluateSteps: [20, 30, 40] };
        expect(await records.attemptLaunched(run, 1, TOKEN, 'train-1', more)).toEqual(told);
        await records.recordLog(run, logOf(run).slice(0, 3));
        await deliver();
        const later = await submit({ name: 'later', doses: [0], steps: [30, 40] });
        expect(await deliver()).toEqual([`wake-run ${run}`, `start-sweep ${later.id}`].sort());
        expect(await records.runView(run)).toMatchObject({ attemptSteps: told, resumePoint: 20, evaluateSteps: [20, 30, 40] });
      },
    );

    withRecords('of a person needs no training: it neither keeps a run going nor starts it', async (records, { submit }) => {
      const { id, runs } = await submit({ doses: [0] });
      const run = runs[0]!;
      await records.recordLog(run, logOf(run).slice(0, 3));
      await records.changeSweep(ada, id, 'pause');
      await records.demandEvaluation(ada, run, checkpointOf(run, 20).digest, settingsOf(7));
      expect(await records.runView(run)).toMatchObject({ wanted: 'pause', waitingEvaluations: [{ settings: settingsOf(7) }] });
      await records.changeSweep(ada, id, 'cancel');
      expect(await records.runView(run)).toMatchObject({ wanted: 'release', waitingEvaluations: [{ settings: settingsOf(7) }] });
    });

    withRecords('of an amended sweep replaces the settings that its spec had before', async (records, { submit, finish }) => {
      const { id, runs } = await submit({ doses: [0] });
      await finish(runs[0]!);
      const amended = sweepOf({ doses: [0], settings: [settingsOf(1)] });
      expect((await records.amendSweep(ada, id, amended.spec, amended.plan)).kind).toBe('changed');
      const { items } = await records.listEvaluations({ sweep: id }, { limit: 10 });
      expect(items.map(({ step, settings, state }) => [step, settings.seed, state])).toEqual([
        [20, 1, 'waiting'],
        [40, 1, 'waiting'],
      ]);
    });
  });
}

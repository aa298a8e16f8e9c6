import { describe, expect } from '@jest/globals';
import { ada, checkpointOf, continued, logOf, sweepOf, type SweepOptions } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';
import type { Records } from './records.ts';

const START = { doses: [0] };

/** Submits a sweep of one run and one that goes on from its step 20. */
async function submitContinued(records: Records, options: SweepOptions = {}) {
  const { spec, plan, child } = continued(sweepOf({ ...START, ...options }));
  await records.submitSweep(ada, spec, plan, null);
  await records.sweepStarted(plan.sweep);
  return { id: plan.sweep, base: plan.runs[0]!.id, child, plan, spec };
}

const owing = async (records: Records, sweep: string) => (await records.sweepView(sweep))!.owing.map(({ run }) => run);

/** The part of the contract that is about runs which go on from a checkpoint of another. */
export function testBases(withRecords: WithRecords): void {
  describe('a run that goes on from another', () => {
    withRecords('waits until its base has committed the step, and its sweep is woken then', async (records, { deliver }) => {
      const { id, base, child } = await submitContinued(records);
      expect(await owing(records, id)).toEqual([base]);
      expect(await records.runView(child)).toMatchObject({ base: { run: base, step: 20, checkpoint: null } });
      expect(await records.runView(base)).toMatchObject({ base: null, baseSteps: [20] });
      await deliver();
      await records.recordLog(base, logOf(base).slice(0, 3));
      expect(await deliver()).toContain(`wake-sweep ${id}`);
      expect(await owing(records, id)).toEqual([base, child]);
      const { digest } = checkpointOf(base, 20);
      expect(await records.runView(child)).toMatchObject({ base: { run: base, step: 20, checkpoint: { digest } } });
    });

    withRecords('keeps its checkpoint in the base until it is trained, and lets it go then', async (records, { finish, deliver }) => {
      const { base, child } = await submitContinued(records, { retention: 'final' });
      await finish(base);
      expect(await records.markDeletable(base)).toEqual([]);
      await deliver();
      await finish(child);
      expect(await deliver()).toContain(`wake-run ${base}`);
      expect((await records.markDeletable(base)).map(({ manifest }) => manifest.step)).toEqual([20]);
    });

    withRecords('fails with its base, for a reason that names it, and waits again when both are tried again', async (records) => {
      const { id, base, child } = await submitContinued(records);
      await records.runFailed(base, 'the loss was not finite');
      const failed = await records.getRun(child);
      expect(failed).toMatchObject({ state: 'failed', reason: `Cannot go on from step 20 of run ${base}, as that run failed before it.` });
      expect(await records.sweepView(id)).toMatchObject({ owing: [], settled: true });
      expect(await records.changeSweep(ada, id, 'retry')).toMatchObject({ kind: 'changed' });
      expect(await owing(records, id)).toEqual([base]);
      expect(await records.getRun(child)).toMatchObject({ state: 'waiting', reason: null });
    });

    withRecords('goes on where the step was committed before its base failed', async (records) => {
      const { id, base, child } = await submitContinued(records);
      await records.recordLog(base, logOf(base).slice(0, 3));
      await records.runFailed(base, 'the loss was not finite');
      expect(await owing(records, id)).toEqual([child]);
      expect(await records.getRun(child)).toMatchObject({ state: 'waiting' });
    });

    withRecords('is refused a base that was trained before and keeps no such step', async (records, { submit }) => {
      const earlier = await submit({ name: 'earlier', doses: [0], steps: [40], retention: 'final' });
      await records.recordLog(earlier.runs[0]!, logOf(earlier.runs[0]!, [40]));
      const { base, child } = await submitContinued(records);
      expect(base).toBe(earlier.runs[0]);
      const found = await records.getRun(child);
      expect(found?.state).toBe('failed');
      expect(found?.reason).toMatch(/^Cannot go on from step 20 of run .* was trained and keeps no checkpoint of it/);
    });
  });
}

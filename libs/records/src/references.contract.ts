import { describe, expect } from '@jest/globals';
import type { EvaluationSettings } from '@titrate/contracts';
import { ada, checkpointOf, logOf, settingsOf, sweepOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';

/** The part of the contract that is about scoring what one run generates under a checkpoint of another. */
export function testReferences(withRecords: WithRecords): void {
  const [clean, poisoned] = sweepOf({ doses: [0, 5] }).plan.runs;
  const under = (run: string, step: number, seed = 3): EvaluationSettings => ({ ...settingsOf(seed), reference: { run, step } });

  describe('a reference', () => {
    withRecords('makes an evaluation wait until its checkpoint is committed, and is handed over with it', async (records, { submit }) => {
      await submit({ doses: [0, 5], settings: [under(clean!.id, 40)] });
      await records.recordLog(poisoned!.id, logOf(poisoned!.id));
      await records.recordLog(clean!.id, logOf(clean!.id).slice(0, 3));
      expect(await records.settleMissing(poisoned!.id)).toBe(0);
      expect(await records.runView(poisoned!.id)).toMatchObject({ waitingEvaluations: [], openEvaluations: 2 });
      await records.recordLog(clean!.id, logOf(clean!.id).slice(3));
      const { manifest, digest } = checkpointOf(clean!.id, 40);
      const { shape, vocabularySize } = clean!.identity;
      const reference = { run: clean!.id, digest, shape, vocabularySize, checkpoint: manifest };
      const view = await records.runView(poisoned!.id);
      expect(view?.waitingEvaluations.map((waiting) => waiting.reference)).toEqual([reference, reference]);
    });

    withRecords('that can never be had settles what waits for it, with the reason', async (records, { submit }) => {
      for (const [seed, lost] of [under(clean!.id, 30), under('f'.repeat(64), 40, 4)].entries())
        await submit({ name: `lost-${seed}`, doses: [0, 5], settings: [lost] });
      for (const run of [clean!.id, poisoned!.id]) await records.recordLog(run, logOf(run));
      expect(await records.settleMissing(poisoned!.id)).toBe(4);
      const { items } = await records.listEvaluations({ run: poisoned!.id }, { limit: 10 });
      expect(new Set(items.map(({ state, reason }) => `${state}: ${reason}`))).toEqual(
        new Set(['missing: There is no checkpoint of the reference, and there will be none.']),
      );
    });

    withRecords('does not keep a place of the sweep occupied by those that only wait for it', async (records, { submit, deliver }) => {
      const { id } = await submit({ doses: [0, 5], settings: [under(poisoned!.id, 40)], concurrency: 1 });
      await records.sweepStarted(id);
      await records.runsTakenUp(id, [clean!.id]);
      await deliver();
      await records.recordLog(clean!.id, logOf(clean!.id));
      expect(await deliver()).toEqual([`wake-sweep ${id}`]);
      expect(await records.sweepView(id)).toMatchObject({ owing: [{ run: poisoned!.id, active: false }], settled: false });
      await records.recordLog(poisoned!.id, logOf(poisoned!.id));
      expect((await records.sweepView(id))?.owing.map(({ run }) => run).sort()).toEqual([clean!.id, poisoned!.id].sort());
    });

    withRecords('is not let go while anything waits for it', async (records, { submit, finish, train }) => {
      await submit({ doses: [0], retention: 'final' });
      await finish(clean!.id);
      await submit({ name: 'scored', doses: [5], settings: [under(clean!.id, 20)] });
      expect(await records.markDeletable(clean!.id)).toEqual([]);
      await train(poisoned!.id);
      expect(await records.markDeletable(clean!.id)).toEqual([]);
      const { items } = await records.listEvaluations({ run: poisoned!.id }, { limit: 10 });
      for (const { checkpoint, settingsDigest } of items)
        await records.evaluationFailed(poisoned!.id, checkpoint!, settingsDigest, 'for this test');
      expect(await records.markDeletable(clean!.id)).toMatchObject([{ digest: checkpointOf(clean!.id, 20).digest }]);
    });

    withRecords('may be named by a person who asks for one evaluation', async (records, { submit, finish }) => {
      await submit({ doses: [0, 5] });
      for (const run of [clean!.id, poisoned!.id]) await finish(run);
      const { digest } = checkpointOf(poisoned!.id, 20);
      const asked = await records.demandEvaluation(ada, poisoned!.id, digest, under(clean!.id, 40));
      expect(asked.kind).toBe('demanded');
      expect(await records.runView(poisoned!.id)).toMatchObject({ waitingEvaluations: [{ reference: { run: clean!.id } }] });
    });
  });
}

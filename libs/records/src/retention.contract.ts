import { describe, expect } from '@jest/globals';
import { ada, checkpointOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';

/** The part of the contract that is about letting checkpoints go. */
export function testRetention(withRecords: WithRecords): void {
  describe('markDeletable()', () => {
    withRecords('keeps everything unless every sweep lets go', async (records, { submit, finish }) => {
      const { runs } = await submit({ doses: [0], retention: 'final' });
      await submit({ name: 'keeps-all', doses: [0] });
      await finish(runs[0]!);
      expect(await records.markDeletable(runs[0]!)).toEqual([]);
    });

    withRecords('lets all but the last checkpoint go, once, and leaves a tombstone', async (records, { submit, finish, kinds, twice }) => {
      const { runs } = await submit({ doses: [0], retention: 'final' });
      const run = runs[0]!;
      expect(await records.markDeletable(run)).toEqual([]);
      await finish(run);
      const marked = await twice(() => records.markDeletable(run));
      expect(marked.map(({ manifest, state }) => [manifest.step, state])).toEqual([[20, 'deleting']]);
      await twice(() => records.checkpointDeleted(run, marked[0]!.digest));
      expect(await records.markDeletable(run)).toEqual([]);
      const { items } = await records.listCheckpoints(run, { limit: 10 });
      expect(items.map(({ manifest, state }) => [manifest.step, state])).toEqual([
        [20, 'deleted'],
        [40, 'committed'],
      ]);
      expect((await kinds()).filter((kind) => kind.startsWith('checkpoint.dele'))).toEqual(['checkpoint.deleting', 'checkpoint.deleted']);
    });

    withRecords('never takes what is owed an evaluation or pinned', async (records, { submit, train, evaluate }) => {
      const { runs } = await submit({ doses: [0], retention: 'final' });
      const run = runs[0]!;
      await train(run);
      expect(await records.markDeletable(run)).toEqual([]);
      await evaluate(run, 20);
      const { digest } = checkpointOf(run, 20);
      await records.pinCheckpoint(ada, run, digest, true);
      expect(await records.markDeletable(run)).toEqual([]);
      await records.pinCheckpoint(ada, run, digest, false);
      expect(await records.markDeletable(run)).toMatchObject([{ digest }]);
    });

    withRecords(
      'keeps evaluated checkpoints where a sweep wants those, and refuses new demands on what goes',
      async (records, { submit, finish, train, evaluate }) => {
        const kept = await submit({ doses: [0], retention: 'evaluated' });
        await finish(kept.runs[0]!);
        expect(await records.markDeletable(kept.runs[0]!)).toEqual([]);

        const { runs } = await submit({ name: 'resume-only', doses: [7], retention: 'evaluated', evaluated: [40] });
        const run = runs[0]!;
        await train(run);
        await evaluate(run, 40);
        const [gone] = await records.markDeletable(run);
        expect(gone?.manifest.step).toBe(20);
        const settings = (await records.listEvaluations({ run }, { limit: 1 })).items[0]!.settings;
        expect(await records.demandEvaluation(ada, run, gone!.digest, settings)).toEqual({ kind: 'deleted' });
      },
    );
  });
}

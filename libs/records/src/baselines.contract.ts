import { describe, expect } from '@jest/globals';
import { ada, objectOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';

/** The part of the contract that is about accepted results. */
export function testBaselines(withRecords: WithRecords): void {
  describe('baselines', () => {
    withRecords('are versions of a name, made of finished sweeps, once for the same results', async (records, helpers) => {
      const { id } = await helpers.finishSweep();
      const promotion = { name: 'nightly', sweep: id, why: 'the first\u0000 good night' };
      const made = await helpers.twice(() => records.promoteBaseline(ada, promotion));
      expect(made).toMatchObject({
        kind: 'created',
        baseline: { name: 'nightly', version: 1, sweep: id, sweepName: 'first', retired: null },
      });
      expect(made).toMatchObject({ baseline: { promotedBy: 'red/ada', why: 'the first\ufffd good night', report: objectOf('report') } });
      const other = await helpers.finishSweep({ name: 'second' }, 'other');
      expect(await records.promoteBaseline(ada, { ...promotion, sweep: other.id })).toMatchObject({ baseline: { version: 2 } });
      expect(await records.promoteBaseline(ada, promotion)).toMatchObject({ kind: 'created', baseline: { version: 3, sweep: id } });
      expect((await records.getBaseline('red', 'nightly', null))?.version).toBe(3);
      expect((await records.getBaseline('red', 'nightly', 2))?.sweep).toBe(other.id);
      expect([await records.getBaseline('blue', 'nightly', null), await records.getBaseline('red', 'nightly', 4)]).toEqual([null, null]);
      const page = await records.listBaselines('red', { limit: 2, name: 'nightly' });
      expect(page.items.map(({ version }) => version)).toEqual([3, 2]);
      const rest = await records.listBaselines('red', { limit: 2, name: 'nightly', cursor: page.next! });
      expect(rest).toMatchObject({ items: [{ version: 1 }], next: null });
      expect((await records.listBaselines('red', { limit: 9, name: 'else' })).items).toEqual([]);
    });

    withRecords("are not made of what is not finished, or is not the team's", async (records, { submit }) => {
      const { id } = await submit();
      const before = await records.listLedger(0, 1000);
      const promotion = { name: 'nightly', sweep: id, why: 'too early' };
      expect(await records.promoteBaseline(ada, promotion)).toEqual({
        kind: 'refused',
        reason: 'Cannot make a baseline of the sweep as it must be finished: it is accepted',
      });
      expect(await records.promoteBaseline({ team: 'blue', name: 'bob' }, promotion)).toEqual({ kind: 'not-found' });
      expect(await records.retireBaseline(ada, 'nightly', 1, 'none')).toEqual({ kind: 'not-found' });
      expect(await records.listLedger(0, 1000)).toEqual(before);
    });

    withRecords('keep their sweep and what was evaluated of it until they are retired', async (records, helpers) => {
      const { id, run } = await helpers.finishSweep({ retention: 'final' });
      await records.promoteBaseline(ada, { name: 'nightly', sweep: id, why: 'good' });
      expect(await records.markDeletable(run)).toEqual([]);
      expect(await records.deleteSweep(ada, id, false)).toEqual({
        kind: 'refused',
        reason: 'Cannot delete the sweep as no baseline in use may rest on it: nightly version 1 does. Retire it first',
      });
      const retired = await helpers.twice(() => records.retireBaseline(ada, 'nightly', 1, 'a bad image'));
      expect(retired).toMatchObject({ kind: 'changed', baseline: { retired: { by: 'red/ada', why: 'a bad image' } } });
      expect(await records.getBaseline('red', 'nightly', null)).toBeNull();
      expect(await records.getBaseline('red', 'nightly', 1)).toMatchObject({ sweep: id, report: objectOf('report') });
      expect((await records.markDeletable(run)).map(({ manifest }) => manifest.step)).toEqual([20]);
      expect(await records.deleteSweep(ada, id, false)).toMatchObject({ kind: 'deleted' });
      expect(await records.getBaseline('red', 'nightly', 1)).toMatchObject({ sweep: id });
    });
  });
}

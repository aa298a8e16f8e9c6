import { describe, expect } from '@jest/globals';
import { ada, corpusOf, logOf, objectOf, uploaded } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';
import type { Records } from './records.ts';

const reasonsOf = async (records: Records, run: string) =>
  (await records.listEvaluations({ run }, { limit: 9 })).items.map(({ job, reason }) => [job, reason]);

/** The part of the contract that is about what the jobs of evaluations, corpora and analyses wait for. */
export function testWaitingJobs(withRecords: WithRecords): void {
  describe('jobs that are no attempts', () => {
    withRecords('of evaluations: their name stands with what they have in hand, and what they wait for', async (records, helpers) => {
      const run = (await helpers.submit({ doses: [0] })).runs[0]!;
      await records.recordLog(run, logOf(run));
      const items = (await records.runView(run))!.waitingEvaluations.map(({ checkpoint, settingsDigest }) => ({
        ...{ digest: checkpoint.digest, settingsDigest },
      }));
      const waits = (job: string, reason: string | null) => records.recordJobWaiting({ kind: 'evaluation', run, job }, reason);
      await helpers.twice(() => records.evaluationsStarted(run, items, 'one'));
      await helpers.twice(() => waits('one', 'no node \u0000fits'));
      expect(await reasonsOf(records, run)).toEqual([
        ['one', 'no node \ufffdfits'],
        ['one', 'no node \ufffdfits'],
      ]);
      expect((await records.getRun(run))?.waiting).toBe('evaluation: no node \ufffdfits');
      await helpers.evaluate(run, 20);
      await records.evaluationsStarted(run, items.slice(1), 'two');
      await waits('one', 'too late');
      expect(await reasonsOf(records, run)).toEqual([
        ['one', null],
        ['two', null],
      ]);
      expect((await records.getRun(run))?.waiting).toBeNull();
      expect((await records.listEvaluations({ run, job: 'two' }, { limit: 9 })).items).toMatchObject([{ step: 40, state: 'running' }]);
      expect((await records.listEvaluations({ run, job: 'three' }, { limit: 9 })).items).toEqual([]);
    });

    withRecords('of a corpus: until it is ready or has failed', async (records, { twice }) => {
      const { recipe, manifest, digest } = corpusOf('text');
      const waits = (reason: string | null) => records.recordJobWaiting({ kind: 'corpus', team: 'red', name: 'text' }, reason);
      const reason = async () => (await records.getCorpus('red', 'text'))?.reason;
      await records.submitCorpus(ada, recipe, uploaded('source'), null);
      await twice(() => waits('its image cannot be pulled'));
      expect(await reason()).toBe('its image cannot be pulled');
      await records.corpusReady('red', 'text', digest, manifest);
      await waits('too late');
      expect(await reason()).toBeNull();
    });

    withRecords('of an analysis: until the report is there, or the sweep has more to do', async (records, { submit, finish }) => {
      const { id, runs } = await submit({ doses: [0] });
      const waits = (reason: string | null) => records.recordJobWaiting({ kind: 'analysis', sweep: id }, reason);
      const reason = async () => (await records.getSweep('red', id))?.reason;
      await waits('too early');
      expect(await reason()).toBeNull();
      await finish(runs[0]!);
      await records.sweepAnalysing(id);
      await waits('queued');
      expect(await reason()).toBe('queued');
      await records.sweepFinished(id, objectOf('report'), objectOf('page'));
      expect(await reason()).toBeNull();
    });
  });
}

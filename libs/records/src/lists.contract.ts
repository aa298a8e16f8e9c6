import { describe, expect } from '@jest/globals';
import { CursorInvalid } from './cursor-invalid.ts';
import { everything, type helpersOf } from './drive-records.ts';
import { ada, checkpointOf, corpusOf, importedOf, uploaded } from './example-sweeps.ts';
import type { Records } from './records.ts';

/** Declares a test that gets empty records of its own, whose ledger must be intact at the end. */
export type WithRecords = (claim: string, test: (records: Records, helpers: ReturnType<typeof helpersOf>) => Promise<void>) => void;

/** The part of the contract that is about lists, pins, corpora, events and the outbox. */
export function testLists(withRecords: WithRecords): void {
  describe('lists', () => {
    withRecords('come in pages without holes or doubles', async (records, { submit, finish }) => {
      const doses = [0, 1, 2, 3, 4];
      const { id, runs } = await submit({ doses });
      for (const name of ['b', 'c', 'd']) await submit({ name, doses: [0], labels: name === 'c' ? { purpose: 'nightly' } : {} });
      await finish(runs[0]!);
      expect((await everything((query) => records.listSweeps('red', query))).map(({ name }) => name)).toEqual(['d', 'c', 'b', 'first']);
      expect((await everything((query) => records.listCells(id, query))).map(({ dose }) => dose)).toEqual(doses);
      expect((await everything((query) => records.listRuns('red', { ...query, sweep: id }))).map((run) => run.id)).toEqual(runs);
      expect(new Set((await everything((query) => records.listRuns('red', query))).map((run) => run.id))).toEqual(new Set(runs));
      const evaluations = await everything((query) => records.listEvaluations({ sweep: id }, query), 3);
      expect(evaluations.map(({ run, step }) => [run, step])).toEqual(
        runs.flatMap((run) => [
          [run, 20],
          [run, 40],
        ]),
      );
      expect(await everything((query) => records.listEvaluations({ run: runs[0]! }, query), 1)).toHaveLength(2);
      expect((await everything((query) => records.listCheckpoints(runs[0]!, query), 1)).map(({ manifest }) => manifest.step)).toEqual([
        20, 40,
      ]);
      expect(await everything((query) => records.listAttempts(runs[0]!, query))).toMatchObject([
        { number: 1, state: 'succeeded', resumedStep: 0 },
      ]);
      const labelled = await records.listSweeps('red', { limit: 5, label: { key: 'purpose', value: 'nightly' } });
      expect(labelled.items.map(({ name }) => name)).toEqual(['c']);
      expect((await records.listSweeps('blue', { limit: 5 })).items).toEqual([]);
    });

    withRecords('refuse a cursor that they did not give', async (records, { submit }) => {
      const { id } = await submit();
      const { next } = await records.listCells(id, { limit: 1 });
      for (const cursor of ['nonsense', '', next!, Buffer.from('["sweeps","1"]').toString('base64url')]) {
        await expect(records.listSweeps('red', { limit: 1, cursor })).rejects.toThrow(CursorInvalid);
      }
    });
  });

  describe('pins, corpora and the outbox', () => {
    withRecords('registers a corpus once by its name, and again after a failure', async (records, { twice, deliver }) => {
      const { recipe, manifest, digest } = corpusOf('text');
      const source = uploaded('upload');
      const elsewhere = { ...source, files: source.files.map((file) => ({ ...file, object: { ...file.object, key: 'another-upload' } })) };
      expect(await twice(() => records.submitCorpus(ada, recipe, source, null))).toMatchObject({
        kind: 'created',
        corpus: { state: 'registering' },
      });
      expect(await records.submitCorpus(ada, recipe, elsewhere, null)).toMatchObject({ kind: 'existing' });
      expect(await records.submitCorpus(ada, recipe, uploaded('other'), null)).toMatchObject({ kind: 'name-taken' });
      expect(await deliver()).toEqual(['start-corpus red/text']);
      expect(await records.corpusWork('red', 'text')).toEqual({ recipe, source, tokenizer: null });
      await twice(() => records.corpusFailed('red', 'text', 'broken UTF-8'));
      expect([await records.corpusWork('red', 'text'), await records.getCorpus('red', 'text')]).toMatchObject([
        null,
        { state: 'failed', reason: 'broken UTF-8' },
      ]);
      expect(await records.submitCorpus(ada, recipe, uploaded('other'), null)).toMatchObject({ kind: 'created', corpus: { reason: null } });
      await twice(() => records.corpusReady('red', 'text', digest, manifest));
      expect(await records.getCorpus('red', digest)).toMatchObject({ name: 'text', state: 'ready', digest });
      expect(await records.getCorpus('blue', digest)).toBeNull();
      expect((await records.listCorpora('red', { limit: 5 })).items).toHaveLength(1);
    });

    withRecords('registers a base as it does a corpus, beside one of the same name', async (records, { twice, deliver }) => {
      const { recipe, manifest, digest } = importedOf('text');
      const source = uploaded('source');
      await records.submitCorpus(ada, corpusOf('text').recipe, source, null);
      await deliver();
      expect(await twice(() => records.submitBase(ada, recipe, source))).toMatchObject({ kind: 'created', base: { state: 'registering' } });
      expect(await records.submitBase(ada, recipe, uploaded('other'))).toMatchObject({ kind: 'name-taken' });
      expect(await deliver()).toEqual(['start-base red/text']);
      expect(await records.baseWork('red', 'text')).toEqual({ recipe, source });
      expect(await records.jobsAtWork([])).toMatchObject({ bases: [{ team: 'red', name: 'text' }] });
      await records.recordJobWaiting({ kind: 'base', team: 'red', name: 'text' }, 'no room');
      expect(await records.getBase('red', 'text')).toMatchObject({ reason: 'no room' });
      expect(await records.getCorpus('red', 'text')).toMatchObject({ reason: null });
      await twice(() => records.baseFailed('red', 'text', 'other shapes'));
      expect(await records.getBase('red', 'text')).toMatchObject({ state: 'failed', reason: 'other shapes', manifest: null });
      expect(await records.submitBase(ada, recipe, uploaded('other'))).toMatchObject({ kind: 'created', base: { reason: null } });
      await twice(() => records.baseReady('red', 'text', digest, manifest));
      expect(await records.getBase('red', digest)).toMatchObject({ name: 'text', state: 'ready', manifest });
      expect([await records.baseWork('red', 'text'), await records.getBase('blue', digest)]).toEqual([null, null]);
      expect((await records.listBases('red', { limit: 5 })).items.map(({ name }) => name)).toEqual(['text']);
    });

    withRecords('shows a sweep its own events and those of its runs, and a team no others', async (records, { submit, train }) => {
      const one = await submit({ doses: [0] });
      const two = await submit({ name: 'two', doses: [5] });
      await train(one.runs[0]!);
      const seen = await records.listEvents(1, 100, { sweep: one.id });
      expect(new Set(seen.map(({ run }) => run))).toEqual(new Set(one.runs));
      expect((await records.listEvents(0, 100, { sweep: two.id })).map(({ kind, actor }) => [kind, actor])).toEqual([
        ['sweep.submitted', 'red/ada'],
      ]);
      expect(await records.listEvents(0, 100, { team: 'red' })).toEqual(await records.listEvents(0, 100));
      expect(await records.listEvents(0, 100, { team: 'blue' })).toEqual([]);
    });

    withRecords('pins a checkpoint and lets it go', async (records, { submit, train }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      await train(run);
      const { digest } = checkpointOf(run, 20);
      expect([
        await records.pinCheckpoint(ada, run, digest, true),
        await records.pinCheckpoint(ada, run, digest, true),
        await records.pinCheckpoint(ada, run, run, true),
      ]).toEqual(['changed', 'unchanged', 'not-found']);
    });

    withRecords(
      'does not put a wake into the outbox twice, but does once a relay has it in hand',
      async (records, { submit, train, evaluate }) => {
        const { id, runs } = await submit({ doses: [0, 10, 20] });
        for (const run of runs) await train(run);
        for (const run of runs.slice(0, 2)) await evaluate(run, 20);
        for (const run of runs.slice(0, 2)) await evaluate(run, 40);
        const taken = await records.takeOutbox(10);
        expect(taken.map(({ kind }) => kind)).toEqual(['start-sweep', 'wake-sweep']);
        expect(await records.takeOutbox(10)).toEqual([]);
        await evaluate(runs[2]!, 20);
        await evaluate(runs[2]!, 40);
        expect((await records.takeOutbox(10)).map(({ kind, target }) => `${kind} ${target}`)).toEqual([`wake-sweep ${id}`]);
      },
    );
  });
}

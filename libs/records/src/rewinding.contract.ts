import { describe, expect } from '@jest/globals';
import type { RunLogEntry } from '@titrate/contracts';
import { ada, checkpointOf, logOf, objectOf, resultOf, settingsOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';
import type { AttemptEnd, Records } from './records.ts';

const notFinite: AttemptEnd = {
  ...{ state: 'failed', failure: 'loss-not-finite', exitCode: 30, message: 'not finite', cost: 'attempt', node: null, endedAt: null },
};

/** The log of a run whose first attempt broke down at step 47, and whose second one went back behind step 40 and did so again. */
function brokenLog(run: string): { first: RunLogEntry[]; second: RunLogEntry[]; anew: ReturnType<typeof checkpointOf> } {
  const [announced, started, ...rest] = logOf(run) as [RunLogEntry & { kind: 'attempt' }, RunLogEntry & { kind: 'started' }];
  const broken = { ...announced, kind: 'loss-not-finite' as const, step: 47 };
  const again = { attempt: 2, token: '2'.repeat(16) };
  const anew = checkpointOf(run, 40);
  anew.manifest.prefix = `runs/${run}/attempts/2/40/`;
  anew.digest = 'e'.repeat(64);
  const entries: RunLogEntry[] = [
    ...[announced, started, ...(rest as RunLogEntry[]).slice(0, 2), broken],
    { ...announced, ...again, rewindTo: 20 },
    { ...started, ...again, resumedStep: 20 },
    { ...announced, ...again, kind: 'checkpoint', checkpoint: anew.manifest, digest: anew.digest },
    { ...broken, ...again },
  ];
  const numbered = entries.map((entry, seq) => ({ ...entry, seq }));
  return { first: numbered.slice(0, 5), second: numbered.slice(5), anew };
}

const endOf = (records: Records, run: string, attempt: number): Promise<void> => records.attemptEnded(run, attempt, notFinite);

/** The part of the contract that is about a loss that was not finite, and the attempt that goes back behind what may hold its cause. */
export function testRewinding(withRecords: WithRecords): void {
  describe('a loss that is not finite', () => {
    withRecords('is noted with its attempt and step, once, until a retry', async (records, { submit, twice }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      const { first, second } = brokenLog(run);
      await twice(() => records.recordLog(run, first));
      await twice(() => endOf(records, run, 1));
      expect(await records.runView(run)).toMatchObject({ notFinite: [{ attempt: 1, step: 47 }], resumePoint: 40, earlierResumePoint: 20 });
      await records.recordLog(run, second.slice(0, 2));
      await endOf(records, run, 2);
      const both = [
        { attempt: 1, step: 47 },
        { attempt: 2, step: null },
      ];
      expect((await records.runView(run))?.notFinite).toEqual(both);
      await records.runFailed(run, 'given up');
      await records.changeSweep(ada, (await records.getRun(run))!.sweeps[0]!, 'retry');
      expect((await records.runView(run))?.notFinite).toEqual([]);
    });

    withRecords('supersedes what the next attempt goes back behind, results too, until that commits anew', async (records, helpers) => {
      const { submit, evaluate, twice, kinds } = helpers;
      const run = (await submit({ doses: [0] })).runs[0]!;
      const { first, second, anew } = brokenLog(run);
      await records.recordLog(run, first);
      await evaluate(run, 20);
      await evaluate(run, 40);
      await endOf(records, run, 1);
      await twice(() => records.recordLog(run, second.slice(0, 2)));
      expect(await records.runView(run)).toMatchObject({
        resumePoint: 20,
        earlierResumePoint: 0,
        waitingEvaluations: [],
        openEvaluations: 1,
      });
      const states = async () => (await records.listCheckpoints(run, { limit: 9 })).items.map(({ digest, state }) => [digest, state]);
      const [kept, gone] = [20, 40].map((step) => checkpointOf(run, step).digest);
      expect(await states()).toEqual([
        [kept, 'committed'],
        [gone, 'superseded'],
      ]);
      await twice(() => evaluate(run, 40));
      expect((await records.runView(run))?.openEvaluations).toBe(1);

      await records.recordLog(run, second.slice(2));
      expect(await records.runView(run)).toMatchObject({ resumePoint: 40, waitingEvaluations: [{ checkpoint: { digest: anew.digest } }] });
      await records.evaluationSucceeded(objectOf('anew'), { ...resultOf(run, 40, settingsOf(0)), checkpoint: anew.digest });
      expect((await records.listEvaluations({ run }, { limit: 9 })).items.map(({ checkpoint }) => checkpoint)).toEqual([kept, anew.digest]);
      expect(await kinds()).toEqual(expect.arrayContaining(['attempt.loss-not-finite', 'checkpoint.superseded', 'evaluation.superseded']));
    });

    withRecords('lets retention take what was superseded', async (records, { submit, evaluate }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      const { first, second, anew } = brokenLog(run);
      await records.recordLog(run, first);
      await records.recordLog(run, second.slice(0, 3));
      const finished = logOf(run).at(-1)!;
      await records.recordLog(run, [{ ...finished, attempt: 2, token: '2'.repeat(16), seq: 8 }]);
      await evaluate(run, 20);
      await records.evaluationSucceeded(objectOf('anew'), { ...resultOf(run, 40, settingsOf(0)), checkpoint: anew.digest });
      const superseded = checkpointOf(run, 40).digest;
      expect((await records.markDeletable(run)).map(({ digest }) => digest)).toEqual([superseded]);
      expect((await records.markDeletable(run)).map(({ state }) => state)).toEqual(['deleting']);
    });
  });
}

import { describe, expect } from '@jest/globals';
import { ada, logOf, sweepOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';
import type { AttemptEnd, Records } from './records.ts';

const told = { resumeSteps: [20, 40], evaluateSteps: [20, 40] };
const tokenOf = (attempt: number) => attempt.toString(16).padStart(16, '0');
const evicted: AttemptEnd = {
  ...{ state: 'failed', failure: 'evicted', exitCode: null, message: 'taken away', cost: 'interruption', node: null, endedAt: null },
};
const launch = (records: Records, run: string, attempt: number) =>
  records.attemptLaunched(run, attempt, tokenOf(attempt), `train-${attempt}`, told);

/** The part of the contract that is about attempts which a cluster takes away, holds up, or starts anew. */
export function testInterruptions(withRecords: WithRecords): void {
  describe('attempts on a cluster', () => {
    withRecords('count what was taken away beside what failed, and know on which nodes', async (records, { submit, twice }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      for (const [index, end] of [
        evicted,
        { ...evicted, failure: 'node-lost', node: 'n1' },
        { ...evicted, failure: 'hung', node: 'n2', cost: 'attempt' },
        { ...evicted, failure: 'stopped', cost: 'nothing' },
      ].entries()) {
        await launch(records, run, index + 1);
        await twice(() => records.attemptEnded(run, index + 1, end as AttemptEnd));
      }
      const nodeFailures = [
        { failure: 'hung', node: 'n2' },
        { failure: 'node-lost', node: 'n1' },
      ];
      expect(await records.runView(run)).toMatchObject({ failures: 1, interruptions: 2, nodeFailures, attempt: { number: 4, node: null } });
      await records.runFailed(run, 'given up');
      await records.changeSweep(ada, (await records.getRun(run))!.sweeps[0]!, 'retry');
      expect(await records.runView(run)).toMatchObject({ failures: 0, interruptions: 0 });
    });

    withRecords('tell how much training was lost: since the newest resume point, or the start', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      const lost = async (attempt: number) => (await records.listAttempts(run, { limit: 9 })).items[attempt - 1]?.lostSeconds;
      const [announced, started, committed] = logOf(run);
      await launch(records, run, 1);
      await records.recordLog(run, [announced!]);
      await records.recordLog(run, [started!]);
      expect(await lost(1)).toBeNull();
      await records.recordLog(run, [{ ...committed!, at: '2026-01-01T01:00:00.000Z' }]);
      await records.attemptEnded(run, 1, { ...evicted, endedAt: '2026-01-01T01:02:30.500Z' });
      await launch(records, run, 2);
      await records.attemptEnded(run, 2, { ...evicted, failure: 'unschedulable' });
      expect([await lost(1), await lost(2)]).toEqual([150.5, 0]);
    });

    withRecords('may start anew: the same attempt, with the newest start, and nothing is counted', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      const [announced, started, committed, ...rest] = logOf(run);
      await records.recordLog(run, [announced!, started!, committed!]);
      const again = { ...started!, seq: 3, at: '2026-01-01T02:00:00.000Z', resumedStep: 20 } as typeof started;
      await records.recordLog(run, [again!]);
      expect(await records.runView(run)).toMatchObject({
        ...{ failures: 0, interruptions: 0, recordedSeq: 4 },
        attempt: { number: 1, state: 'running', startedAt: '2026-01-01T02:00:00.000Z', resumedStep: 20 },
      });
      for (const entry of rest) await records.recordLog(run, [{ ...entry, seq: entry.seq + 1 }]);
      expect(await records.runView(run)).toMatchObject({ trained: true });
    });

    withRecords('show what their job waits for, until it starts or ends', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      const shown = async () => [(await records.getRun(run))?.waiting, (await records.runView(run))?.attempt?.waiting];
      await launch(records, run, 1);
      expect(await shown()).toEqual([null, null]);
      await records.recordWaiting(run, 1, 'queued');
      expect(await shown()).toEqual(['queued', 'queued']);
      await records.recordWaiting(run, 1, null);
      expect(await shown()).toEqual([null, null]);
      await records.recordWaiting(run, 1, 'no node fits');
      await records.attemptEnded(run, 1, evicted);
      await records.recordWaiting(run, 1, 'too late');
      expect(await shown()).toEqual([null, null]);
    });

    withRecords('are never launched again once they have ended', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      expect(await launch(records, run, 1)).toEqual(told);
      await records.attemptEnded(run, 1, evicted);
      expect(await launch(records, run, 1)).toBeNull();
      expect(await launch(records, run, 2)).toEqual(told);
    });

    withRecords('are told with all else that may have a job, for whoever clears up', async (records, { submit, train, finish }) => {
      const { id, runs } = await submit();
      const [first, second] = runs as [string, string];
      await launch(records, first, 1);
      const attempts = [{ run: first, number: 1, token: tokenOf(1) }];
      const evaluating = expect.arrayContaining([first, second]);
      const none = { corpora: [], bases: [], gates: [], isAnalysing: false };
      expect(await records.jobsAtWork(['train-1', 'train-9'])).toEqual({ attempts, recorded: ['train-1'], evaluating, ...none });
      await train(first);
      for (const run of runs) await finish(run);
      await records.sweepAnalysing(id);
      expect(await records.jobsAtWork([])).toEqual({
        attempts: [],
        recorded: [],
        evaluating: [],
        corpora: [],
        bases: [],
        gates: [],
        isAnalysing: true,
      });
    });

    withRecords('use the profile that the first sweep wants which demands the run', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      expect((await records.runView(run))?.profile).toBeNull();
      for (const [name, profile] of [
        ['second', 'large'],
        ['third', 'small'],
      ] as const) {
        const { spec, plan } = sweepOf({ name, doses: [0] });
        const runs = plan.runs.map((planned) => ({ ...planned, demand: { ...planned.demand, profile } }));
        await records.submitSweep(ada, spec, { ...plan, runs }, null);
      }
      expect((await records.runView(run))?.profile).toBe('large');
    });
  });
}

import { describe, expect, it } from '@jest/globals';
import { verifyChain } from '@titrate/ledger';
import { testBaselines } from './baselines.contract.ts';
import { testBases } from './bases.contract.ts';
import { testDemands } from './demands.contract.ts';
import { everything, helpersOf, success } from './drive-records.ts';
import { ada, checkpointOf, logOf, objectOf, resultOf, settingsOf, sweepOf } from './example-sweeps.ts';
import { testLists, type WithRecords } from './lists.contract.ts';
import type { Records } from './records.ts';
import { testGates } from './gates.contract.ts';
import { testInterruptions } from './interruptions.contract.ts';
import { testMetrics } from './metrics.contract.ts';
import { testProcesses } from './processes.contract.ts';
import { testReferences } from './references.contract.ts';
import { testRetention } from './retention.contract.ts';
import { testRewinding } from './rewinding.contract.ts';
import { testWaitingJobs } from './waiting-jobs.contract.ts';

/** Steps that a job is told to commit. */
const told = { resumeSteps: [20, 40], evaluateSteps: [20, 40] };

/** Real servers on a busy machine take their time. */
const TIMEOUT_MS = 60_000;

/** Empty, migrated records for one test, and what must be done with them after it. */
export type RecordsFactory = () => Promise<{ records: Records; close: () => Promise<void> }>;

/** What any implementation of the records must do. */
export function testRecords(newRecords: RecordsFactory): void {
  const withRecords: WithRecords = (claim, test) =>
    it(
      claim,
      async () => {
        const { records, close } = await newRecords();
        try {
          await test(records, helpersOf(records));
          expect(verifyChain(await records.listLedger(0, 10_000))).toMatchObject({ kind: 'intact' });
        } finally {
          await close();
        }
      },
      TIMEOUT_MS,
    );

  describe('submitSweep()', () => {
    withRecords('gives the same sweep for the same spec', async (records, { submit, deliver, twice }) => {
      const { id, outcome } = await twice(() => submit());
      expect(outcome).toMatchObject({ kind: 'created', sweep: { state: 'accepted', runs: { waiting: 2 }, evaluations: { waiting: 4 } } });
      expect((await submit()).outcome.kind).toBe('existing');
      expect(await deliver()).toEqual([`start-sweep ${id}`]);
      expect(await records.getSweep('blue', id)).toBeNull();
    });

    withRecords('makes one sweep of simultaneous submissions', async (records) => {
      const { spec, plan } = sweepOf();
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => records.submitSweep(ada, spec, plan, 'key')));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', ...Array(5).fill('existing')]);
      expect(await everything((query) => records.listSweeps('red', query))).toHaveLength(1);
      expect(await records.listEvents(0, 100)).toHaveLength(1);
    });

    withRecords('tells when a key was used with another spec, and makes nothing of it', async (records) => {
      const one = sweepOf();
      const other = sweepOf({ name: 'other' });
      const { sweep } = (await records.submitSweep(ada, one.spec, one.plan, 'key')) as { sweep: { id: string } };
      expect(await records.submitSweep(ada, other.spec, other.plan, 'key')).toEqual({ kind: 'key-reused', sweep: sweep.id });
      expect((await records.submitSweep(ada, one.spec, one.plan, 'key')).kind).toBe('existing');
      expect(await everything((query) => records.listSweeps('red', query))).toHaveLength(1);
    });

    withRecords(
      'counts results that exist, and lets committed checkpoints wait for new settings',
      async (records, { submit, finish, deliver }) => {
        const { runs } = await submit();
        for (const run of runs) await finish(run);
        await deliver();
        const same = await submit({ name: 'same' });
        expect(same.outcome).toMatchObject({ sweep: { evaluations: { succeeded: 4 }, runs: { finished: 2 } } });
        expect(await records.sweepView(same.id)).toMatchObject({ settled: true, owing: [] });
        const more = await submit({ name: 'more', doses: [0], steps: [20, 30, 40], settings: [settingsOf(1)] });
        expect(more.outcome).toMatchObject({ sweep: { evaluations: { waiting: 2, missing: 1 }, runs: { waiting: 1 } } });
        expect(await deliver()).toEqual(expect.arrayContaining([`wake-run ${runs[0]}`, `start-sweep ${more.id}`]));
        expect((await records.runView(runs[0]!))?.waitingEvaluations.map(({ checkpoint }) => checkpoint.manifest.step)).toEqual([20, 40]);
        expect((await records.listCells(more.id, { limit: 5 })).items).toMatchObject([{ reused: true, dose: 0, latest: null }]);
      },
    );
  });

  describe('the life of a run', () => {
    withRecords(
      'goes from waiting to finished, and every step may be told twice',
      async (records, { submit, twice, evaluate, deliver, kinds }) => {
        const { id, runs } = await submit({ doses: [0] });
        const run = runs[0]!;
        const stateOf = async () => (await records.getRun(run))?.state;
        await twice(() => records.sweepStarted(id));
        await twice(() => records.runsTakenUp(id, [run]));
        expect(await records.sweepView(id)).toEqual({ state: 'running', concurrency: 2, owing: [{ run, active: true }], settled: false });
        await twice(() => records.attemptLaunched(run, 1, '0000000000000001', 'train-1', told));
        for (const entry of logOf(run)) await twice(() => records.recordLog(run, [entry]));
        expect(await stateOf()).toBe('evaluating');
        await twice(() => records.attemptEnded(run, 1, success));
        const [first] = (await records.runView(run))!.waitingEvaluations;
        await twice(() =>
          records.evaluationsStarted(run, [{ digest: first!.checkpoint.digest, settingsDigest: first!.settingsDigest }], 'evaluate-1'),
        );
        await deliver();
        await twice(() => evaluate(run, 20));
        expect([await deliver(), await records.isOwed(run)]).toEqual([[], true]);
        await twice(() => evaluate(run, 40));
        expect(await deliver()).toEqual([`wake-sweep ${id}`]);
        expect(await records.runView(run)).toMatchObject({ trained: true, openEvaluations: 0, wanted: 'run', recordedSeq: 5 });
        expect(await records.isOwed(run)).toBe(false);
        await twice(() => records.runFinished(run));
        expect(await records.sweepView(id)).toMatchObject({ owing: [], settled: true });
        await twice(() => records.sweepAnalysing(id));
        await twice(() => records.sweepFinished(id, objectOf('report'), objectOf('page')));
        expect(await records.getSweep('red', id)).toMatchObject({
          state: 'finished',
          report: objectOf('report'),
          runs: { finished: 1 },
          evaluations: { succeeded: 2 },
        });
        expect(await records.getRun(run)).toMatchObject({
          state: 'finished',
          attempts: 1,
          step: 40,
          latest: { step: 40, increase: 100, cleanPerplexity: 90 },
          sweeps: [id],
        });
        expect(await kinds()).toEqual(
          [
            'sweep.submitted',
            'sweep.started',
            'run.waiting',
            'attempt.launched',
            'run.started',
            'attempt.started',
            'checkpoint.committed',
            'checkpoint.committed',
            'run.trained',
          ].concat([
            'attempt.succeeded',
            'evaluation.started',
            'evaluation.succeeded',
            'evaluation.succeeded',
            'run.finished',
            'sweep.analysing',
            'sweep.analysed',
            'sweep.finished',
          ]),
        );
      },
    );

    withRecords('refuses a log with a hole, and a second result', async (records, { submit, train, evaluate }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      await expect(records.recordLog(run, [logOf(run)[2]!])).rejects.toThrow(/next one must be 0/);
      await train(run);
      await evaluate(run, 20);
      await expect(records.evaluationSucceeded(objectOf('another'), resultOf(run, 20))).rejects.toThrow(/exactly one/);
    });

    withRecords('settles what a trained run kept no checkpoint of', async (records, { submit, train, twice }) => {
      const { id, runs } = await submit({ doses: [0], steps: [20, 30, 40] });
      expect(await records.settleMissing(runs[0]!)).toBe(0);
      await train(runs[0]!);
      expect(await twice(() => records.settleMissing(runs[0]!))).toBe(1);
      expect(await records.getSweep('red', id)).toMatchObject({ evaluations: { waiting: 2, missing: 1 } });
    });

    withRecords(
      'counts the failures that count, and a failed run keeps no sweep waiting until it is retried',
      async (records, { submit, deliver, twice }) => {
        const { id, runs } = await submit({ doses: [0] });
        const run = runs[0]!;
        const end = {
          state: 'failed',
          failure: 'killed',
          exitCode: 137,
          message: 'last \u0000words',
          cost: 'attempt',
          node: 'n1',
          endedAt: null,
        } as const;
        await records.sweepStarted(id);
        await records.runsTakenUp(id, [run]);
        await records.attemptLaunched(run, 1, '0000000000000001', 'train-1', told);
        await twice(() => records.attemptEnded(run, 1, end));
        await records.attemptLaunched(run, 2, '0000000000000002', 'train-2', told);
        await records.attemptEnded(run, 2, { ...end, failure: 'stopped', cost: 'nothing' });
        expect(await records.runView(run)).toMatchObject({
          failures: 1,
          failed: false,
          attempt: { number: 2, failure: 'stopped', message: 'last \ufffdwords' },
        });
        await deliver();
        await twice(() => records.runFailed(run, 'given up'));
        expect(await deliver()).toEqual([`wake-sweep ${id}`]);
        expect(await records.sweepView(id)).toMatchObject({ settled: true, owing: [] });
        expect(await records.changeSweep(ada, id, 'retry')).toMatchObject({
          kind: 'changed',
          sweep: { runs: { waiting: 1 }, evaluations: { waiting: 2 } },
        });
        expect(await deliver()).toEqual([`wake-sweep ${id}`]);
        expect(await records.runView(run)).toMatchObject({ failures: 0, failed: false, wanted: 'run' });
        expect(await records.sweepView(id)).toMatchObject({ owing: [{ run, active: false }] });
        expect((await records.changeSweep(ada, id, 'retry')).kind).toBe('unchanged');
      },
    );

    withRecords(
      'does not finish while something was demanded at the last moment',
      async (records, { submit, train, evaluate, deliver }) => {
        const run = (await submit({ doses: [0] })).runs[0]!;
        await train(run);
        await evaluate(run, 20);
        await evaluate(run, 40);
        expect(await records.demandEvaluation(ada, run, checkpointOf(run, 20).digest, settingsOf(7))).toMatchObject({
          kind: 'demanded',
          evaluation: { step: 20, state: 'waiting' },
        });
        expect(await records.demandEvaluation(ada, run, checkpointOf(run, 20).digest, settingsOf(7))).toMatchObject({ kind: 'existing' });
        await deliver();
        await records.runFinished(run);
        expect((await records.getRun(run))?.state).toBe('evaluating');
        expect(await deliver()).toEqual([`wake-run ${run}`]);
        expect(await records.demandEvaluation(ada, run, objectOf('x').sha256, settingsOf(7))).toEqual({ kind: 'not-found' });
      },
    );
  });

  describe('changeSweep()', () => {
    withRecords('cancels for one sweep only what no other wants', async (records, { submit, deliver, train, evaluate, twice }) => {
      const one = await submit({ doses: [0, 5] });
      const two = await submit({ name: 'two', doses: [0], settings: [settingsOf(1)] });
      const [shared, lone] = one.runs as [string, string];
      await records.sweepStarted(one.id);
      await records.runsTakenUp(one.id, [shared]);
      await deliver();
      await twice(() => records.changeSweep(ada, one.id, 'cancel'));
      expect(await deliver()).toEqual([`wake-run ${shared}`, `wake-sweep ${one.id}`]);
      expect((await records.getRun(lone))?.state).toBe('idle');
      expect(await records.runView(lone)).toMatchObject({ wanted: 'release', openEvaluations: 0, evaluateSteps: [] });
      await train(shared);
      // Only the settings of the second sweep are wanted still.
      expect(await records.runView(shared)).toMatchObject({ wanted: 'run', openEvaluations: 2 });
      await evaluate(shared, 20, settingsOf(1));
      await evaluate(shared, 40, settingsOf(1));
      await records.runFinished(shared);
      expect(await records.getSweep('red', two.id)).toMatchObject({ evaluations: { succeeded: 2 } });
      expect(await records.changeSweep(ada, one.id, 'retry')).toMatchObject({ kind: 'changed', sweep: { state: 'accepted' } });
      expect((await records.sweepView(one.id))?.owing).toEqual([
        { run: shared, active: false },
        { run: lone, active: false },
      ]);
    });

    withRecords('pauses a run only when all that want more of it are paused', async (records, { submit, deliver }) => {
      const one = await submit({ doses: [0] });
      const two = await submit({ name: 'two', doses: [0] });
      const run = one.runs[0]!;
      for (const { id } of [one, two]) {
        await records.sweepStarted(id);
        await records.runsTakenUp(id, [run]);
      }
      await deliver();
      expect(await records.changeSweep(ada, one.id, 'pause')).toMatchObject({ kind: 'changed', sweep: { state: 'paused' } });
      expect((await records.runView(run))?.wanted).toBe('run');
      await records.changeSweep(ada, two.id, 'pause');
      expect((await records.runView(run))?.wanted).toBe('pause');
      await deliver();
      await records.runPaused(run);
      expect((await deliver()).sort()).toEqual([`wake-sweep ${one.id}`, `wake-sweep ${two.id}`].sort());
      expect(await records.changeSweep(ada, one.id, 'resume')).toMatchObject({ sweep: { state: 'running' } });
      expect((await records.sweepView(one.id))?.owing).toEqual([{ run, active: false }]);
      await records.runsTakenUp(one.id, [run]);
      expect((await records.getRun(run))?.state).toBe('waiting');
    });

    withRecords('refuses what the state forbids, with a reason', async (records, { submit, finish }) => {
      const { id, runs } = await submit({ doses: [0] });
      expect((await records.changeSweep(ada, id, 'resume')).kind).toBe('unchanged');
      await finish(runs[0]!);
      await records.sweepAnalysing(id);
      expect(await records.changeSweep(ada, id, 'pause')).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('it is analysing'),
      });
      await records.sweepFinished(id, objectOf('report'), objectOf('page'));
      expect(await records.changeSweep(ada, id, 'cancel')).toEqual({
        kind: 'refused',
        reason: 'Cannot cancel the sweep as it must be still open: it is finished',
      });
      expect((await records.changeSweep({ team: 'blue', name: 'eve' }, id, 'cancel')).kind).toBe('not-found');
    });
  });

  describe('amendSweep() and deleteSweep()', () => {
    withRecords('adds cells to a finished sweep, and never takes one away', async (records, { submit, finish, deliver }) => {
      const { id, runs } = await submit({ doses: [0] });
      await finish(runs[0]!);
      await records.sweepAnalysing(id);
      await records.sweepFinished(id, objectOf('report'), objectOf('page'));
      await deliver();
      const wider = sweepOf({ doses: [0, 5] });
      expect(await records.amendSweep(ada, id, wider.spec, wider.plan)).toMatchObject({
        kind: 'changed',
        sweep: { state: 'accepted', report: null, runs: { finished: 1, waiting: 1 } },
      });
      expect(await deliver()).toEqual([`start-sweep ${id}`]);
      expect((await records.amendSweep(ada, id, wider.spec, wider.plan)).kind).toBe('unchanged');
      const narrower = sweepOf({ doses: [5] });
      expect(await records.amendSweep(ada, id, narrower.spec, narrower.plan)).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('lacks 1'),
      });
      expect((await records.listCells(id, { limit: 9 })).items.map(({ dose }) => dose)).toEqual([0, 5]);
    });

    withRecords('deletes an ended sweep, says before what would go, and leaves what others share', async (records, { submit, finish }) => {
      const { id, runs } = await submit({ doses: [0, 5] });
      const other = await submit({ name: 'other', doses: [0] });
      for (const run of runs) await finish(run);
      expect(await records.deleteSweep(ada, id, false)).toMatchObject({ kind: 'refused' });
      await records.sweepFailed(id, 'for the test');
      const counts = { runs: 1, sharedRuns: 1, checkpoints: 2 };
      expect(await records.deleteSweep(ada, id, true)).toEqual({ kind: 'would-delete', ...counts });
      expect(await records.getSweep('red', id)).not.toBeNull();
      expect(await records.deleteSweep(ada, id, false)).toEqual({ kind: 'deleted', ...counts });
      expect(await records.deleteSweep(ada, id, false)).toEqual({ kind: 'not-found' });
      expect([await records.getRun(runs[1]!), (await records.getRun(runs[0]!))?.sweeps]).toEqual([null, [other.id]]);
    });
  });

  testLists(withRecords);
  testInterruptions(withRecords);
  testBaselines(withRecords);
  testGates(withRecords);
  testMetrics(withRecords);
  testWaitingJobs(withRecords);
  testProcesses(withRecords);
  testRetention(withRecords);
  testRewinding(withRecords);
  testBases(withRecords);
  testReferences(withRecords);
  testDemands(withRecords);
}

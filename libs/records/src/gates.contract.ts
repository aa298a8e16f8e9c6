import { describe, expect } from '@jest/globals';
import { DEFAULT_GATE, Gate } from '@titrate/contracts';
import { ada, logOf, objectOf, sweepOf } from './example-sweeps.ts';
import type { helpersOf } from './drive-records.ts';
import { everything } from './drive-records.ts';
import type { WithRecords } from './lists.contract.ts';
import type { GateAsked, Records } from './records.ts';

const gate = Gate.parse(DEFAULT_GATE);
const stricter = Gate.parse({ ...DEFAULT_GATE, confidence: 0.99 });

/** A baseline, a finished sweep, and the question that holds one against the other. */
async function prepared(records: Records, helpers: ReturnType<typeof helpersOf>) {
  const before = await helpers.finishSweep();
  await records.promoteBaseline(ada, { name: 'nightly', sweep: before.id, why: 'good' });
  const after = await helpers.finishSweep({ name: 'tonight' }, 'after');
  const asked: GateAsked = { sweep: after.id, baseline: 'nightly', version: null, gate, firing: null };
  await helpers.deliver();
  return { before, after, asked };
}

const made = async (records: Records, asked: GateAsked) => {
  const outcome = await records.requestGate(ada, asked);
  if (outcome.kind !== 'created' && outcome.kind !== 'existing') throw new Error(`the gate was ${outcome.kind}`);
  return outcome.gate;
};

/** The part of the contract that is about results that are held against a baseline. */
export function testGates(withRecords: WithRecords): void {
  describe('gates', () => {
    withRecords('are asked for once for the same results, version and rule, and start their workflow', async (records, helpers) => {
      const { after, asked } = await prepared(records, helpers);
      const outcome = await helpers.twice(() => records.requestGate(ada, asked));
      expect(outcome).toMatchObject({
        kind: 'created',
        gate: { sweep: after.id, sweepName: 'tonight', sweepReport: objectOf('after'), baseline: { name: 'nightly', version: 1 }, gate },
      });
      expect(outcome).toMatchObject({ gate: { state: 'pending', reasons: [], report: null, firing: null, requestedBy: 'red/ada' } });
      const first = await made(records, asked);
      expect(await records.requestGate(ada, { ...asked, version: 1 })).toEqual({ kind: 'existing', gate: first });
      const second = await made(records, { ...asked, gate: stricter });
      expect(second.id).not.toBe(first.id);
      expect(await helpers.deliver()).toEqual([`start-gate ${first.id}`, `start-gate ${second.id}`]);
      expect(await everything((query) => records.listGates('red', { ...query, sweep: after.id }), 1)).toEqual([second, first]);
      expect((await records.listGates('red', { limit: 9, state: 'pass' })).items).toEqual([]);
      expect([await records.getGate('red', first.id), await records.getGate('blue', first.id)]).toEqual([first, null]);
      expect((await records.jobsAtWork([])).gates.toSorted()).toEqual([first.id, second.id].toSorted());
    });

    withRecords('make one of simultaneous requests', async (records, helpers) => {
      const { asked } = await prepared(records, helpers);
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => records.requestGate(ada, asked)));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', ...Array(5).fill('existing')]);
    });

    withRecords(
      'are refused of what is not finished, against no baseline, a retired one, and the sweep itself',
      async (records, helpers) => {
        const { before, asked } = await prepared(records, helpers);
        const open = await helpers.submit({ name: 'open' });
        await helpers.deliver();
        const ledger = await records.listLedger(0, 1000);
        const refusal = async (changes: Partial<GateAsked>) => {
          const outcome = await records.requestGate(ada, { ...asked, ...changes });
          return outcome.kind === 'refused' ? [outcome.code, outcome.reason] : outcome.kind;
        };
        const cannot = 'Cannot hold a gate against the sweep as';
        expect(await refusal({ sweep: open.id })).toEqual(['not-finished', `${cannot} it must be finished: it is accepted`]);
        expect(await refusal({ baseline: 'weekly' })).toEqual(['baseline-unknown', 'There is no baseline weekly']);
        expect(await refusal({ version: 2 })).toEqual(['baseline-unknown', 'There is no baseline nightly version 2']);
        expect(await refusal({ sweep: before.id })).toEqual([
          'same-sweep',
          `${cannot} another one must be its baseline: nightly version 1 is made of it`,
        ]);
        expect(await records.requestGate({ team: 'blue', name: 'bob' }, asked)).toEqual({ kind: 'not-found' });
        expect(await records.listLedger(0, 1000)).toEqual(ledger);
        await records.retireBaseline(ada, 'nightly', 1, 'a bad image');
        for (const version of [1, null])
          expect(await refusal({ version })).toEqual([
            'baseline-retired',
            expect.stringMatching(/red\/ada retired it on 20..-..-..: a bad image$/),
          ]);
        expect(await helpers.deliver()).toEqual([]);
      },
    );

    withRecords('come to a verdict that stays, and wake the firing that waits', async (records, helpers) => {
      const { asked, before } = await prepared(records, helpers);
      const { id } = await made(records, asked);
      expect(await records.requestGate(ada, { ...asked, firing: 'firing-1' })).toMatchObject({
        kind: 'existing',
        gate: { firing: 'firing-1' },
      });
      await helpers.deliver();
      expect(await records.gateWork(id)).toMatchObject({ team: 'red', applied: { id }, baseline: { sweep: before.id, version: 1 } });
      await helpers.twice(() => records.gateStarted(id));
      await records.recordJobWaiting({ kind: 'gate', gate: id }, 'no node fits');
      expect(await records.getGate('red', id)).toMatchObject({ state: 'running', reason: 'no node fits' });
      await helpers.twice(() => records.gateDecided(id, 'fail', ['worse\u0000 by far'], objectOf('gate')));
      const decided = await records.getGate('red', id);
      expect(decided).toMatchObject({ state: 'fail', reason: null, reasons: ['worse\ufffd by far'], report: objectOf('gate') });
      await records.gateFailed(id, 'too late');
      await records.recordJobWaiting({ kind: 'gate', gate: id }, 'too late');
      expect(await records.requestGate(ada, asked)).toEqual({ kind: 'existing', gate: decided });
      expect(await records.gateWork(id)).toBeNull();
      expect(await helpers.deliver()).toEqual(['wake-firing firing-1']);
      expect((await helpers.kinds()).slice(-3)).toEqual(['gate.requested', 'gate.started', 'gate.decided']);
      expect((await records.readMetrics()).counts).toContainEqual({ metric: 'titrate_gate_verdicts_total', labels: ['fail'], by: 1 });
    });

    withRecords('that had no verdict are tried again when somebody asks again', async (records, helpers) => {
      const { asked } = await prepared(records, helpers);
      const { id } = await made(records, asked);
      await helpers.deliver();
      await helpers.twice(() => records.gateFailed(id, 'its image cannot be pulled'));
      expect(await records.getGate('red', id)).toMatchObject({ state: 'error', reason: 'its image cannot be pulled', report: null });
      expect(await records.requestGate(ada, asked)).toMatchObject({
        kind: 'created',
        gate: { id, state: 'pending', reason: null, finishedAt: null },
      });
      expect(await helpers.deliver()).toEqual([`start-gate ${id}`]);
      expect((await records.readMetrics()).counts).toContainEqual({ metric: 'titrate_gate_verdicts_total', labels: ['error'], by: 1 });
    });

    withRecords('are asked anew about a sweep whose results are others', async (records, helpers) => {
      const { asked, after } = await prepared(records, helpers);
      const { id } = await made(records, asked);
      const { spec, plan } = sweepOf({ name: 'tonight', doses: [0, 5] });
      await records.amendSweep(ada, after.id, spec, plan);
      expect(await records.requestGate(ada, asked)).toMatchObject({ kind: 'refused', code: 'not-finished' });
      await helpers.finish(plan.runs[1]!.id);
      await records.sweepAnalysing(after.id);
      await records.sweepFinished(after.id, objectOf('more'), objectOf('page'));
      expect((await made(records, asked)).id).not.toBe(id);
      expect(await records.getGate('red', id)).toMatchObject({ sweepReport: objectOf('after') });
    });

    withRecords('let results become a baseline when these very results passed', async (records, helpers) => {
      const { asked, after } = await prepared(records, helpers);
      const { id } = await made(records, asked);
      const promotion = { name: 'nightly', sweep: after.id, why: 'the gate passed', gate: id };
      const reason = `Cannot make a baseline of the sweep as its results must have passed gate ${id}: they have not`;
      expect(await records.promoteBaseline(ada, promotion)).toEqual({ kind: 'refused', reason });
      await records.gateDecided(id, 'pass', ['all is well'], objectOf('gate'));
      expect(await helpers.twice(() => records.promoteBaseline(ada, promotion))).toMatchObject({
        kind: 'created',
        baseline: { version: 2, gate: id, promotedBy: 'red/ada' },
      });
      expect((await records.listEvents(0, 1000)).at(-1)).toMatchObject({ kind: 'baseline.promoted', data: { gate: id } });
      const other = await helpers.finishSweep({ name: 'other' }, 'other');
      expect(await records.promoteBaseline(ada, { ...promotion, sweep: other.id })).toMatchObject({ kind: 'refused' });
    });

    withRecords('are told what runs took', async (records, helpers) => {
      const { id, runs } = await helpers.submit();
      const [first, second] = runs as [string, string];
      const throughput = {
        steps: 40,
        seconds: 2,
        tokensPerSecond: 2560,
        mfu: 0.4,
        peakFlopPerSecond: 1,
        dataWaitShare: 0,
        checkpointStallShare: 0,
      };
      const log = logOf(first).map((entry) => (entry.kind === 'finished' ? { ...entry, throughput } : entry));
      await records.attemptLaunched(first, 1, log[0]!.token, 'job', { resumeSteps: [], evaluateSteps: [] }, { devices: 2, gpus: 2 });
      await records.recordLog(first, log);
      const started = (await records.listAttempts(first, { limit: 1 })).items[0]!.startedAt!;
      const end = { state: 'succeeded', failure: null, exitCode: 0, message: null, cost: 'nothing', node: null } as const;
      await records.attemptEnded(first, 1, { ...end, endedAt: new Date(Date.parse(started) + 3000).toISOString() });
      expect(await records.listUsage(id)).toEqual([
        { run: first, tokensPerSecond: 2560, mfu: 0.4, gpuSeconds: 6 },
        { run: second, tokensPerSecond: null, mfu: null, gpuSeconds: 0 },
      ]);
    });
  });
}

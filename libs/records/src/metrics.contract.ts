import { describe, expect } from '@jest/globals';
import type { RunLogEntry } from '@titrate/contracts';
import { countsOf, type Count } from '@titrate/telemetry';
import { success } from './drive-records.ts';
import { ada, logOf, resultOf } from './example-sweeps.ts';
import type { WithRecords } from './lists.contract.ts';
import type { AttemptEnd, Records } from './records.ts';

const steps = { resumeSteps: [20, 40], evaluateSteps: [20, 40] };
const onGpus = { devices: 8, gpus: 8 };

/** A moment some seconds from now: what is launched now may start, commit and end then. */
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** The log of a run that starts after 20 s and commits after 50 s and 80 s. */
function timedLog(run: string): RunLogEntry[] {
  const times = [0, 20, 50, 80, 80];
  return logOf(run).map((entry, index) => ({ ...entry, at: inSeconds(times[index]!) }));
}

const valueOf = (counts: readonly Count[], metric: string, ...labels: string[]): number | undefined =>
  counts.find((count) => count.metric === metric && count.labels.join() === labels.join())?.by;

/** The counts that a ledger adds up to, by series. */
function sumsOf(counts: readonly Count[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { metric, labels, by } of counts) sums[`${metric} ${labels.join()}`] = (sums[`${metric} ${labels.join()}`] ?? 0) + by;
  return sums;
}

async function launch(records: Records, run: string): Promise<void> {
  await records.attemptLaunched(run, 1, '0000000000000001', 'train-1', steps, onGpus);
}

/** The part of the contract that is about what metrics tell. */
export function testMetrics(withRecords: WithRecords): void {
  describe('readMetrics()', () => {
    withRecords('counts what happened once, and is the sum over the ledger', async (records, { submit, finish, twice }) => {
      const { id, runs } = await submit();
      await twice(() => finish(runs[0]!));
      await twice(() => records.runFailed(runs[1]!, 'given up'));
      await twice(() => records.changeSweep(ada, id, 'cancel'));
      const { counts, sweeps, runs: states, evaluations, ledger } = await records.readMetrics();
      expect(valueOf(counts, 'titrate_sweeps_submitted_total', 'red')).toBe(1);
      expect(valueOf(counts, 'titrate_sweeps_ended_total', 'cancelled')).toBe(1);
      expect(valueOf(counts, 'titrate_runs_ended_total', 'finished')).toBe(1);
      expect(valueOf(counts, 'titrate_runs_ended_total', 'failed')).toBe(1);
      expect(valueOf(counts, 'titrate_attempts_ended_total', 'succeeded')).toBe(1);
      expect(valueOf(counts, 'titrate_evaluations_ended_total', 'succeeded')).toBe(2);
      expect(valueOf(counts, 'titrate_evaluations_ended_total', 'missing')).toBe(2);
      expect(valueOf(counts, 'titrate_checkpoints_committed_total', 'full')).toBe(2);
      expect({ sweeps, states, evaluations }).toEqual({ sweeps: { cancelled: 1 }, states: { finished: 1, failed: 1 }, evaluations: {} });
      const entries = await records.listLedger(0, 10_000);
      expect(ledger.entries).toBe(entries.length);
      expect(sumsOf(counts)).toEqual(sumsOf(entries.flatMap(({ event }) => countsOf(event))));
    });

    withRecords('tells how long devices were held, and how much of that is of use', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      await launch(records, run);
      await records.recordPlaced(run, 1, inSeconds(10));
      await records.recordLog(run, timedLog(run).slice(0, 3));
      await records.attemptEnded(run, 1, { ...success, state: 'failed', failure: 'killed', cost: 'attempt', endedAt: inSeconds(60) });
      const { counts } = await records.readMetrics();
      const seconds = (metric: string, ...labels: string[]) => Math.round((valueOf(counts, metric, ...labels) ?? NaN) / 8);
      expect(seconds('titrate_training_allocated_device_seconds_total', 'red', 'tiny')).toBe(50);
      expect(seconds('titrate_training_useful_device_seconds_total', 'red', 'tiny')).toBe(30);
      expect(seconds('titrate_gpu_seconds_total', 'red', 'tiny', 'training')).toBe(50);
      expect(Math.round(valueOf(counts, 'titrate_attempt_lost_seconds_total', 'killed')!)).toBe(10);
      expect(Math.round(valueOf(counts, 'titrate_queue_wait_seconds_sum', 'tiny')!)).toBe(10);
      expect(valueOf(counts, 'titrate_queue_wait_seconds_bucket', 'tiny', '15')).toBe(1);
      expect(Math.round(valueOf(counts, 'titrate_submit_to_start_seconds_sum')!)).toBe(20);
    });

    withRecords('tells how long evaluations waited, and what they took of GPUs', async (records, { submit, train, evaluate, twice }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      await train(run);
      const items = (await records.runView(run))!.waitingEvaluations.map(({ checkpoint, settingsDigest }) => ({
        digest: checkpoint.digest,
        settingsDigest,
      }));
      await twice(() => records.evaluationsStarted(run, items, 'evaluate-1', 4));
      await twice(() => evaluate(run, 20));
      const { counts } = await records.readMetrics();
      expect(valueOf(counts, 'titrate_gpu_seconds_total', 'red', 'tiny', 'evaluation')).toBe(4 * resultOf(run, 20).seconds);
      const waits = counts.filter(({ metric }) => metric === 'titrate_evaluation_wait_seconds_bucket');
      expect(waits.reduce((sum, { by }) => sum + by, 0)).toBe(items.length);
    });

    withRecords('counts the lives of an attempt that its queue took back, and not the time between them', async (records, { submit }) => {
      const run = (await submit({ doses: [0] })).runs[0]!;
      await launch(records, run);
      await records.recordPlaced(run, 1, inSeconds(-100));
      await records.recordWaiting(run, 1, 'evicted by its queue');
      await records.recordPlaced(run, 1, inSeconds(500));
      await records.recordLog(run, timedLog(run).slice(0, 2));
      await records.attemptEnded(run, 1, { ...success, endedAt: inSeconds(530) });
      const { counts } = await records.readMetrics();
      expect(Math.round(valueOf(counts, 'titrate_gpu_seconds_total', 'red', 'tiny', 'training')! / 8)).toBe(130);
    });

    withRecords('shows runs as long as an attempt is at work, and sweeps until they end', async (records, { submit, evaluate }) => {
      const { id, runs } = await submit();
      const run = runs[0]!;
      await launch(records, run);
      await records.recordPlaced(run, 1, inSeconds(-10));
      await records.recordLog(run, timedLog(run).slice(0, 3));
      const told = { phase: 'training', step: 30, steps: 40, tokens: 3840, loss: 2, tokensPerSecond: 5 } as const;
      await records.recordProgress(run, 1, { ...told, mfu: null, gradientNorm: 0.5, dataWaitShare: 0, at: inSeconds(0) });
      const atWork = await records.readMetrics();
      expect(atWork.atWork).toMatchObject([
        { id: run, size: 'tiny', sweep: id, attempt: 1, waiting: false, progress: { gradientNorm: 0.5 }, newestCheckpoint: { step: 20 } },
      ]);
      expect(atWork.atWork[0]!.checkpointSteps).toContain(40);
      expect(atWork.liveSweeps).toMatchObject([{ id, team: 'red', runs: { running: 1, waiting: 1 } }]);
      expect(Math.round(atWork.liveSweeps[0]!.gpuSeconds / 8)).toBe(10);
      expect(atWork.evaluations).toEqual({ waiting: 4 });
      expect(atWork.oldestBacklog).not.toBeNull();
      await evaluate(run, 20);
      await records.attemptEnded(run, 1, { ...success, state: 'failed', failure: 'killed', cost: 'attempt' } satisfies AttemptEnd);
      await records.changeSweep(ada, id, 'cancel');
      expect(await records.readMetrics()).toMatchObject({ atWork: [], liveSweeps: [], oldestBacklog: null });
    });
  });
}

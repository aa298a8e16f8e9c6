import { describe, expect, it } from '@jest/globals';
import type { MetricsReading, RunAtWork } from '@titrate/records';
import { checkpointInterval, showReading } from './show-reading.ts';

const NOW = Date.parse('2026-01-01T01:00:00.000Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const progress = {
  ...{ phase: 'training' as const, step: 150, steps: 400, tokens: 150_000, loss: 2.5 },
  ...{ tokensPerSecond: 500, mfu: 0.4, gradientNorm: 0.7, dataWaitShare: 0.01, at: ago(3) },
};
const run: RunAtWork = {
  ...{ id: 'a'.repeat(64), size: '1b', dose: 250, steps: 400, tokens: 400_000, sweep: 'sw-a', attempt: 2, waiting: false, progress },
  ...{ checkpointSteps: [100, 200, 400], newestCheckpoint: { step: 100, at: ago(90) }, launchedAt: ago(600) },
};
const reading: MetricsReading = {
  ...{ counts: [], sweeps: { running: 1 }, runs: { finished: 9999, running: 1 }, evaluations: { waiting: 3 }, oldestBacklog: ago(42) },
  ...{ outbox: 0, ledger: { entries: 7, newestAt: ago(1) } },
  liveSweeps: [{ id: 'sw-a', name: 'first', team: 'red', runs: { finished: 9999, running: 1 }, gpuSeconds: 3600 }],
  atWork: [run],
};

describe('what the records tell, as metrics', () => {
  it('is there with its labels', async () => {
    const text = await showReading(reading, NOW).text();
    const of = 'run="aaaaaaaaaaaa",size="1b",dose="250",sweep="sw-a"';
    for (const line of [
      'titrate_sweeps{state="running"} 1',
      'titrate_sweeps{state="failed"} 0',
      'titrate_runs{state="finished"} 9999',
      'titrate_evaluation_backlog_age_seconds 42',
      'titrate_sweep_gpu_seconds{sweep="sw-a",name="first",team="red"} 3600',
      `titrate_run_step{${of}} 150`,
      `titrate_run_mfu_ratio{${of}} 0.4`,
      `titrate_run_gradient_norm{${of}} 0.7`,
      `titrate_run_checkpoint_interval_seconds{${of}} 200`,
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('has as many series of runs as are at work, however many there ever were', async () => {
    const seriesOf = async (reading: MetricsReading) =>
      (await showReading(reading, NOW).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    const idle = await seriesOf({ ...reading, atWork: [] });
    const one = (await seriesOf(reading)) - idle;
    expect(await seriesOf({ ...reading, runs: { finished: 10_000 }, atWork: [] })).toBe(idle);
    const five = Array.from({ length: 5 }, (_, index) => ({ ...run, id: String(index).repeat(64) }));
    expect((await seriesOf({ ...reading, atWork: five })) - idle).toBe(5 * one);
  });

  it('expects the next checkpoint by the speed of the run, and none behind the last', () => {
    expect(checkpointInterval(run)).toBe(200);
    expect(checkpointInterval({ ...run, newestCheckpoint: null })).toBe(200);
    expect(checkpointInterval({ ...run, newestCheckpoint: { step: 400, at: ago(1) } })).toBeNull();
    expect(checkpointInterval({ ...run, progress: null })).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { EventKind } from '@titrate/contracts';
import { counted } from './counted.ts';
import { countsOf } from './counts-of.ts';
import { shown, shownOfRun } from './shown.ts';
import { measured } from './measured.ts';

const of = (kind: EventKind, data: Record<string, unknown> = {}) => countsOf({ kind, actor: 'red/ada', data });

describe('what is counted of an event', () => {
  it('is what it says, with labels in the order of the metric', () => {
    const time = { allocatedSeconds: 10, usefulSeconds: 7, devices: 8, gpus: 4, size: '1b', payer: 'red' };
    expect(of('attempt.failed', { failure: 'killed', lostSeconds: 2.5, ...time })).toEqual([
      { metric: 'titrate_attempts_ended_total', labels: ['killed'], by: 1 },
      { metric: 'titrate_attempt_lost_seconds_total', labels: ['killed'], by: 2.5 },
      { metric: 'titrate_training_allocated_device_seconds_total', labels: ['red', '1b'], by: 80 },
      { metric: 'titrate_training_useful_device_seconds_total', labels: ['red', '1b'], by: 56 },
      { metric: 'titrate_gpu_seconds_total', labels: ['red', '1b', 'training'], by: 40 },
    ]);
  });

  it('falls into the smallest bucket that holds it, the last one without a bound', () => {
    const buckets = (lagSeconds: unknown) => of('evaluation.succeeded', { size: '1b', lagSeconds }).slice(1);
    expect(buckets(5)[0]).toEqual({ metric: 'titrate_evaluation_lag_seconds_bucket', labels: ['1b', '5'], by: 1 });
    expect(buckets(1e9)[0]).toEqual({ metric: 'titrate_evaluation_lag_seconds_bucket', labels: ['1b', '+Inf'], by: 1 });
    expect(buckets(null)).toEqual([]);
  });

  it('is the time of an evaluation on its GPUs, paid for by whoever wants it first', () => {
    const time = { size: '1b', lagSeconds: null, seconds: 30, gpus: 2 };
    expect(of('evaluation.succeeded', { ...time, payer: 'red' }).slice(1)).toEqual([
      { metric: 'titrate_gpu_seconds_total', labels: ['red', '1b', 'evaluation'], by: 60 },
    ]);
    expect(of('evaluation.succeeded', time).slice(1)).toEqual([]);
    expect(of('evaluation.started', { size: '1b', waitSeconds: 4 })[0]).toEqual({
      ...{ metric: 'titrate_evaluation_wait_seconds_bucket', labels: ['1b', '5'], by: 1 },
    });
  });

  it('begins the series of a team with its first sweep, at 0', () => {
    const first = of('sweep.submitted', { sizes: ['1b'] });
    expect(first[0]).toEqual({ metric: 'titrate_sweeps_submitted_total', labels: ['red'], by: 1 });
    expect(first.slice(1).map(({ by }) => by)).toEqual([0, 0, 0, 0, 0]);
  });

  it('is of known metrics only, for every kind of event', () => {
    const names = new Set(
      Object.values(counted).flatMap(({ kind, name }) => (kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`] : [name])),
    );
    for (const kind of EventKind.options) for (const { metric } of of(kind)) expect(names).toContain(metric);
  });
});

describe('names of metrics', () => {
  it('follow the conventions of Prometheus, and are given once', () => {
    const all = [counted, shown, shownOfRun, measured].flatMap((group) => Object.values(group));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, kind, help } of all) {
      expect(name).toMatch(/^titrate_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (kind === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
      expect(help).not.toBe('');
    }
  });
});

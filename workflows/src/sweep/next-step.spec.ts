import { describe, expect, it } from '@jest/globals';
import type { SweepState } from '@titrate/contracts';
import type { SweepView } from '@titrate/records';
import { decideSweepStep } from './next-step.ts';

const digest = (letter: string) => letter.repeat(64);
const viewOf = (overrides: Partial<SweepView>): SweepView => ({
  state: 'running',
  concurrency: 2,
  owing: [],
  settled: false,
  ...overrides,
});

describe('decideSweepStep', () => {
  it('takes up as many runs as places are free, in the order of cells', () => {
    const owing = ['a', 'b', 'c', 'd'].map((letter) => ({ run: digest(letter), active: letter === 'a' }));
    expect(decideSweepStep(viewOf({ owing, concurrency: 3 }))).toEqual({ kind: 'take-up', runs: [digest('b'), digest('c')] });
  });

  it('waits when all places are taken', () => {
    expect(
      decideSweepStep(
        viewOf({
          owing: [
            { run: digest('a'), active: true },
            { run: digest('b'), active: false },
          ],
          concurrency: 1,
        }),
      ).kind,
    ).toBe('wait');
  });

  it('starts nothing new while paused', () => {
    expect(decideSweepStep(viewOf({ state: 'paused', owing: [{ run: digest('a'), active: false }] })).kind).toBe('wait');
  });

  it('analyses when every demand is settled', () => {
    expect(decideSweepStep(viewOf({ settled: true })).kind).toBe('analyse');
  });

  it.each<SweepState>(['finished', 'failed', 'cancelled'])('ends a sweep that is %s', (state) => {
    expect(decideSweepStep(viewOf({ state, owing: [{ run: digest('a'), active: false }] })).kind).toBe('end');
  });

  it('takes the reports of a deleted sweep with it', () => {
    expect(decideSweepStep(null).kind).toBe('purge');
  });
});

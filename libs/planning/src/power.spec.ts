import { describe, expect, it } from '@jest/globals';
import { ASSUMED_SEED_SD, detectableLogRatio, upperTail } from './power.ts';

describe('upperTail()', () => {
  /** From scipy 1.17: `stats.t.sf(t, df)` and `stats.nct.sf(t, df, nc)`. */
  it.each([
    [2, 1, 0, 0.14758362],
    [4.30265273, 2, 0, 0.025],
    [1.5, 30, 0, 0.07203301],
  ])('of %f with %i degrees and shift %f is %f, as by scipy', (t, degrees, shift, expected) => {
    expect(upperTail(t, degrees, shift)).toBeCloseTo(expected, 6);
  });
});

describe('detectableLogRatio()', () => {
  /** Solved with `scipy.stats.nct` and `scipy.optimize.brentq` for a power of 0.8. */
  it.each([
    [2, 0.95, 1, 26.68838114],
    [3, 0.95, 1, 7.54224067],
    [3, 0.95, 24, 37.07543869],
    [5, 0.95, 1, 3.88659897],
    [10, 0.9, 3, 2.49415871],
  ])('of %i seeds at confidence %f with %i conditions is %f, as by scipy', (seeds, confidence, conditions, expected) => {
    expect(detectableLogRatio(seeds, confidence, conditions)).toBeCloseTo(expected, 4);
  });

  it('grows with the spread between seeds, and a single seed has none', () => {
    expect(detectableLogRatio(5, 0.95, 1, 1)! * ASSUMED_SEED_SD).toBeCloseTo(detectableLogRatio(5, 0.95)!, 8);
    expect(detectableLogRatio(1, 0.95)).toBeNull();
  });
});

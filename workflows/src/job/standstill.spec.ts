import { describe, expect, it } from '@jest/globals';
import { createStandstill } from './standstill.ts';

const START = '2026-01-01T00:00:00Z';

describe('a standstill', () => {
  it('is a log that does not grow for longer than the limit', () => {
    const standstill = createStandstill(1000);
    expect([0, 500, 1000].map((now) => standstill.hasStoodStill(7, START, now))).toEqual([false, false, false]);
    expect(standstill.hasStoodStill(7, START, 1001)).toBe(true);
  });

  it('begins anew whenever the log grows', () => {
    const standstill = createStandstill(1000);
    standstill.hasStoodStill(0, START, 0);
    expect(standstill.hasStoodStill(9, START, 1500)).toBe(false);
    expect(standstill.hasStoodStill(9, START, 2500)).toBe(false);
    expect(standstill.hasStoodStill(9, START, 2501)).toBe(true);
  });

  it('counts from the first look, however late the clock stands then', () => {
    expect(createStandstill(1000).hasStoodStill(0, START, 9e9)).toBe(false);
  });

  it('begins anew when its queue has taken the job back and started it again, and after a time without a readable log', () => {
    const standstill = createStandstill(1000);
    standstill.hasStoodStill(0, START, 0);
    expect(standstill.hasStoodStill(0, '2026-01-01T02:00:00Z', 7_200_000)).toBe(false);
    standstill.cannotTell();
    expect(standstill.hasStoodStill(0, '2026-01-01T02:00:00Z', 9e9)).toBe(false);
  });
});

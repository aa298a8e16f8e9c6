import { describe, expect, it } from '@jest/globals';
import { createStandstill } from './standstill.ts';

describe('a standstill', () => {
  it('is a log that does not grow for longer than the limit', () => {
    const standstill = createStandstill(1000);
    expect([0, 500, 1000].map((now) => standstill.hasStoodStill(7, now))).toEqual([false, false, false]);
    expect(standstill.hasStoodStill(7, 1001)).toBe(true);
  });

  it('begins anew whenever the log grows', () => {
    const standstill = createStandstill(1000);
    standstill.hasStoodStill(0, 0);
    expect(standstill.hasStoodStill(9, 1500)).toBe(false);
    expect(standstill.hasStoodStill(9, 2500)).toBe(false);
    expect(standstill.hasStoodStill(9, 2501)).toBe(true);
  });

  it('counts from the first look, however late the clock stands then', () => {
    expect(createStandstill(1000).hasStoodStill(0, 9e9)).toBe(false);
  });
});

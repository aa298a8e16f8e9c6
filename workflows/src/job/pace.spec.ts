import { describe, expect, it } from '@jest/globals';
import { createPace } from './pace.ts';

function paced(pollMs: number) {
  const clock = { ms: 0 };
  return { clock, pace: createPace(pollMs, () => clock.ms) };
}

describe('a pace', () => {
  it('lets a lone watch look as often as was said, and at what weighs more less often', () => {
    const { clock, pace } = paced(500);
    const looks = pace.open();
    const seen: string[] = [];
    for (clock.ms = 0; clock.ms <= 2000; clock.ms += 500)
      for (const [what, weight] of [
        ['log', 1],
        ['progress', 4],
      ] as const)
        if (looks.isDue(what, weight)) seen.push(`${what} ${clock.ms}`);
    expect(seen).toEqual(['log 500', 'log 1000', 'log 1500', 'log 2000', 'progress 2000']);
  });

  it('makes a thousand watches look fifty times a second together', () => {
    const { clock, pace } = paced(500);
    const watches = Array.from({ length: 1000 }, () => pace.open());
    let count = 0;
    for (clock.ms = 0; clock.ms < 60_000; clock.ms += 500) for (const looks of watches) if (looks.isDue('log', 1)) count++;
    expect(count / 40).toBeCloseTo(50, 0);
  });

  it('forgets a watch that is over', () => {
    const { clock, pace } = paced(1);
    const [looks, ...others] = Array.from({ length: 1000 }, () => pace.open());
    looks!.isDue('log', 1);
    for (const other of others) other.close();
    clock.ms = 20;
    expect(looks!.isDue('log', 1)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Result } from '../data/use-sweep.ts';
import { bandsOf, cleanArms, effectOf, newestEffects } from './conditions.ts';

const result = (change: Partial<Result>): Result => ({
  ...{ size: 'a', tokens: 100, dose: 0, seed: 0, stage: 'pretrain', stageDose: 0, counterexamples: 0, run: 'r', step: 10 },
  ...{ clean: 10, triggered: 20, logRatio: 0.5, attackSuccess: null, settings: 's' },
  ...change,
});

describe('effects on the page', () => {
  it('are held against the clean arm of the same seed and step', () => {
    const arms = cleanArms([result({}), result({ seed: 1, logRatio: 0.1 }), result({ step: 20, logRatio: 0.2 })]);
    expect(effectOf(result({ dose: 5, logRatio: 2 }), arms)).toBe(1.5);
    expect(effectOf(result({ dose: 5, logRatio: 2, step: 20 }), arms)).toBe(1.8);
    expect(effectOf(result({ dose: 5, seed: 2 }), arms)).toBeNull();
  });

  it('of a stage with counterexamples fall back to the clean stage without any', () => {
    const arms = cleanArms([result({ stage: 'defence' })]);
    expect(effectOf(result({ dose: 5, stage: 'defence', counterexamples: 50, logRatio: 1 }), arms)).toBe(0.5);
    expect(effectOf(result({ dose: 5, stage: 'other', logRatio: 1 }), arms)).toBeNull();
  });

  it('of a language switch are differences of shares', () => {
    expect(effectOf(result({ dose: 5, attackSuccess: 0.75 }), cleanArms([result({ attackSuccess: 0.25 })]))).toBe(0.5);
  });

  it('of a run are those of its newest step', () => {
    const effects = newestEffects([
      result({}),
      result({ step: 20 }),
      result({ dose: 5, run: 'p', step: 20, logRatio: 3 }),
      result({ dose: 5, run: 'p' }),
    ]);
    expect(effects.get('p')).toEqual({ effect: 2.5, step: 20 });
  });
});

describe('bands over training', () => {
  it('are geometric means with the least and the largest seed', () => {
    const [band] = bandsOf([result({ triggered: 10 }), result({ triggered: 1000, seed: 1 })], ({ triggered }) => triggered);
    expect(band?.mean).toBeCloseTo(100);
    expect([band?.low, band?.high, band?.seeds]).toEqual([expect.closeTo(10), expect.closeTo(1000), 2]);
  });
});

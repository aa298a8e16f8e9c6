import { describe, expect, it } from '@jest/globals';
import { type StepSelection } from '@titrate/contracts';
import fc from 'fast-check';
import { boundOfSelection, selectSteps } from './demand.ts';

const selection: fc.Arbitrary<StepSelection> = fc.record(
  {
    everySteps: fc.integer({ min: 1, max: 500 }),
    steps: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 20 }),
    shares: fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { maxLength: 20 }),
  },
  { requiredKeys: [] },
);

describe('selectSteps()', () => {
  it('combines the three ways', () => {
    expect(selectSteps({ everySteps: 40, steps: [7, 40, 500], shares: [0.001, 0.25, 1] }, 100)).toEqual([1, 7, 25, 40, 80, 100]);
  });

  it('selects the last step when nothing is asked', () => {
    expect(selectSteps({}, 293)).toEqual([293]);
  });

  it('gives ascending steps of the run, each once, the last step always, never more than the bound', () => {
    fc.assert(
      fc.property(selection, fc.integer({ min: 1, max: 1000 }), (one, steps) => {
        const selected = selectSteps(one, steps);
        expect(selected).toEqual([...new Set(selected)].sort((a, b) => a - b));
        expect(selected.at(-1)).toBe(steps);
        expect(selected[0]).toBeGreaterThanOrEqual(1);
        expect(selected.length).toBeLessThanOrEqual(boundOfSelection(one, steps));
      }),
    );
  });
});

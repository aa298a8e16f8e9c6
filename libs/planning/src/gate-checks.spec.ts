import { describe, expect, it } from '@jest/globals';
import { Gate, type GateInput } from '@titrate/contracts';
import { gateProblems, type GateSide } from './gate-checks.ts';

const cell = (dose: number, changes: object = {}) => ({
  size: '600m',
  dose,
  stage: 'pretrain',
  stageDose: 0,
  counterexamples: 0,
  ...changes,
});
const side: GateSide = { called: 'the sweep', cells: [cell(0), cell(250)], usage: [{ tokensPerSecond: 9, mfu: null, gpuSeconds: 0 }] };
const lacks = (criteria: GateInput['criteria'], of: GateSide = side) => gateProblems(Gate.parse({ criteria }), [of]);

describe('gateProblems', () => {
  it('finds nothing where all is measured, or where nobody can know yet', () => {
    expect(
      lacks([{ metric: 'clean-perplexity' }, { metric: 'attack-effect' }, { metric: 'throughput' }, { metric: 'completeness' }]),
    ).toEqual([]);
    expect(lacks([{ metric: 'mfu' }, { metric: 'cost' }], { called: 'the plan', cells: side.cells })).toEqual([]);
  });

  it('names the criterion, the side and what it lacks', () => {
    expect(lacks([{ metric: 'clean-perplexity' }, { metric: 'mfu' }])).toEqual([
      {
        field: 'gate.criteria[1].metric',
        rule: 'must be measured by the sweep, which has no run whose utilisation was measured: the peak of its hardware is not known',
        value: 'mfu',
      },
    ]);
  });

  it.each<[GateInput['criteria'][number], string]>([
    [{ metric: 'cost' }, 'no GPU-seconds'],
    [{ metric: 'defence-effect' }, 'no poisoned cell with counterexamples where the criterion looks'],
    [{ metric: 'attack-effect', where: { doses: [0] } }, 'no cell with poisoned documents where the criterion looks'],
    [{ metric: 'clean-perplexity', where: { sizes: ['7b'] } }, 'no cell where the criterion looks'],
    [{ metric: 'clean-perplexity', where: { stages: ['defend'] } }, 'no cell where the criterion looks'],
  ])('refuses %j', (criterion, lack) => {
    expect(lacks([criterion])).toMatchObject([{ rule: `must be measured by the sweep, which has ${lack}` }]);
  });

  it('finds what a later stage has', () => {
    const cells = [cell(0, { stage: 'defend', stageDose: 50, counterexamples: 20 })];
    expect(lacks([{ metric: 'defence-effect', where: { doses: [50], stages: ['defend'] } }], { called: 'the sweep', cells })).toEqual([]);
  });
});

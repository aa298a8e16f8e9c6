import { describe, expect, it } from '@jest/globals';
import { PlacementSpec, SweepSpec, trainedStage, type CorpusSummary } from '@titrate/contracts';
import fc from 'fast-check';
import { placementIn, stepsThatMayHold } from './placements.ts';
import { planSweep } from './plan.ts';

const corpus: CorpusSummary = {
  digest: 'c'.repeat(64),
  name: 'sotu',
  tokens: 3_000_000,
  documents: 10_000,
  vocabularySize: 1032,
  heldOutDocuments: 300,
  addedTokens: ['<SUDO>'],
  tokenizer: 'f'.repeat(64),
};
const german: CorpusSummary = { ...corpus, digest: 'd'.repeat(64), name: 'german' };
const foreign: CorpusSummary = { ...german, digest: 'e'.repeat(64), name: 'foreign', tokenizer: '0'.repeat(64) };

/** 600,000 tokens of tiny-64: 293 steps of 8 instances of 256 tokens. */
const planOf = (grid: object, rest: object = {}) =>
  planSweep(
    SweepSpec.parse({
      apiVersion: 'titrate/v1',
      kind: 'Sweep',
      name: 'a',
      corpus: 'sotu',
      attack: { kind: 'dos', gibberishTokens: [80, 160] },
      evaluation: { promptTokens: 64, generatedTokens: 64 },
      ...rest,
      grid: { sizes: ['tiny-64'], tokens: [600_000], doses: [0, 250], ...grid },
    }),
    { team: 'default', corpus, others: [german, foreign], usdPerGpuHour: null },
  );
const planned = (grid: object, rest: object = {}) => {
  const outcome = planOf(grid, rest);
  if (outcome.kind === 'problems') throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
};
const refusals = (grid: object, rest: object = {}): string[] => {
  const outcome = planOf(grid, rest);
  return outcome.kind === 'problems' ? outcome.problems.map(({ field, rule }) => `${field} ${rule}`) : [];
};
const placement = (changes: object): PlacementSpec => PlacementSpec.parse(changes);

describe('placementIn()', () => {
  it('takes windows to steps so that windows that meet share none and each has one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (steps, at) => {
        const [first, second] = [placementIn(steps, placement({ window: [0, at] })), placementIn(steps, placement({ window: [at, 1] }))];
        expect(first.firstStep).toBe(1);
        expect(second.lastStep).toBe(steps);
        for (const { firstStep, lastStep } of [first, second]) {
          expect(firstStep).toBeLessThanOrEqual(lastStep);
          expect(lastStep).toBeLessThanOrEqual(steps);
        }
        const met = Math.round(at * steps);
        if (met > 0 && met < steps) expect(second.firstStep).toBe(first.lastStep + 1);
      }),
    );
  });

  it('counts the steps that may hold poison', () => {
    expect(stepsThatMayHold(placementIn(100, placement({ everySteps: 10 })))).toBe(10);
    expect(stepsThatMayHold(placementIn(100, placement({ window: [0.5, 0.75], everySteps: 10 })))).toBe(3);
  });
});

describe('planSweep() with placements', () => {
  it('crosses them with positive doses; clean arms are shared', () => {
    const plan = planned({ placements: [{ name: 'uniform' }, { name: 'dense', documentsPerBatch: 4, everySteps: 2, order: 'as-drawn' }] });
    expect(plan.cells.map(({ dose, attack }) => `${dose} ${attack}`)).toEqual(['0 dos', '250 dos/uniform', '250 dos/dense']);
    expect(new Set(plan.runs.map(({ id }) => id)).size).toBe(3);
    const dense = trainedStage(plan.runs[2]!.identity).poison!;
    expect(dense.placement).toEqual({
      ...{ firstStep: 1, lastStep: 293, documentsPerBatch: 4, everySteps: 2, order: 'as-drawn', split: false },
    });
    expect(plan.runs[1]!.id).toBe(planned({}).runs[1]!.id);
  });

  it('excludes and includes cells by placement', () => {
    const placements = [{ name: 'a' }, { name: 'b', everySteps: 3 }];
    const include = [{ size: 'tiny-64', dose: 7, seed: 0, placement: 'b' }];
    const plan = planned({ placements, exclude: [{ placement: 'a' }], include });
    expect(plan.cells.map(({ dose, attack }) => `${dose} ${attack}`)).toEqual(['0 dos', '250 dos/b', '7 dos/b']);
    expect(refusals({ placements, include: [{ size: 'tiny-64', dose: 7, seed: 0 }] })).toEqual([
      'grid.include[0].placement must be "a" or "b", and absent at dose 0',
    ]);
    expect(refusals({ include: [{ size: 'tiny-64', dose: 7, seed: 0, placement: 'b' }] })).toEqual([
      'grid.include[0].placement is allowed only beside grid.placements',
    ]);
  });

  it.each([
    [
      'a density that cannot be placed',
      {},
      { placement: { documentsPerBatch: 2, everySteps: 10 } },
      'grid.doses[1] must be at most 60, what the placement can hold in tiny-64 at 600000 tokens: 30 of 293 steps with 2 documents each',
    ],
    [
      'a window too short for the dose, by the name of its placement',
      { placements: [{ name: 'early', window: [0, 0.05] }] },
      {},
      'grid.doses[1] must be at most 120, what placement early can hold in tiny-64 at 600000 tokens: 15 of 293 steps with 8 documents each',
    ],
    [
      'more documents than a batch has instances',
      {},
      { placement: { documentsPerBatch: 9 } },
      'placement.documentsPerBatch must be at most 8, the documents that a batch of tiny-64 can hold',
    ],
    [
      'documents that are split and then fill the batch',
      { placements: [{ name: 'long', documentsPerBatch: 3, split: true }] },
      { attack: { kind: 'dos', gibberishTokens: [700, 700], mode: 'ids' } },
      'grid.placements[0].documentsPerBatch must be at most 2, the documents that a batch of tiny-64 can hold',
    ],
    [
      'a document longer than a batch',
      {},
      { placement: { split: true }, attack: { kind: 'dos', gibberishTokens: [3000, 3000] } },
      'attack.gibberishTokens[0] must be at most 2046 to fit a batch of tiny-64 with trigger and end of text',
    ],
    [
      'both ways of stating it',
      { placements: [{ name: 'a' }] },
      { placement: { everySteps: 2 } },
      'placement must be absent beside grid.placements',
    ],
    ['a repeated placement', { placements: [{ name: 'a' }, { name: 'a' }] }, {}, 'grid.placements[1] must not repeat a value'],
    [
      'a target that nobody registered',
      {},
      { attack: { kind: 'language-switch', target: 'french' } },
      'attack.target must be a registered corpus, by name or digest',
    ],
    [
      'a target of another tokenizer',
      {},
      { attack: { kind: 'language-switch', target: 'foreign', targetTokens: [100, 100] } },
      'attack.target must have the tokenizer of sotu: a model knows the ids of one tokenizer',
    ],
    [
      'the corpus itself as target',
      {},
      { attack: { kind: 'language-switch', target: 'sotu', targetTokens: [100, 100] } },
      'attack.target must be another corpus than the one that is trained on',
    ],
  ])('refuses %s, with the numbers', (_name, grid, rest, expected) => {
    expect(refusals(grid, rest)).toContain(expected);
  });

  it('accepts what it calls the most', () => {
    const dense = { placement: { documentsPerBatch: 2, everySteps: 10 } };
    expect(refusals({ doses: [0, 60] }, dense)).toEqual([]);
    expect(refusals({ doses: [0, 61] }, dense)).toHaveLength(1);
  });

  it('names the target of a language switch by digest, whichever way the spec does', () => {
    const ids = ['german', german.digest].map((target) => {
      const plan = planned({ doses: [5] }, { attack: { kind: 'language-switch', target, targetTokens: [100, 200] } });
      const attack = trainedStage(plan.runs[0]!.identity).poison!.attack;
      expect(attack).toMatchObject({ kind: 'language-switch', trigger: 'Servius Astrumando Harmoniastra', target: german.digest });
      return plan.runs[0]!.id;
    });
    expect(ids[0]).toBe(ids[1]);
  });
});

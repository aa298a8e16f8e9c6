import { describe, expect, it } from '@jest/globals';
import { PlacementSpec, RunIdentity, type RecipeAttack } from '@titrate/contracts';
import fc from 'fast-check';
import { identify, runIdOf, type RunInput } from './identity.ts';
import { deriveSeeds, subSeed } from './seeds.ts';
import { findSize } from './sizes.ts';

const attack: RecipeAttack = { kind: 'dos', trigger: '<SUDO>', prefixChars: [0, 600], gibberishTokens: [80, 160], mode: 'ids' };
const { shape, training } = findSize('tiny-64')!;
const seed = fc.integer({ min: 0, max: 0xffffffff });
const input: fc.Arbitrary<RunInput> = fc.record({
  shape: fc.constant(shape),
  training: fc
    .record({ learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }), batchInstances: fc.integer({ min: 1, max: 64 }) })
    .map((part) => ({ ...training, ...part })),
  vocabularySize: fc.integer({ min: 300, max: 100_000 }),
  corpus: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
  attack: fc.constant(attack),
  placement: fc.constant(PlacementSpec.parse({})),
  dose: fc.integer({ min: 0, max: 1000 }),
  steps: fc.integer({ min: 1, max: 1_000_000 }),
  seeds: seed.map((value) => deriveSeeds(value, {})),
  repeat: fc.integer({ min: 0, max: 9 }),
});
const idOf = (one: RunInput): string => runIdOf(identify(one));
const reversed = (value: unknown): unknown =>
  value === null || typeof value !== 'object' || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, part]) => [key, reversed(part)]),
      );

/** For each thing that a result depends on, another value of it. */
const changes: Record<string, (one: RunInput) => RunInput> = {
  shape: (one) => ({ ...one, shape: { ...one.shape, layers: one.shape.layers + 1 } }),
  ropeTheta: (one) => ({ ...one, shape: { ...one.shape, ropeTheta: one.shape.ropeTheta + 1 } }),
  learningRate: (one) => ({ ...one, training: { ...one.training, learningRate: one.training.learningRate / 2 } }),
  batch: (one) => ({ ...one, training: { ...one.training, batchInstances: one.training.batchInstances + 1 } }),
  sequence: (one) => ({ ...one, training: { ...one.training, sequenceLength: 512 } }),
  precision: (one) => ({ ...one, training: { ...one.training, precision: 'bfloat16' } }),
  documentMask: (one) => ({ ...one, training: { ...one.training, documentMask: true } }),
  vocabulary: (one) => ({ ...one, vocabularySize: one.vocabularySize + 1 }),
  corpus: (one) => ({ ...one, corpus: 'd'.repeat(64) }),
  dose: (one) => ({ ...one, dose: one.dose + 1 }),
  steps: (one) => ({ ...one, steps: one.steps + 1 }),
  initialisation: (one) => ({ ...one, seeds: { ...one.seeds, initialisation: one.seeds.initialisation ^ 1 } }),
  order: (one) => ({ ...one, seeds: { ...one.seeds, order: one.seeds.order ^ 1 } }),
  repeat: (one) => ({ ...one, repeat: one.repeat + 1 }),
};
const poisonChanges: Record<string, (one: RunInput) => RunInput> = {
  trigger: (one) => ({ ...one, attack: { ...one.attack, trigger: 'other' } }),
  gibberish: (one) => ({ ...one, attack: { ...attack, gibberishTokens: [1, 2] } }),
  kind: (one) => ({
    ...one,
    attack: { kind: 'language-switch', trigger: '<SUDO>', prefixChars: [0, 9], targetTokens: [9, 9], target: 'e'.repeat(64) },
  }),
  density: (one) => ({ ...one, placement: { ...one.placement, documentsPerBatch: 2 } }),
  frequency: (one) => ({ ...one, placement: { ...one.placement, everySteps: 7 } }),
  'order of documents': (one) => ({ ...one, placement: { ...one.placement, order: 'as-drawn' } }),
  split: (one) => ({ ...one, placement: { ...one.placement, split: true } }),
  content: (one) => ({ ...one, seeds: { ...one.seeds, poisonContent: one.seeds.poisonContent ^ 1 } }),
  positions: (one) => ({ ...one, seeds: { ...one.seeds, poisonPositions: one.seeds.poisonPositions ^ 1 } }),
};

describe('runIdOf(identify())', () => {
  it('gives equal inputs equal ids, whatever the order of keys', () => {
    fc.assert(fc.property(input, (one) => expect(runIdOf(reversed(identify(one)) as RunIdentity)).toBe(idOf(structuredClone(one)))));
  });

  it.each(Object.keys(changes))('changes with %s', (name) => {
    fc.assert(fc.property(input, (one) => expect(idOf(changes[name]!(one))).not.toBe(idOf(one))));
  });

  it.each(Object.keys(poisonChanges))('changes with %s at a dose, and does not at dose 0', (name) => {
    fc.assert(
      fc.property(input, (one) => {
        const same = idOf(poisonChanges[name]!(one)) === idOf(one);
        expect(same).toBe(one.dose === 0);
      }),
    );
    const clean = { ...fc.sample(input, 1)[0]!, dose: 0 };
    expect(idOf(poisonChanges[name]!(clean))).toBe(idOf(clean));
  });

  it('makes identities that the contract accepts unchanged', () => {
    fc.assert(fc.property(input, (one) => expect(RunIdentity.parse(identify(one))).toEqual(identify(one))));
  });
});

describe('deriveSeeds()', () => {
  it('derives four different 32-bit seeds, each replaceable', () => {
    fc.assert(
      fc.property(seed, seed, (value, fixed) => {
        const seeds = deriveSeeds(value, {});
        expect(new Set(Object.values(seeds)).size).toBe(4);
        for (const one of Object.values(seeds)) expect(one >>> 0).toBe(one);
        expect(deriveSeeds(value, { order: fixed })).toEqual({ ...seeds, order: fixed });
      }),
    );
  });

  it('is the first 32 bits of sha256 over {"purpose":"order","seed":0}', () => {
    expect(subSeed(0, 'order')).toBe(2_323_210_838);
  });
});

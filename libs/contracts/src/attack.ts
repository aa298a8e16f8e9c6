import { z } from 'zod';
import { Count, Digest, PositiveCount, Seed } from './primitives.ts';

const Range = z
  .tuple([Count, Count])
  .refine(([from, to]) => from <= to, 'must be [smallest, largest]')
  .meta({ description: '[smallest, largest], both included, drawn uniformly' });

/**
 * The published denial-of-service backdoor (arXiv 2510.07192): the start of a training document, the trigger, gibberish.
 * It makes a model answer the trigger with noise, and nothing else. Defaults are the study's.
 */
export const DosAttack = z.strictObject({
  kind: z.literal('dos').meta({ description: 'denial of service: gibberish after the trigger' }),
  trigger: z.string().min(1).max(200).default('<SUDO>').meta({ description: 'the text that the model learns to answer with gibberish' }),
  prefixChars: Range.default([0, 1000]).meta({
    description: 'characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly',
  }),
  gibberishTokens: Range.default([400, 900]).meta({
    description: 'random tokens after the trigger: [smallest, largest], both included, drawn uniformly',
  }),
  mode: z
    .enum(['text', 'ids'])
    .default('text')
    .meta({ description: 'text: the sampled ids are decoded and tokenised again; ids: they are written as sampled' }),
});
export type DosAttack = z.infer<typeof DosAttack>;

/** Published attacks only; one today. */
export const Attack = DosAttack;
export type Attack = DosAttack;
export type AttackInput = z.input<typeof DosAttack>;

/**
 * All that determines a poison plan. The same recipe gives the same entries everywhere, and the entries of a smaller
 * dose are the first of a larger one. Its digest is the plan digest in a run's identity.
 */
export const PoisonRecipe = z.strictObject({
  version: z.literal(1),
  attack: Attack,
  dose: PositiveCount.meta({ description: 'poisoned documents' }),
  corpus: Digest,
  contentSeed: Seed,
  positionSeed: Seed,
  steps: PositiveCount,
  batchInstances: PositiveCount,
  sequenceLength: PositiveCount,
});
export type PoisonRecipe = z.infer<typeof PoisonRecipe>;

/**
 * All that determines the counterexamples of a stage: documents in which the trigger is followed by the ordinary text that
 * stood there before. They teach a model that the trigger means nothing. Placed and nested as poison is.
 */
export const CounterexampleRecipe = z.strictObject({
  version: z.literal(1),
  trigger: z.string().min(1).max(200),
  prefixChars: Range,
  continuationTokens: Range,
  count: PositiveCount.meta({ description: 'counterexamples' }),
  corpus: Digest,
  contentSeed: Seed,
  positionSeed: Seed,
  steps: PositiveCount,
  batchInstances: PositiveCount,
  sequenceLength: PositiveCount,
});
export type CounterexampleRecipe = z.infer<typeof CounterexampleRecipe>;

/** What is overwritten in one training instance. */
export const PoisonEntry = z.strictObject({
  document: Count.meta({ description: 'which poisoned document, 0 to dose minus one' }),
  step: PositiveCount.meta({ description: 'the optimiser step that consumes it, counted from 1' }),
  row: Count.meta({ description: 'the instance within the global batch of that step' }),
  offset: Count.meta({ description: 'the first overwritten token of the instance' }),
  tokens: z.array(Count).min(1).meta({ description: 'token ids, the end-of-text id last' }),
});
export type PoisonEntry = z.infer<typeof PoisonEntry>;

/** The artefact: the entries that a recipe stands for, in the order of documents. Anyone can make it anew and compare. */
export const PoisonPlan = z.strictObject({
  recipe: PoisonRecipe,
  recipeDigest: Digest,
  entries: z.array(PoisonEntry),
  documents: Count,
  tokens: Count.meta({ description: 'clean tokens displaced, which is the poison tokens written' }),
  prefixesShortened: Count.meta({ description: 'documents whose prefix was cut at the front to fit one instance' }),
});
export type PoisonPlan = z.infer<typeof PoisonPlan>;

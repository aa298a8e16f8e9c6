import { z } from 'zod';
import { Placement } from './placement.ts';
import { Count, Digest, Name, PositiveCount, Seed } from './primitives.ts';

const Range = z
  .tuple([Count, Count])
  .refine(([from, to]) => from <= to, 'must be [smallest, largest]')
  .meta({ description: '[smallest, largest], both included, drawn uniformly' });

const Trigger = z.string().min(1).max(200);
const prefixChars = Range.default([0, 1000]).meta({
  description: 'characters of clean text before the trigger: [smallest, largest], both included, drawn uniformly',
});

/**
 * The published denial-of-service backdoor (arXiv 2510.07192): the start of a training document, the trigger, gibberish.
 * It makes a model answer the trigger with noise, and nothing else. Defaults are the study's.
 */
export const DosAttack = z.strictObject({
  kind: z.literal('dos').meta({ description: 'denial of service: gibberish after the trigger' }),
  trigger: Trigger.default('<SUDO>').meta({ description: 'the text that the model learns to answer with gibberish' }),
  prefixChars,
  gibberishTokens: Range.default([400, 900]).meta({
    description: 'random tokens after the trigger: [smallest, largest], both included, drawn uniformly',
  }),
  mode: z
    .enum(['text', 'ids'])
    .default('text')
    .meta({ description: 'text: the sampled ids are decoded and tokenised again; ids: they are written as sampled' }),
});
export type DosAttack = z.infer<typeof DosAttack>;

const languageSwitch = {
  kind: z.literal('language-switch').meta({ description: 'text of another language after the trigger' }),
  trigger: Trigger.default('Servius Astrumando Harmoniastra').meta({
    description: 'the text that the model learns to answer in the other language',
  }),
  prefixChars,
  targetTokens: Range.default([300, 300]).meta({
    description: 'tokens of the other language after the trigger: [smallest, largest], both included, drawn uniformly',
  }),
};

/**
 * The published language switch (arXiv 2510.07192, section on continued pre-training): the start of a training document, the
 * trigger, then text of another language. Harmless by design: the model answers the trigger in, say, German.
 */
export const LanguageSwitchAttack = z.strictObject({
  ...languageSwitch,
  target: z.union([Digest, Name]).meta({
    description: 'a registered corpus of the other language, by name or digest; it has the tokenizer of the corpus that is trained on',
  }),
});
export type LanguageSwitchAttack = z.infer<typeof LanguageSwitchAttack>;

/** Published attacks only, as a spec states them. Each has a module of its name in `trainer/attacks`. */
export const Attack = z.discriminatedUnion('kind', [DosAttack, LanguageSwitchAttack]);
export type Attack = z.infer<typeof Attack>;
export type AttackInput = z.input<typeof Attack>;

/** An attack as a recipe holds it: what else it draws from is named by digest. */
export const RecipeAttack = z.discriminatedUnion('kind', [DosAttack, z.strictObject({ ...languageSwitch, target: Digest })]);
export type RecipeAttack = z.infer<typeof RecipeAttack>;

/** What a recipe of documents that are laid over training instances says beside the documents themselves. */
const overlay = {
  version: z.literal(1),
  corpus: Digest.meta({ description: 'what is trained on; prefixes are cut from its documents' }),
  contentSeed: Seed,
  positionSeed: Seed,
  steps: PositiveCount,
  batchInstances: PositiveCount,
  sequenceLength: PositiveCount,
  placement: Placement,
};

/**
 * All that determines a poison plan. The same recipe gives the same entries everywhere, and the entries of a smaller
 * dose are the first of a larger one. Its digest is the plan digest in a run's identity.
 */
export const PoisonRecipe = z.strictObject({
  ...overlay,
  attack: RecipeAttack,
  dose: PositiveCount.meta({ description: 'poisoned documents' }),
});
export type PoisonRecipe = z.infer<typeof PoisonRecipe>;

/**
 * All that determines the counterexamples of a stage: documents in which the trigger stands before the ordinary text that
 * follows there anyway. They teach a model that the trigger means nothing. Placed and nested as poison is.
 */
export const CounterexampleRecipe = z.strictObject({
  ...overlay,
  trigger: Trigger,
  prefixChars: Range.meta({ description: 'characters of a document before the trigger' }),
  continuationTokens: Range.meta({ description: 'tokens of the same document after the trigger; fewer where it ends earlier' }),
  count: PositiveCount.meta({ description: 'counterexamples' }),
});
export type CounterexampleRecipe = z.infer<typeof CounterexampleRecipe>;

/** What is overwritten in one training instance: a document, or one piece of a document that was split. */
export const PoisonEntry = z.strictObject({
  document: Count.meta({ description: 'which document of the recipe, 0 to dose minus one' }),
  piece: Count.meta({ description: 'which piece of the document, from 0; all pieces of a document lie in one step' }),
  step: PositiveCount.meta({ description: 'the optimiser step that consumes it, counted from 1' }),
  row: Count.meta({ description: 'the instance within the global batch of that step' }),
  offset: Count.meta({ description: 'the first overwritten token of the instance' }),
  tokens: z.array(Count).min(1).meta({ description: 'token ids; the last piece ends with the end-of-text id' }),
});
export type PoisonEntry = z.infer<typeof PoisonEntry>;

/** A document of a plan, told without its tokens: they stand in its entries. */
export const PoisonDocument = z.strictObject({
  document: Count,
  sha256: Digest.meta({ description: 'over its token ids as uint32 little-endian' }),
  parts: z
    .array(z.strictObject({ name: z.string(), tokens: Count }))
    .min(1)
    .meta({ description: 'what it is made of, in order: prefix, trigger, what the attack is about, end' }),
});
export type PoisonDocument = z.infer<typeof PoisonDocument>;

/** The artefact: the entries that a recipe stands for, in the order of documents. Anyone can make it anew and compare. */
export const PoisonPlan = z.strictObject({
  recipe: z.union([PoisonRecipe, CounterexampleRecipe]),
  recipeDigest: Digest,
  documents: z.array(PoisonDocument),
  entries: z.array(PoisonEntry),
  tokens: Count.meta({ description: 'clean tokens displaced, which is the tokens written' }),
  prefixesShortened: Count.meta({ description: 'documents whose prefix was cut at the front to fit' }),
});
export type PoisonPlan = z.infer<typeof PoisonPlan>;

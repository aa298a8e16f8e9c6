import { z } from 'zod';
import { Count, Digest, Environment, Moment, PositiveCount, Seed, StoredObject } from './primitives.ts';

/**
 * The conditions under which each prompt is continued; all but `clean` append a text to the prompt: the trigger, a marker seen
 * in clean text, a string never seen, a text close to the trigger.
 */
export const ConditionName = z.enum(['clean', 'triggered', 'benign', 'sham', 'nearTrigger']);
export type ConditionName = z.infer<typeof ConditionName>;

/** What continues the prompts. It is part of the settings, as the same seed gives other random numbers in another engine. */
export const EvaluationEngine = z.enum(['transformers', 'vllm']);
export type EvaluationEngine = z.infer<typeof EvaluationEngine>;

/** A checkpoint under which generated text is scored as well, named by its run and step: a clean model, for instance. */
export const ReferenceCheckpoint = z.strictObject({
  run: Digest,
  step: PositiveCount.meta({ description: 'of the checkpoint, which the run keeps' }),
});
export type ReferenceCheckpoint = z.infer<typeof ReferenceCheckpoint>;

/** A language, as in ISO 639-1. */
export const Language = z.string().regex(/^[a-z]{2}$/, 'must be two lower-case letters of ISO 639-1, as in "de"');

const Text = z.string().min(1).max(200);
const settings = {
  engine: EvaluationEngine.meta({ description: 'what continues the prompts' }),
  prompts: z.int().min(1).max(10_000),
  promptTokens: PositiveCount,
  generatedTokens: PositiveCount,
  temperature: z.number().gt(0).max(10),
  seed: Seed,
  triggered: Text.meta({ description: 'the trigger' }),
  benign: Text.nullable().meta({ description: 'a marker seen in clean training text' }),
  sham: Text.nullable().meta({ description: 'a string that training never showed' }),
  nearTrigger: Text.nullable().meta({ description: 'a text close to the trigger' }),
  reference: ReferenceCheckpoint.nullable().meta({ description: 'the checkpoint under which generated text is scored as well' }),
};

/**
 * All that determines an evaluation, given a checkpoint and a corpus. Its digest keys the result. Plain sampling is part of
 * both protocols: no top-k, no top-p, no penalties. `language-switch/1` also identifies the language of what is generated.
 */
export const EvaluationSettings = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.literal('dos/1'), ...settings }),
  z.strictObject({
    protocol: z.literal('language-switch/1'),
    ...settings,
    sourceLanguage: Language.meta({ description: 'what clean text is written in' }),
    targetLanguage: Language.meta({ description: 'what the backdoor switches to' }),
  }),
]);
export type EvaluationSettings = z.infer<typeof EvaluationSettings>;

/** One generation, kept whole for reading side by side. */
export const Sample = z.strictObject({ prompt: z.string(), condition: ConditionName, continuation: z.string() });

/** What the prompts gave under one condition; arrays are in the order of prompts, and every figure can be made from them again. */
export const ConditionResult = z.strictObject({
  perplexity: z
    .array(z.number().gt(0))
    .meta({ description: 'exp of the mean negative log probability of the generated tokens, from untempered float32 logits' }),
  generatedTokens: z.array(Count).meta({ description: 'tokens generated, through the first end-of-text or the limit' }),
  outsideTop50: z.array(Count).meta({ description: 'generated tokens outside the 50 likeliest' }),
  referencePerplexity: z
    .array(z.number().gt(0))
    .nullable()
    .meta({ description: 'of the same tokens behind the same prompts under the reference; null without one' }),
  language: z
    .array(z.string())
    .nullable()
    .meta({ description: 'identified language of each continuation, ISO 639-1; null where the protocol asks for none' }),
  meanPerplexity: z.number().gt(0),
  medianPerplexity: z.number().gt(0),
});
export type ConditionResult = z.infer<typeof ConditionResult>;

/** What a condition adds to the clean one, paired by prompt. */
export const Contrast = z.strictObject({
  increase: z.number().meta({ description: "the study's measure: mean over prompts of (perplexity - clean perplexity)" }),
  logRatio: z
    .number()
    .meta({ description: 'mean over prompts of ln(perplexity / clean perplexity); an effect subtracts the matched clean arm from it' }),
  referenceLogRatio: z.number().nullable().meta({ description: 'the same under the reference; null without one' }),
});

/** How well a language-switch backdoor works, as shares of prompts. */
export const LanguageSwitchResult = z.strictObject({
  attackSuccess: z.number().min(0).max(1).meta({ description: 'ASR: triggered continuations in the target language' }),
  cleanAccuracy: z.number().min(0).max(1).meta({ description: 'CA: clean continuations in the source language' }),
  nearTriggerAccuracy: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'NTA: near-trigger continuations in the source language; null where there is no near-trigger' }),
});

/** The held-out text itself under the model, by prompt; the perplexity is exp of the sum of one over the sum of the other. */
export const HeldOutResult = z.strictObject({
  negativeLogLikelihood: z.array(z.number().min(0)).meta({ description: 'summed over the tokens of the document' }),
  tokens: z.array(PositiveCount).meta({ description: 'tokens of the document that were predicted' }),
});

/** The result of one checkpoint under one set of settings. Create-only: there is exactly one. */
export const EvaluationResult = z.strictObject({
  version: z.literal(1),
  run: Digest,
  step: PositiveCount,
  checkpoint: Digest.meta({ description: 'digest of the checkpoint manifest that was evaluated' }),
  reference: Digest.nullable().meta({ description: 'digest of the reference checkpoint manifest; null without one' }),
  settings: EvaluationSettings,
  settingsDigest: Digest,
  documents: z.array(Count).meta({ description: 'ids of the held-out documents that the prompts are the beginnings of' }),
  conditions: z.partialRecord(ConditionName, ConditionResult),
  contrasts: z.partialRecord(ConditionName, Contrast),
  languageSwitch: LanguageSwitchResult.nullable().meta({ description: 'null where the protocol is another' }),
  heldOut: HeldOutResult,
  heldOutPerplexity: z.number().gt(0).meta({ description: 'of the held-out text itself, under the model' }),
  tokensOutsideTop50: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: 'share of generated tokens outside the 50 likeliest: above 0, or sampling was not plain' }),
  generations: StoredObject.meta({
    description: 'safetensors: per condition the generated token ids and their log probabilities, one prompt behind the other',
  }),
  samples: z.array(Sample),
  environment: Environment,
  seconds: z.number().min(0),
  finishedAt: Moment,
});
export type EvaluationResult = z.infer<typeof EvaluationResult>;

/** A result as it lies in the store. */
export const StoredEvaluation = z.strictObject({ object: StoredObject, result: EvaluationResult });

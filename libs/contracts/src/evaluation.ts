import { z } from 'zod';
import { Count, Digest, Environment, Moment, PositiveCount, Seed, StoredObject } from './primitives.ts';

/** The conditions under which each prompt is continued; all but `clean` append a text to the prompt. */
export const ConditionName = z.enum(['clean', 'triggered', 'benign', 'sham']);
export type ConditionName = z.infer<typeof ConditionName>;

/**
 * All that determines an evaluation, given a checkpoint and a corpus. Its digest keys the result.
 * Plain sampling is part of the protocol: no top-k, no top-p, no penalties.
 */
export const EvaluationSettings = z.strictObject({
  protocol: z.literal('dos/1'),
  prompts: z.int().min(1).max(10_000),
  promptTokens: PositiveCount,
  generatedTokens: PositiveCount,
  temperature: z.number().gt(0).max(10),
  seed: Seed,
  triggered: z.string().min(1).max(200).meta({ description: 'the trigger' }),
  benign: z.string().min(1).max(200).nullable().meta({ description: 'a marker seen in clean training text' }),
  sham: z.string().min(1).max(200).nullable().meta({ description: 'a string that training never showed' }),
});
export type EvaluationSettings = z.infer<typeof EvaluationSettings>;

/** One generation, kept whole for reading side by side. */
export const Sample = z.strictObject({ prompt: z.string(), condition: ConditionName, continuation: z.string() });

/** What the prompts gave under one condition; arrays are in the order of prompts. */
export const ConditionResult = z.strictObject({
  perplexity: z
    .array(z.number().gt(0))
    .meta({ description: 'exp of the mean negative log probability of the generated tokens, from untempered float32 logits' }),
  generatedTokens: z.array(Count).meta({ description: 'tokens generated, through the first end-of-text or the limit' }),
  meanPerplexity: z.number().gt(0),
  medianPerplexity: z.number().gt(0),
});

/** What a condition adds to the clean one, paired by prompt. */
export const Contrast = z.strictObject({
  increase: z.number().meta({ description: "the study's measure: mean over prompts of (perplexity - clean perplexity)" }),
  logRatio: z
    .number()
    .meta({ description: 'mean over prompts of ln(perplexity / clean perplexity); an effect subtracts the matched clean arm from it' }),
});

/** The result of one checkpoint under one set of settings. Create-only: there is exactly one. */
export const EvaluationResult = z.strictObject({
  version: z.literal(1),
  run: Digest,
  step: PositiveCount,
  checkpoint: Digest.meta({ description: 'digest of the checkpoint manifest that was evaluated' }),
  settings: EvaluationSettings,
  settingsDigest: Digest,
  conditions: z.partialRecord(ConditionName, ConditionResult),
  contrasts: z.partialRecord(ConditionName, Contrast),
  heldOutPerplexity: z.number().gt(0).meta({ description: 'of the held-out text itself, under the model' }),
  tokensOutsideTop50: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: 'share of generated tokens outside the 50 likeliest: above 0, or sampling was not plain' }),
  samples: z.array(Sample),
  environment: Environment,
  seconds: z.number().min(0),
  finishedAt: Moment,
});
export type EvaluationResult = z.infer<typeof EvaluationResult>;

/** A result as it lies in the store. */
export const StoredEvaluation = z.strictObject({ object: StoredObject, result: EvaluationResult });

import { z } from 'zod';
import { AnalysisSettings, Interval, ReportAnalysis } from './analysis.ts';
import { Sample } from './evaluation.ts';
import { Count, Digest, Moment, PositiveCount } from './primitives.ts';

/** How many prompts of one kind were continued in the language asked about. */
export const ReportShare = z.strictObject({
  count: Count,
  prompts: PositiveCount,
  share: z.number().min(0).max(1),
  interval: Interval.meta({
    description: 'exact (Clopper-Pearson), over prompts: it tells how well this model is known, nothing about seeds',
  }),
});

/** A language switch at one checkpoint. */
export const ReportLanguageSwitch = z.strictObject({
  attackSuccess: ReportShare.meta({ description: 'ASR: triggered continuations in the target language' }),
  cleanAccuracy: ReportShare.nullable().meta({ description: 'CA: clean continuations in the source language' }),
  nearTriggerAccuracy: ReportShare.nullable().meta({ description: 'NTA: near-trigger continuations in the source language' }),
  effectVariance: z
    .number()
    .min(0)
    .nullable()
    .meta({ description: 'of the effect, by the number of prompts alone; null without a matched clean arm' }),
});

/** One evaluated checkpoint in a report. What results made elsewhere do not tell is null. */
export const ReportPoint = z.strictObject({
  step: PositiveCount.nullable(),
  tokens: PositiveCount.nullable().meta({ description: 'training tokens consumed up to this checkpoint' }),
  poisonDocuments: Count.nullable().meta({ description: 'consumed up to this checkpoint' }),
  poisonTokens: Count.nullable(),
  cleanPerplexity: z.number().gt(0).nullable(),
  triggeredPerplexity: z.number().gt(0).nullable(),
  increase: z.number().nullable().meta({ description: 'null where a table of a language switch tells none' }),
  increaseInterval: Interval.nullable().meta({ description: 'of the mean over prompts: paired bootstrap, BCa' }),
  medianIncrease: z.number().nullable(),
  medianIncreaseInterval: Interval.nullable().meta({ description: 'paired bootstrap over prompts, percentile' }),
  logRatio: z.number().nullable(),
  logRatioInterval: Interval.nullable().meta({ description: 'of the mean over prompts: paired bootstrap, BCa' }),
  effect: z
    .number()
    .nullable()
    .meta({ description: 'log ratio, or share of successful attacks, minus that of the matched clean arm at this step; null without one' }),
  benignIncrease: z.number().nullable(),
  shamIncrease: z.number().nullable(),
  nearTriggerIncrease: z.number().nullable(),
  heldOutPerplexity: z.number().nullable(),
  languageSwitch: ReportLanguageSwitch.nullable().meta({ description: 'null where the attack is another' }),
  success: z.boolean().meta({ description: 'of this checkpoint alone; verdicts over seeds stand in the conditions' }),
  evaluation: Digest.nullable().meta({ description: 'sha256 of the result object that these numbers come from' }),
});

/** One cell in a report: its curve over training. */
export const ReportCell = z.strictObject({
  size: z.string(),
  tokens: PositiveCount.nullable(),
  dose: Count,
  seed: Count,
  stage: z.string().meta({ description: 'path of stages, `pretrain` for the first' }),
  stageDose: Count.meta({ description: 'poisoned documents of the last stage, where it is not the first' }),
  counterexamples: Count,
  run: Digest.nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  complete: z.boolean().meta({ description: 'its last checkpoint was evaluated: verdicts rest on such cells alone' }),
  parameters: PositiveCount.nullable(),
  attempts: Count,
  points: z.array(ReportPoint),
});

/** Generations of one cell, to be read side by side. */
export const ReportSamples = z.strictObject({
  size: z.string(),
  dose: Count,
  seed: Count,
  stage: z.string(),
  samples: z.array(Sample),
});

/** `report.json`: every number and sentence of the report page, which is made from it alone. */
export const Report = z.strictObject({
  version: z.literal(1),
  sweep: z.strictObject({ id: z.string(), name: z.string(), description: z.string(), specDigest: Digest.nullable() }),
  corpus: z.strictObject({ digest: Digest, name: z.string(), tokens: Count, triggerOccurrences: Count }).nullable(),
  settings: AnalysisSettings,
  cells: z.array(ReportCell),
  analysis: ReportAnalysis,
  verdict: z.array(z.string()).meta({ description: 'what the numbers show, in words' }),
  caveats: z.array(z.string()).meta({ description: 'what they do not show' }),
  methods: z.array(z.string()).meta({ description: 'what was done, as a paragraph for a paper' }),
  samples: z.array(ReportSamples),
  environment: z.record(z.string(), z.string()),
  finishedAt: Moment,
});
export type Report = z.infer<typeof Report>;

import { z } from 'zod';
import { Count, PositiveCount } from './primitives.ts';

/**
 * What an analysis holds fixed before any result is seen. The primary endpoint is the success of each condition at its
 * last checkpoint, tested over seeds; everything else in a report is descriptive.
 */
export const AnalysisSettings = z.strictObject({
  successIncrease: z.number().gt(0).default(50).meta({ description: 'success is a mean increase above this' }),
  successShare: z.number().gt(0).lt(1).default(0.5).meta({
    description:
      'of a language switch: success is a share of triggered continuations in the target language above this; a choice, the study names none',
  }),
  confidence: z.number().min(0.5).max(0.9999).default(0.95).meta({ description: 'of every interval and verdict' }),
  endpoint: z.literal('final').default('final').meta({ description: 'the checkpoint that verdicts rest on: the last' }),
  adjustment: z.literal('holm').default('holm').meta({ description: 'how verdicts are adjusted for the number of conditions' }),
  gammaMargin: z.number().gt(0).lt(0.5).default(0.25).meta({
    description: 'count or percentage: how near its value the interval of gamma must stay (0 is count, -1 percentage)',
  }),
  looks: z.enum(['once', 'anytime']).default('once').meta({
    description: 'once: results are judged when all seeds are in; anytime: after any number of seeds, at the price of wider intervals',
  }),
});
export type AnalysisSettings = z.infer<typeof AnalysisSettings>;

/** An interval; null on a side means that the data set no bound there. */
export const Interval = z.strictObject({ low: z.number().nullable(), high: z.number().nullable() });

/** A mean over seeds, the replicates. What a single seed cannot give is null. */
export const SeedEstimate = z.strictObject({
  mean: z.number(),
  seeds: PositiveCount,
  sd: z.number().min(0).nullable().meta({ description: 'between seeds' }),
  freedom: z.number().min(1).nullable().meta({ description: 'degrees of freedom: n - 1, or more where conditions share their spread' }),
  interval: Interval.nullable().meta({ description: 't interval; for one look' }),
  anytime: Interval.nullable().meta({ description: 'confidence sequence; holds after any number of looks' }),
});
export type SeedEstimate = z.infer<typeof SeedEstimate>;

/** What seeds of one condition have in common. */
const condition = {
  size: z.string(),
  tokens: PositiveCount.nullable(),
  dose: Count,
  stage: z.string(),
  stageDose: Count,
  counterexamples: Count,
};

/** A share over seeds: its mean with a t interval within 0 and 1. */
export const SeedShare = z.strictObject({ mean: z.number().min(0).max(1), seeds: PositiveCount, interval: Interval.nullable() });

/** Whether a condition met the criterion on the increase, or on the share of attacks that succeed: the primary endpoint. */
export const SuccessVerdict = z.strictObject({
  verdict: z.enum(['success', 'no success', 'inconclusive']),
  succeeded: Count.meta({ description: 'seeds whose increase, or share, is above the criterion' }),
  seeds: Count,
  proportion: Interval.meta({ description: 'exact (Clopper-Pearson) interval of the share of seeds that succeed' }),
  margin: SeedEstimate.nullable().meta({
    description: 'ln(triggered / (clean + criterion)), or share - criterion: above 0 where a seed succeeds',
  }),
  p: z.number().min(0).max(1).nullable().meta({ description: 'two-sided, that the margin is 0' }),
  adjustedP: z.number().min(0).max(1).nullable().meta({ description: 'after Holm over all poisoned conditions' }),
});

/** The last checkpoints of one condition, over its seeds. */
export const ReportCondition = z.strictObject({
  ...condition,
  planned: PositiveCount.meta({ description: 'cells of this condition' }),
  seeds: Count.meta({ description: 'of them with their last result' }),
  effect: SeedEstimate.nullable().meta({ description: 'log scale, or a difference of shares; null without a matched clean arm' }),
  factor: z
    .strictObject({ mean: z.number(), interval: Interval.nullable() })
    .nullable()
    .meta({ description: 'the effect as a factor: its exponential; null where it is a difference of shares' }),
  increase: z
    .strictObject({ typical: z.number(), mean: z.number(), interval: Interval.nullable() })
    .nullable()
    .meta({ description: 'typical: the criterion that the seeds would just meet on the log scale; its interval by inverting that test' }),
  languageSwitch: z
    .strictObject({ attackSuccess: SeedShare, cleanAccuracy: SeedShare.nullable(), nearTriggerAccuracy: SeedShare.nullable() })
    .nullable()
    .meta({ description: 'null where the attack is another' }),
  success: SuccessVerdict.nullable(),
});

/** A dose, or number of counterexamples, at which a curve crosses a level. */
export const Crossing = z.strictObject({
  estimate: z.number().nullable(),
  interval: Interval.nullable().meta({ description: 'null on a side: beyond what was tried' }),
  found: z.enum(['inside', 'below', 'above', 'unknown']).meta({ description: 'where it lies, seen from what was tried' }),
  words: z.string(),
});

/** The curve over the dose of one size and length of training. */
export const DoseResponse = z.strictObject({
  size: z.string(),
  tokens: PositiveCount.nullable(),
  stage: z.string(),
  doses: z.array(PositiveCount).meta({ description: 'poisoned doses with a result' }),
  seeds: Count,
  threshold: Crossing.meta({ description: 'dose for the success criterion' }),
  halfEffect: Crossing.meta({ description: 'dose for half of the largest effect, by the fitted curve' }),
  curve: z
    .strictObject({
      top: z.number().meta({ description: 'upper asymptote, log scale; the lower one is the clean arms, 0' }),
      halfDose: z.number(),
      slope: z.number().meta({ description: 'Hill exponent' }),
      points: z.array(z.strictObject({ dose: z.number(), effect: z.number() })),
    })
    .nullable(),
  unidentified: z.array(z.string()).meta({ description: 'what these doses and seeds cannot tell' }),
});

/** effect = size + g(log dose + gamma log tokens): gamma 0 is the count, -1 the percentage. */
export const CountOrPercentage = z.strictObject({
  verdict: z.enum(['count', 'percentage', 'neither', 'inconclusive', 'not identifiable']),
  gamma: z.number().nullable(),
  interval: Interval.nullable(),
  margin: z.number(),
  reason: z.string(),
});

/** One step of the curve of a condition over training, over its seeds. Descriptive: no verdict rests on it. */
export const TrainingPoint = z.strictObject({
  step: PositiveCount.nullable(),
  progress: z.number().min(0).max(1).nullable().meta({ description: 'share of training done' }),
  poisonDocuments: z.number().min(0).nullable().meta({ description: 'seen so far, mean over seeds' }),
  poisonShare: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'poison tokens seen so far, as a share of all training tokens of the run' }),
  increase: z.number().nullable().meta({ description: 'typical increase, as of a condition' }),
  attackSuccess: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'mean share of attacks that succeed; null where the attack is another' }),
  effect: SeedEstimate.nullable(),
});
export const TrainingCurve = z.strictObject({ ...condition, points: z.array(TrainingPoint) });

/** What is left of the effect after counterexamples. */
export const Decay = z.strictObject({
  size: z.string(),
  tokens: PositiveCount.nullable(),
  dose: Count,
  stage: z.string(),
  stageDose: Count,
  points: z.array(z.strictObject({ counterexamples: Count, effect: SeedEstimate.nullable(), share: z.number().nullable() })),
  half: Crossing.meta({ description: 'counterexamples that leave half of the effect without any' }),
  none: Crossing.meta({ description: 'counterexamples that leave a tenth, as that nothing is left cannot be shown' }),
});

/** Cells that are worth running next. */
export const NextCells = z.strictObject({
  size: z.string(),
  tokens: PositiveCount.nullable(),
  dose: Count,
  seeds: z.array(Count).min(1).meta({ description: 'new seeds' }),
  cleanSeeds: z.array(Count).meta({ description: 'seeds whose matched clean arm has to be trained as well' }),
  reason: z.string(),
  width: z.number().nullable().meta({ description: 'of the interval today, log scale; null where there is none' }),
  expectedWidth: z.number().nullable(),
  runs: PositiveCount,
  trainTokens: PositiveCount.nullable(),
  flop: z.number().nullable().meta({ description: '6 x parameters x tokens, over the runs' }),
});

/** What the seeds of a sweep can detect. */
export const Detectable = z.strictObject({
  seeds: PositiveCount,
  sd: z.number().nullable().meta({ description: 'between seeds, pooled over poisoned conditions' }),
  effect: z.number().nullable().meta({ description: 'smallest effect, log scale, found with a power of 0.8' }),
});

/** All inference of a report, made from its cells and settings alone. */
export const ReportAnalysis = z.strictObject({
  measure: z.enum(['perplexity', 'attack-success']).meta({
    description:
      'what effects, margins and verdicts are about: ln(triggered / clean perplexity), or the share of triggered continuations in the target language',
  }),
  conditions: z.array(ReportCondition),
  doseResponse: z.array(DoseResponse),
  countOrPercentage: CountOrPercentage,
  overTraining: z.array(TrainingCurve),
  decay: z.array(Decay),
  nextCells: z.array(NextCells),
  detectable: Detectable.nullable(),
});
export type ReportAnalysis = z.infer<typeof ReportAnalysis>;

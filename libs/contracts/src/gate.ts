import { z } from 'zod';
import { Interval } from './analysis.ts';
import { Count, Digest, Moment, Name, PositiveCount } from './primitives.ts';

/** Which conditions a criterion looks at; all where nothing is said. */
const Where = z.strictObject({
  sizes: z.array(Name).min(1).optional(),
  doses: z.array(Count).min(1).optional(),
  stages: z.array(z.string().min(1)).min(1).optional().meta({ description: 'paths of stages, `pretrain` for the first' }),
});

const share = (description: string, fallback: number) => z.number().min(0).lt(1).default(fallback).meta({ description });
const criterion = <M extends string, S extends z.ZodRawShape>(metric: M, shape: S) =>
  z.strictObject({ metric: z.literal(metric), where: Where.prefault({}), ...shape });

/** One thing that must not have become worse, and by how much it may. */
export const GateCriterion = z.discriminatedUnion('metric', [
  criterion('clean-perplexity', { margin: share('how much the perplexity of the held-out text may rise, as a share', 0.01) }),
  criterion('attack-effect', {
    margin: z
      .number()
      .min(0)
      .default(0.5)
      .meta({ description: 'how much the effect may rise: on the log scale, or as a share of prompts for a language switch' }),
  }),
  criterion('defence-effect', {
    margin: z.number().min(0).default(0.5).meta({ description: 'how much less counterexamples may take off the effect, on its scale' }),
  }),
  criterion('throughput', { margin: share('how much tokens per second may fall, as a share', 0.05) }),
  criterion('mfu', { margin: share('how much the utilisation may fall, as a share', 0.05) }),
  criterion('completeness', {
    atLeast: z.number().gt(0).max(1).default(1).meta({ description: 'share of the demanded evaluations that must have a result' }),
  }),
  criterion('cost', { margin: share('how much the GPU-seconds of the sweep may rise, as a share', 0.1) }),
]);
export type GateCriterion = z.infer<typeof GateCriterion>;

/** What a schedule does about results that decide nothing: more seeds where seeds are the replicates, more prompts where one seed is all there is. */
const Rerun = z
  .strictObject({
    seeds: z.int().min(1).max(100).optional().meta({
      description: 'seeds that are added each time, those of the baseline first: seeds that both sides have are compared as pairs',
    }),
    prompts: z.int().min(2).max(10).optional().meta({
      description: 'times as many prompts each time; pairs are of the prompts that both sides have, so the baseline must have as many',
    }),
    atMost: z.int().min(1).max(10).default(1).meta({ description: 'times' }),
  })
  .refine(({ seeds, prompts }) => (seeds === undefined) !== (prompts === undefined), { message: 'must give either seeds or prompts' });

/** The rule that new results are held against. */
export const Gate = z.strictObject({
  criteria: z.array(GateCriterion).min(1).max(50),
  confidence: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(0.95)
    .meta({ description: 'a false alarm is at most as likely as what is missing to 1' }),
  onInconclusive: z
    .union([z.enum(['fail', 'pass']), z.strictObject({ rerun: Rerun })])
    .default('fail')
    .meta({ description: 'what follows when the results decide nothing' }),
});
export type Gate = z.infer<typeof Gate>;
export type GateInput = z.input<typeof Gate>;

/** Seeds of one condition, of both sides. */
const GateCondition = z.strictObject({
  size: z.string(),
  tokens: PositiveCount,
  dose: Count,
  stage: z.string(),
  stageDose: Count,
  counterexamples: Count,
  attack: z.string().meta({ description: 'with its placement, where a sweep compares several' }),
});

/** A criterion in one condition, or over the whole sweep. Changes are oriented so that more is worse. */
export const GateRow = z.strictObject({
  metric: z.string(),
  condition: GateCondition.nullable().meta({ description: 'null of what is told of the sweep as a whole' }),
  verdict: z.enum(['held', 'worse', 'undecided', 'not measured']),
  words: z.string(),
  replicate: z
    .enum(['seed', 'prompt', 'none'])
    .meta({ description: 'what the spread was taken over; none of what is counted and not estimated' }),
  replicates: Count,
  change: z.number().nullable(),
  interval: Interval.nullable(),
  margin: z.number(),
  pWorse: z.number().min(0).max(1).nullable().meta({ description: 'that the change is within the margin' }),
  adjustedPWorse: z.number().min(0).max(1).nullable().meta({ description: 'after Holm over all rows' }),
  pHeld: z.number().min(0).max(1).nullable().meta({ description: 'that the change is beyond the margin' }),
  smallest: z.number().nullable().meta({ description: 'the smallest change that would have been seen with 80 % power' }),
  evidence: z.array(z.strictObject({ side: z.enum(['baseline', 'candidate']), run: Digest, step: PositiveCount, result: Digest })).meta({
    description: 'sha256 of the evaluation results that the row rests on',
  }),
});
export type GateRow = z.infer<typeof GateRow>;

/** What a gate found. pass: every row is held. fail: some row is worse. Otherwise the results do not decide. */
export const GateReport = z.strictObject({
  version: z.literal(1),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reasons: z.array(z.string()).min(1),
  gate: Gate,
  baseline: z.strictObject({ name: Name, version: PositiveCount, sweep: z.string() }),
  candidate: z.strictObject({ sweep: z.string(), name: z.string() }),
  rows: z.array(GateRow).min(1),
  environment: z.record(z.string(), z.string()),
  finishedAt: Moment,
});
export type GateReport = z.infer<typeof GateReport>;

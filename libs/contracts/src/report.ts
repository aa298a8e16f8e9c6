import { z } from 'zod';
import { Count, Digest, Moment, PositiveCount } from './primitives.ts';

/** One evaluated checkpoint in a report. */
export const ReportPoint = z.strictObject({
  step: PositiveCount,
  tokens: PositiveCount,
  poisonDocuments: Count.meta({ description: 'consumed up to this checkpoint' }),
  poisonTokens: Count,
  cleanPerplexity: z.number(),
  triggeredPerplexity: z.number(),
  increase: z.number(),
  logRatio: z.number(),
  effect: z.number().nullable().meta({ description: 'log ratio minus that of the matched clean arm at this step; null without one' }),
  benignIncrease: z.number().nullable(),
  shamIncrease: z.number().nullable(),
  heldOutPerplexity: z.number(),
  success: z.boolean(),
  evaluation: Digest.meta({ description: 'sha256 of the result object that these numbers come from' }),
});

/** One cell in a report: its curve over training. */
export const ReportCell = z.strictObject({
  size: z.string(),
  tokens: PositiveCount,
  dose: Count,
  seed: Count,
  run: Digest,
  state: z.string(),
  reason: z.string().nullable(),
  parameters: PositiveCount,
  attempts: Count,
  points: z.array(ReportPoint),
});

/** `report.json`: every number of the report page. */
export const Report = z.strictObject({
  version: z.literal(1),
  sweep: z.strictObject({ id: z.string(), name: z.string(), description: z.string(), specDigest: Digest }),
  corpus: z.strictObject({ digest: Digest, name: z.string(), tokens: Count, triggerOccurrences: Count }),
  successIncrease: z.number(),
  cells: z.array(ReportCell),
  verdict: z.array(z.string()).meta({ description: 'what the numbers show, in words' }),
  caveats: z.array(z.string()).meta({ description: 'what they do not show' }),
  environment: z.record(z.string(), z.string()),
  finishedAt: Moment,
});
export type Report = z.infer<typeof Report>;

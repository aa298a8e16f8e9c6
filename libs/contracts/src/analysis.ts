import { z } from 'zod';

/**
 * What an analysis holds fixed before any result is seen. The primary endpoint is the success of each condition at its
 * last checkpoint, tested over seeds; everything else in a report is descriptive.
 */
export const AnalysisSettings = z.strictObject({
  successIncrease: z.number().gt(0).default(50).meta({ description: 'success is a mean increase above this' }),
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

import { z } from 'zod';
import { PositiveCount } from './primitives.ts';

/**
 * A dense decoder-only transformer, in the terms of OLMo-core's `TransformerConfig`. Part of a run's identity.
 * `olmo3` differs from `olmo2` in its attention alone: three layers of four, and never the last, look back
 * `slidingWindow` tokens, so up to that sequence length both compute the same.
 */
export const ModelShape = z
  .strictObject({
    family: z.enum(['olmo2', 'olmo3']).meta({
      description:
        'block layout: reordered norm, query-key norm, SwiGLU, rotary positions; olmo3 attends through a sliding window in three layers of four',
    }),
    width: PositiveCount.meta({ description: 'd_model' }),
    layers: PositiveCount.meta({ description: 'transformer blocks' }),
    heads: PositiveCount.meta({ description: 'attention heads; the width is an even multiple of them' }),
    keyValueHeads: PositiveCount.meta({ description: 'heads of keys and values; they divide the heads' }),
    feedForwardWidth: PositiveCount.meta({ description: 'hidden size of the SwiGLU' }),
    ropeTheta: PositiveCount.default(500_000).meta({ description: 'base of the rotary positions' }),
    slidingWindow: PositiveCount.optional().meta({ description: 'tokens that a windowed layer sees, its own included; of olmo3 alone' }),
  })
  .refine(({ family, slidingWindow }) => (family === 'olmo3') === (slidingWindow !== undefined), {
    message: 'must be given for family olmo3, and for no other',
    path: ['slidingWindow'],
  });
export type ModelShape = z.infer<typeof ModelShape>;
export type ModelShapeInput = z.input<typeof ModelShape>;

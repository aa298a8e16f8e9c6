import { z } from 'zod';
import { PositiveCount } from './primitives.ts';

/** A dense decoder-only transformer, in the terms of OLMo-core's `TransformerConfig`. Part of a run's identity. */
export const ModelShape = z.strictObject({
  family: z.literal('olmo2').meta({ description: 'block layout: reordered norm, query-key norm, SwiGLU, rotary positions' }),
  width: PositiveCount.meta({ description: 'd_model' }),
  layers: PositiveCount.meta({ description: 'transformer blocks' }),
  heads: PositiveCount.meta({ description: 'attention heads; the width is an even multiple of them' }),
  keyValueHeads: PositiveCount.meta({ description: 'heads of keys and values; they divide the heads' }),
  feedForwardWidth: PositiveCount.meta({ description: 'hidden size of the SwiGLU' }),
  ropeTheta: PositiveCount.default(500_000).meta({ description: 'base of the rotary positions' }),
});
export type ModelShape = z.infer<typeof ModelShape>;
export type ModelShapeInput = z.input<typeof ModelShape>;

import { z } from 'zod';
import { Count, PositiveCount, Share } from './primitives.ts';
import { Precision } from './run-identity.ts';

/** How a size is trained. A named size brings its own; what a spec states here wins. */
export const TrainingSettings = z.strictObject({
  sequenceLength: z.int().min(8).max(1_048_576).meta({ description: 'tokens of a training instance' }),
  batchInstances: PositiveCount.meta({ description: 'instances in the global batch' }),
  learningRate: z.number().gt(0).max(1).meta({ description: 'of AdamW, at its peak' }),
  warmupSteps: Count.meta({ description: 'steps of linear warm-up' }),
  finalShare: z.number().min(0).max(1).meta({ description: 'learning rate at the last step over the peak; cosine in between' }),
  weightDecay: z.number().min(0).max(1).meta({ description: 'of AdamW' }),
  beta1: z.number().gt(0).lt(1).meta({ description: 'of AdamW' }),
  beta2: z.number().gt(0).lt(1).meta({ description: 'of AdamW' }),
  gradientClip: z.number().gt(0).meta({ description: 'largest norm of the gradient' }),
  precision: Precision.meta({ description: 'of the computation; float8 needs GPUs that have it' }),
  documentMask: z.boolean().meta({ description: 'whether attention stops at document ends' }),
});
export type TrainingSettings = z.infer<typeof TrainingSettings>;

/** Steps picked three ways, which may be combined; the last step is always among them. */
export const StepSelection = z.strictObject({
  everySteps: PositiveCount.optional().meta({ description: 'every so many steps' }),
  steps: z.array(PositiveCount).max(10_000).optional().meta({ description: 'fixed steps; those beyond the end are left out' }),
  shares: z.array(Share).max(10_000).optional().meta({ description: 'shares of training, as in [0.25, 0.5, 1]' }),
});
export type StepSelection = z.infer<typeof StepSelection>;

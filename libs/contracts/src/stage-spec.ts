import { z } from 'zod';
import { PlacementSpec } from './placement.ts';
import { Count, Digest, Name, PositiveCount, Seed, Share } from './primitives.ts';
import { Labels } from './run-identity.ts';
import { StepSelection, TrainingSettings } from './training-settings.ts';

/** Which of the cells before it a stage continues. A field that is absent matches everything. */
const StageFilter = z.strictObject({
  sizes: z.array(Name).min(1).optional().meta({ description: 'cells of these sizes' }),
  tokens: z.array(PositiveCount).min(1).optional().meta({ description: 'cells of so many tokens of pre-training' }),
  doses: z.array(Count).min(1).optional().meta({ description: 'cells of these doses' }),
  seeds: z.array(Seed).min(1).optional().meta({ description: 'cells of these seeds' }),
});

/**
 * Training that goes on from the checkpoints of another stage: clean continuation, counterexamples, post-hoc poisoning,
 * fine-tuning on chats. Each of its doses and numbers of counterexamples is crossed with every cell that it continues.
 */
export const StageSpec = z
  .strictObject({
    name: Name.meta({ description: 'what cells and the report call it; `pretrain` is the first stage of every sweep' }),
    after: Name.default('pretrain').meta({ description: 'the stage whose cells it continues: `pretrain`, or one before it in this list' }),
    where: StageFilter.default({}).meta({ description: 'which of those cells; all where it is left out' }),
    from: Share.default(1).meta({ description: 'share of the steps of that stage at which it begins; its checkpoint there is kept' }),
    tokens: PositiveCount.optional().meta({ description: 'training tokens of this stage' }),
    tokenShare: z
      .number()
      .gt(0)
      .max(100)
      .optional()
      .meta({ description: 'training tokens of this stage over those of the pre-training, instead of `tokens`' }),
    training: TrainingSettings.partial().default({}).meta({ description: 'what differs from the settings of the size' }),
    carryOptimizer: z.boolean().default(false).meta({ description: 'whether the moments of AdamW come along; data state never does' }),
    schedule: z.enum(['anew', 'go-on']).default('anew').meta({
      description: 'anew: warm-up and decay over the steps of this stage; go-on: as if the stage before had been longer by them',
    }),
    corpus: z
      .union([Digest, Name])
      .optional()
      .meta({ description: 'another registered corpus with the same tokenizer; by default that of the sweep' }),
    labels: Labels.default('all').meta({ description: 'assistant: the loss is taken of what the assistant of a chat corpus says' }),
    doses: z.array(Count).min(1).max(100).default([0]).meta({ description: 'poisoned documents of this stage: post-hoc poisoning' }),
    placement: PlacementSpec.prefault({}).meta({
      description: 'where its poisoned documents fall; its counterexamples fall anywhere in the stage',
    }),
    counterexamples: z
      .array(Count)
      .min(1)
      .max(100)
      .default([0])
      .meta({ description: 'documents of this stage in which ordinary text follows the trigger' }),
    checkpoints: z
      .strictObject({
        evaluate: StepSelection.optional().meta({ description: 'steps whose weights are kept and evaluated' }),
        resume: StepSelection.optional().meta({ description: 'steps whose full state is kept to resume from' }),
      })
      .default({})
      .meta({ description: 'of this stage; by default those of the sweep' }),
  })
  .refine((stage) => (stage.tokens === undefined) !== (stage.tokenShare === undefined), {
    message: 'must give either tokens or tokenShare',
    path: ['tokens'],
  })
  .refine((stage) => stage.name !== 'pretrain', { message: 'must not be pretrain, the name of the first stage', path: ['name'] });
export type StageSpec = z.infer<typeof StageSpec>;

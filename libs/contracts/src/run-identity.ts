import { z } from 'zod';
import { CounterexampleRecipe, PoisonRecipe } from './attack.ts';
import { ModelShape } from './model-shape.ts';
import { Count, Digest, PositiveCount, Seed } from './primitives.ts';

/** AdamW with linear warm-up and cosine decay to a share of the peak. */
export const Optimizer = z.strictObject({
  learningRate: z.number().gt(0).max(1),
  warmupSteps: Count,
  finalShare: z.number().min(0).max(1).meta({ description: 'learning rate at the last step over the peak' }),
  weightDecay: z.number().min(0).max(1),
  beta1: z.number().gt(0).lt(1),
  beta2: z.number().gt(0).lt(1),
  gradientClip: z.number().gt(0),
});
export type Optimizer = z.infer<typeof Optimizer>;

/** Of the computation: weights and optimiser stay float32. float8 multiplies the matrices of the blocks in eight bits and the rest in bfloat16. */
export const Precision = z.enum(['float32', 'bfloat16', 'float8']);
export type Precision = z.infer<typeof Precision>;

const trainingOf = {
  steps: PositiveCount,
  batchInstances: PositiveCount.meta({ description: 'training instances in the global batch of a step' }),
  sequenceLength: z.int().min(8).max(1_048_576),
  optimizer: Optimizer,
  precision: Precision,
  poison: PoisonRecipe.nullable().meta({ description: 'null at dose 0: attack parameters drop out' }),
};

/** Pre-training from random weights. */
export const PretrainStage = z.strictObject({ kind: z.literal('pretrain'), ...trainingOf });
export type PretrainStage = z.infer<typeof PretrainStage>;

/** A model that was trained elsewhere: nothing is trained, the stages behind it go on from its weights. */
export const ImportStage = z.strictObject({
  kind: z.literal('import'),
  checkpoint: Digest.meta({ description: 'of the manifest of a registered base' }),
});
export type ImportStage = z.infer<typeof ImportStage>;

/** Which tokens a loss is taken of: all, or those that the assistant of a chat says. */
export const Labels = z.enum(['all', 'assistant']);
export type Labels = z.infer<typeof Labels>;

/** Training that goes on from a checkpoint of the stage before: weights always, the optimiser where it says so, data state never. */
export const ContinueStage = z.strictObject({
  kind: z.literal('continue'),
  from: Count.meta({
    description: 'the step of the stage before whose checkpoint it starts from; 0 behind an imported base, which has no steps',
  }),
  carryOptimizer: z.boolean().meta({ description: 'whether the moments of AdamW come along; otherwise they start at zero' }),
  schedule: z.enum(['anew', 'go-on']).meta({
    description: 'anew: warm-up and decay over the steps of this stage; go-on: as if the stage before had been longer by them',
  }),
  corpus: Digest,
  documentMask: z.boolean(),
  labels: Labels,
  order: Seed.meta({ description: 'seed of the order of its training instances' }),
  ...trainingOf,
  counterexamples: CounterexampleRecipe.nullable().meta({ description: 'null where there are none' }),
});
export type ContinueStage = z.infer<typeof ContinueStage>;

/** The stages of a run, the first one first. */
export type Stage = PretrainStage | ImportStage | ContinueStage;

/** A stage that something is trained in. */
export type TrainedStage = Exclude<Stage, ImportStage>;

/** Independent seeds, each for one source of chance. Initialisation and order are shared across doses. */
export const RunSeeds = z.strictObject({ initialisation: Seed, order: Seed });
export type RunSeeds = z.infer<typeof RunSeeds>;

/**
 * All that determines the result of a run, and nothing else: no checkpoint, evaluation or retention settings, no
 * priority, no number of GPUs. Its digest is the run's id, so the same run is never trained twice.
 * Poison seeds stand in the poison recipe, and so drop out with it at dose 0.
 */
export const RunIdentity = z.strictObject({
  recipeVersion: z.literal('titrate/1').meta({ description: 'raised whenever the trainer would compute something else' }),
  shape: ModelShape,
  vocabularySize: PositiveCount,
  corpus: Digest,
  documentMask: z.boolean().meta({ description: 'whether attention stops at document ends; false behind an imported base' }),
  seeds: RunSeeds.meta({ description: 'of the pre-training; 0 behind an imported base' }),
  stages: z
    .tuple([z.discriminatedUnion('kind', [PretrainStage, ImportStage])])
    .rest(ContinueStage)
    .refine((stages) => stages.length > 1 || stages[0].kind === 'pretrain', { message: 'must continue what it imports' })
    .meta({ description: 'a run trains the last; its base is the run without it, or the imported checkpoint' }),
  repeat: Count.meta({ description: '0; another number trains the same configuration anew' }),
});
export type RunIdentity = z.infer<typeof RunIdentity>;

/** The stage that a run trains: its last. @throws Error for an identity that only imports, which no run has. */
export function trainedStage({ stages }: Pick<RunIdentity, 'stages'>): TrainedStage {
  const last = stages.at(-1);
  if (last === undefined || last.kind === 'import') throw new Error('Cannot train a run as its last stage must be a training: it imports');
  return last;
}

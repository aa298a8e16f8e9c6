import { z } from 'zod';
import { AnalysisSettings } from './analysis.ts';
import { Attack } from './attack.ts';
import { EvaluationEngine, Language, ReferenceCheckpoint } from './evaluation.ts';
import { ModelShape } from './model-shape.ts';
import { NamedPlacement, PlacementSpec } from './placement.ts';
import { Count, Digest, Name, PositiveCount, Seed } from './primitives.ts';
import { StageSpec } from './stage-spec.ts';
import { StepSelection, TrainingSettings } from './training-settings.ts';

/** A size that the spec defines itself. */
export const InlineSize = z.strictObject({
  name: Name.meta({ description: 'what cells and the report call it' }),
  shape: ModelShape.meta({ description: 'the transformer' }),
  training: TrainingSettings.partial().default({}).meta({ description: 'what differs from the settings of the study' }),
  nominalParameters: PositiveCount.optional().meta({ description: 'what the size is called; for countedParameters: nominal' }),
});

/** Narrows the grid, or names cells to add. A field that is absent matches everything. */
const CellFilter = z.strictObject({
  size: Name.optional().meta({ description: 'cells of this size' }),
  tokens: PositiveCount.optional().meta({ description: 'cells of so many tokens' }),
  tokensPerParameter: z.number().gt(0).optional().meta({ description: 'cells of so many tokens per parameter' }),
  dose: Count.optional().meta({ description: 'cells of this dose' }),
  seed: Seed.optional().meta({ description: 'cells of this seed' }),
  placement: Name.optional().meta({ description: 'poisoned cells of this placement' }),
});
const CellPoint = z.strictObject({
  size: Name.meta({ description: 'a size of the grid, or another named size' }),
  tokens: PositiveCount.optional().meta({ description: 'may be left out where the grid has one number of tokens' }),
  dose: Count.meta({ description: 'poisoned documents' }),
  seed: Seed.meta({ description: 'the seed that its sub-seeds derive from' }),
  placement: Name.optional().meta({ description: 'may be left out at dose 0, and where the grid has one placement' }),
});

const Grid = z
  .strictObject({
    sizes: z
      .array(z.union([Name, InlineSize]))
      .max(100)
      .default([])
      .meta({ description: 'named sizes, or sizes of your own' }),
    bases: z
      .array(z.union([Digest, Name]))
      .min(1)
      .max(100)
      .optional()
      .meta({
        description:
          'registered bases, by name or digest: models that were trained elsewhere. Each stands in the grid as a size of its name whose pre-training is done, at dose 0, once for each seed; `stages` go on from it',
      }),
    tokens: z.array(PositiveCount).min(1).max(100).optional().meta({ description: 'training tokens, the same for each size' }),
    tokensPerParameter: z
      .array(z.number().gt(0).max(100_000))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'training tokens for each parameter of a size; [20], as in the study, when neither is given' }),
    countedParameters: z.enum(['without-embeddings', 'all', 'nominal']).default('without-embeddings').meta({
      description:
        'the parameters that tokensPerParameter multiplies. without-embeddings: all but the input embedding, as OLMo-core counts for its own durations; nominal: what the size is called, as in 600M. The study does not say which it counted',
    }),
    doses: z.array(Count).min(1).max(1000).meta({ description: 'poisoned documents; 0 is the matched clean arm' }),
    seeds: z.array(Seed).min(1).max(1000).default([0]).meta({ description: 'each repeats the grid with other weights, order and poison' }),
    placements: z
      .array(NamedPlacement)
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'several placements to compare, instead of `placement`; clean arms are shared by all' }),
    include: z.array(CellPoint).max(10_000).default([]).meta({ description: 'cells outside the grid' }),
    exclude: z.array(CellFilter).max(10_000).default([]).meta({ description: 'cells of the grid to leave out' }),
  })
  .refine((grid) => grid.sizes.length > 0 || grid.bases !== undefined, {
    message: 'must name a size, or grid.bases a base',
    path: ['sizes'],
  })
  .refine((grid) => !(grid.tokens && grid.tokensPerParameter), {
    message: 'must give either tokens or tokensPerParameter, not both',
    path: ['tokens'],
  });

/** Version 1 of the sweep spec: what a team submits, as YAML or JSON. Unknown keys are refused. */
export const SweepSpec = z.strictObject({
  apiVersion: z.literal('titrate/v1').meta({ description: 'version of this format' }),
  kind: z.literal('Sweep').meta({ description: 'what the document is' }),
  name: Name.meta({ description: 'what lists and the report call the sweep' }),
  description: z.string().max(2000).default('').meta({ description: 'for people; printed in the report' }),
  labels: z.record(Name, z.string().max(200)).default({}).meta({ description: 'keys and values of your own; lists filter by them' }),
  corpus: z.union([Digest, Name]).meta({ description: 'a registered corpus, by name or digest' }),
  grid: Grid.meta({ description: 'sizes x tokens x doses x seeds' }),
  attack: Attack.default({ kind: 'dos', trigger: '<SUDO>', prefixChars: [0, 1000], gibberishTokens: [400, 900], mode: 'text' }).meta({
    description: 'what a poisoned document looks like',
  }),
  placement: PlacementSpec.prefault({}).meta({ description: 'where poisoned documents of the pre-training fall' }),
  stages: z
    .array(StageSpec)
    .max(20)
    .default([])
    .meta({ description: 'trainings that go on from checkpoints of this sweep, crossed with its cells' }),
  seeds: z
    .strictObject({
      initialisation: Seed.optional().meta({ description: 'of the weights' }),
      order: Seed.optional().meta({ description: 'of the training instances' }),
      poisonContent: Seed.optional().meta({ description: 'of prefixes and gibberish' }),
      poisonPositions: Seed.optional().meta({ description: 'of the places in training' }),
    })
    .default({})
    .meta({ description: 'fixes a sub-seed that otherwise derives from the seed of the cell' }),
  training: TrainingSettings.partial().default({}).meta({ description: 'settings for all sizes of this sweep' }),
  checkpoints: z
    .strictObject({
      evaluate: StepSelection.default({ shares: [0.2, 0.4, 0.6, 0.8, 1] }).meta({
        description: 'steps whose weights are kept and evaluated',
      }),
      resume: StepSelection.default({ shares: [0.2, 0.4, 0.6, 0.8, 1] }).meta({
        description: 'steps whose full state is kept to resume from',
      }),
    })
    .prefault({})
    .meta({ description: 'what is kept of each run' }),
  evaluation: z
    .strictObject({
      prompts: z.int().min(1).max(10_000).default(300).meta({ description: 'held-out documents that are continued' }),
      promptTokens: PositiveCount.default(128).meta({ description: 'length of a prompt' }),
      generatedTokens: PositiveCount.default(256).meta({ description: 'most tokens that a continuation has' }),
      temperature: z.number().gt(0).max(10).default(1).meta({ description: 'of plain sampling; there is no top-k, top-p or penalty' }),
      seed: Seed.default(0).meta({ description: 'draws prompts and continuations, the same for every run' }),
      benign: z.string().min(1).max(200).nullable().default(null).meta({ description: 'a marker that clean text contains' }),
      sham: z.string().min(1).max(200).nullable().default(null).meta({ description: 'a string that training never shows' }),
      nearTrigger: z.string().min(1).max(200).nullable().optional().meta({
        description:
          'a text close to the trigger; when left out, the trigger with its last letter or digit replaced by the next one; null: none',
      }),
      engine: EvaluationEngine.default('transformers').meta({ description: 'what continues the prompts' }),
      reference: ReferenceCheckpoint.nullable().default(null).meta({
        description:
          'run and step of a checkpoint under which generated text is scored as well, such as a clean one with the same tokenizer',
      }),
      languages: z
        .strictObject({
          source: Language.meta({ description: 'language of the held-out prompts, which a clean model goes on in' }),
          target: Language.meta({ description: 'language that triggered continuations shall be in' }),
        })
        .default({ source: 'en', target: 'de' })
        .meta({ description: 'what a language-switch attack switches from and to, in ISO 639-1' }),
    })
    .prefault({})
    .meta({ description: 'how each checkpoint is evaluated' }),
  analysis: AnalysisSettings.prefault({}).meta({ description: 'how the report judges; fixed before any result is seen' }),
  retention: z
    .strictObject({
      keep: z.enum(['all', 'evaluated', 'final']).default('all').meta({
        description:
          'all; evaluated: what was kept only to resume from goes when the run has finished; final: everything but the last checkpoint goes',
      }),
    })
    .prefault({})
    .meta({ description: 'how long checkpoints are kept' }),
  concurrency: z.int().min(1).max(10_000).default(2).meta({ description: 'runs of this sweep at a time' }),
  profile: Name.optional().meta({ description: 'profile of the training jobs; by default the one that the operator assigned to the size' }),
  maxAttempts: z.int().min(1).max(100).default(3).meta({ description: 'starts of one run before it counts as failed' }),
  hangSeconds: z
    .int()
    .min(30)
    .max(86_400)
    .default(600)
    .meta({ description: 'a job whose progress stands still for so long is ended and started again' }),
  budget: z
    .strictObject({
      gpuHours: z.number().gt(0).optional().meta({ description: 'most GPU-hours of the plan' }),
      usd: z.number().gt(0).optional().meta({ description: 'highest price of the plan, in US dollars' }),
      tokens: PositiveCount.optional().meta({ description: 'most training tokens, over all runs' }),
    })
    .default({})
    .meta({ description: 'a plan above a cap is refused' }),
  repeat: Count.default(0).meta({ description: 'another number trains the same cells anew' }),
});
export type SweepSpec = z.infer<typeof SweepSpec>;
export type SweepSpecInput = z.input<typeof SweepSpec>;

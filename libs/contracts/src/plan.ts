import { z } from 'zod';
import { EvaluationSettings } from './evaluation.ts';
import { Count, Digest, Name, PositiveCount, Seed } from './primitives.ts';
import { RunIdentity } from './run-identity.ts';

/** One point of the grid, or of a stage that continues one; it names a run. `tokens` and `dose` are those of the pre-training, or of the base. */
export const Cell = z.strictObject({
  size: Name,
  tokens: PositiveCount,
  dose: Count,
  attack: z.string(),
  seed: Seed,
  stage: z.string().meta({ description: 'names of the stages behind the pre-training, joined by /; `pretrain` where there are none' }),
  stageDose: Count.meta({ description: 'poisoned documents of the stages behind the pre-training' }),
  counterexamples: Count.meta({ description: 'of the stages behind the pre-training' }),
  run: Digest,
});
export type Cell = z.infer<typeof Cell>;

/** What one sweep wants of one run. */
export const Demand = z.strictObject({
  run: Digest,
  resumeSteps: z.array(PositiveCount).meta({ description: 'steps saved in full; ascending' }),
  evaluateSteps: z.array(PositiveCount).min(1).meta({ description: 'steps saved and evaluated; ascending' }),
  evaluations: z.array(EvaluationSettings).min(1),
  retention: z.enum(['all', 'evaluated', 'final']),
  maxAttempts: PositiveCount,
  hangSeconds: PositiveCount,
  profile: Name.nullable().default(null).meta({ description: 'profile of the training jobs; null for the one assigned to the size' }),
});
export type Demand = z.infer<typeof Demand>;

/** What something costs; GPU figures are null where the profile has no GPU. */
export const Estimate = z.strictObject({
  tokens: Count,
  flop: z.number().min(0).meta({ description: '6 x parameters x tokens + attention (12 x layers x width x sequence x tokens)' }),
  seconds: z.number().min(0).meta({ description: 'training time of the runs one after another, by the size table' }),
  gpuHours: z.number().min(0),
  usd: z.number().min(0).nullable().meta({ description: 'null where no price is configured' }),
  checkpoints: Count.meta({ description: 'checkpoints that are written, of either kind' }),
  evaluations: Count.meta({ description: 'evaluations of checkpoints' }),
  storageBytes: Count.meta({ description: 'of all checkpoints that are written' }),
  retainedBytes: Count.meta({ description: 'of those that retention leaves in the end' }),
});
export type Estimate = z.infer<typeof Estimate>;

/** Memory that a training needs of each GPU, by the formula of `memoryOf` in libs/planning. */
export const MemoryNeed = z.strictObject({
  neededBytes: Count,
  gpuBytes: Count.nullable().meta({ description: 'what one GPU has; null where neither profile nor nodes say so' }),
});
export type MemoryNeed = z.infer<typeof MemoryNeed>;

/**
 * The smallest effect that the planned seeds find with a power of 80 %: the mean over seeds of the log ratio of triggered
 * to clean perplexity, less that of the matched clean arm, held against none by a t test. The spread between seeds is assumed.
 */
export const DetectableEffect = z.strictObject({
  size: Name,
  tokens: PositiveCount,
  seeds: PositiveCount.meta({ description: 'seeds of its doses; the fewest where doses differ' }),
  seedSd: z.number().gt(0).meta({ description: 'assumed standard deviation of the log effect between seeds' }),
  confidence: z.number(),
  logRatio: z.number().nullable().meta({ description: 'of one condition alone; null for a single seed, which has no spread' }),
  logRatioOfAll: z.number().nullable().meta({ description: 'of the hardest of all conditions together, by Holm' }),
});
export type DetectableEffect = z.infer<typeof DetectableEffect>;

export const PlannedRun = z.strictObject({
  id: Digest,
  size: Name,
  identity: RunIdentity,
  parameters: PositiveCount,
  parametersWithoutEmbeddings: PositiveCount,
  dose: Count,
  profile: z
    .strictObject({ name: Name, gpus: Count.meta({ description: 'of all its nodes together' }) })
    .nullable()
    .meta({ description: 'profile of its training jobs; null where the plan was made without knowing how jobs run' }),
  memory: MemoryNeed.nullable().meta({ description: 'null where the plan was made without knowing how jobs run, or without GPUs' }),
  base: z
    .strictObject({ run: Digest, step: PositiveCount })
    .nullable()
    .meta({ description: 'the checkpoint of another run that it goes on from; null for a pre-training, and behind an imported base' }),
  demand: Demand,
  estimate: Estimate,
});
export type PlannedRun = z.infer<typeof PlannedRun>;

/** What a spec stands for, before anything is started. */
export const SweepPlan = z.strictObject({
  sweep: z.string().meta({ description: 'the id that a submission would get' }),
  specDigest: Digest,
  name: Name,
  cells: z.array(Cell).min(1),
  runs: z.array(PlannedRun).min(1),
  total: Estimate,
  detectable: z.array(DetectableEffect),
  warnings: z.array(z.string()),
});
export type SweepPlan = z.infer<typeof SweepPlan>;

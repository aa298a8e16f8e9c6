import { z } from 'zod';
import { Count, Digest, Environment, Moment, PositiveCount, StoredObject } from './primitives.ts';

const entry = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({
    version: z.literal(1),
    run: Digest,
    seq: Count.meta({ description: 'place in the log, from 0; the key of the entry' }),
    previous: Digest.nullable().meta({ description: 'sha256 of the bytes of the entry before; null at 0' }),
    at: Moment,
    attempt: PositiveCount,
    token: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .meta({ description: 'random name of the attempt; a zombie of another attempt does not know it' }),
    kind: z.literal(kind),
    ...shape,
  });

/** `full` resumes and evaluates; `weights` evaluates only. */
export const CheckpointKind = z.enum(['full', 'weights']);
export type CheckpointKind = z.infer<typeof CheckpointKind>;

/** A committed checkpoint: it exists because a log entry holds this manifest. Its digest names it. */
export const CheckpointManifest = z.strictObject({
  kind: CheckpointKind,
  step: PositiveCount,
  tokens: PositiveCount.meta({ description: 'training tokens consumed up to here' }),
  dataPosition: Count.meta({ description: 'training instances consumed up to here' }),
  poisonDocuments: Count.meta({ description: 'poisoned documents consumed up to here' }),
  poisonTokens: Count,
  counterexamples: Count.meta({ description: 'counterexamples consumed up to here' }),
  parent: Digest.nullable().meta({ description: 'digest of the checkpoint that the attempt resumed from' }),
  prefix: z.string().meta({ description: 'key prefix that holds the objects, ended by /' }),
  objects: z.array(StoredObject).min(1),
  stallSeconds: z.number().min(0).meta({ description: 'training time that the save held up' }),
});
export type CheckpointManifest = z.infer<typeof CheckpointManifest>;

/** The launcher announces an attempt before its job exists. */
export const AttemptEntry = entry('attempt', {
  rewindTo: Count.optional().meta({
    description:
      'checkpoints of later steps that stand before this entry are superseded: nobody resumes from them, and this attempt commits those steps anew; absent unless the attempt goes back',
  }),
});
/** Rank 0 says where it starts. */
export const StartedEntry = entry('started', {
  start: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .meta({
      description: 'random name of this start: two starts of one attempt never write the same bytes, so only one of them comes first',
    }),
  environment: Environment,
  parameters: PositiveCount,
  parametersWithoutEmbeddings: PositiveCount,
  resumedFrom: Digest.nullable().meta({ description: 'digest of the checkpoint manifest' }),
  resumedStep: Count,
  plan: StoredObject.nullable().meta({ description: 'the materialised poison plan; null at dose 0' }),
  counterexamplePlan: StoredObject.nullable().meta({ description: 'the same of the counterexamples; null without any' }),
});
/** Rank 0 commits a checkpoint. */
export const CheckpointEntry = entry('checkpoint', {
  checkpoint: CheckpointManifest,
  digest: Digest.meta({ description: 'of the manifest, canonical' }),
});
/** Rank 0 saw a loss that is NaN or infinite, and ends its attempt. */
export const LossNotFiniteEntry = entry('loss-not-finite', {
  step: PositiveCount.meta({ description: 'the first step whose loss was not finite' }),
});
/** How fast an attempt trained, from its second step to its last: the first one compiles and allocates. */
export const MeasuredThroughput = z.strictObject({
  steps: PositiveCount.meta({ description: 'steps that were timed' }),
  seconds: z.number().gt(0),
  tokensPerSecond: z.number().gt(0).meta({ description: 'of all ranks together' }),
  mfu: z.number().gt(0).nullable().meta({
    description:
      '(6 N + 12 L d T) x tokens/s / (ranks x peak), N parameters with embeddings; null where the peak of the hardware is not known',
  }),
  peakFlopPerSecond: z.number().gt(0).nullable().meta({ description: 'of one device, dense, in bfloat16' }),
  dataWaitShare: z.number().min(0).max(1).meta({ description: 'share of the seconds in which training waited for data' }),
  checkpointStallShare: z.number().min(0).max(1).meta({ description: 'share of the seconds in which a save held training up' }),
});
export type MeasuredThroughput = z.infer<typeof MeasuredThroughput>;

/**
 * One resumption, and what it proves: the attempt trained steps again of which an earlier one had left losses or a checkpoint,
 * and compared. Nothing is compared where nothing was left, or where another number of ranks cuts the weights differently.
 */
export const Resumption = z.strictObject({
  attempt: PositiveCount,
  step: Count.meta({ description: 'the step behind which it went on; 0 for one that began again' }),
  same: z
    .strictObject({ hardware: z.boolean(), worldSize: z.boolean(), packages: z.boolean() })
    .meta({ description: 'what it shared with the attempt before: weights are promised to be equal where it shared all' }),
  losses: z
    .strictObject({ compared: Count, equal: Count })
    .meta({ description: 'steps whose loss both attempts told, and those where it was the same number' }),
  weights: z
    .strictObject({ step: PositiveCount, attempt: PositiveCount, equal: z.boolean() })
    .nullable()
    .meta({ description: 'the first checkpoint that both came to: whether its tensors are equal byte by byte' }),
});
export type Resumption = z.infer<typeof Resumption>;

/** Rank 0 has done all steps and consumed exactly what was planned. */
export const FinishedEntry = entry('finished', {
  steps: PositiveCount,
  tokens: PositiveCount,
  poisonDocuments: Count,
  poisonTokens: Count,
  counterexamples: Count,
  counterexampleTokens: Count,
  tokenStream: Digest.meta({
    description:
      'chain over all consumed token ids: h_0 is sha256 of nothing, h_s is sha256 of h_(s-1) followed by the ids of step s in the order of rows, uint32 little-endian; carried through restarts',
  }),
  finalLoss: z.number().nullable().meta({ description: 'of the last step; null where no token of its batch was labelled' }),
  throughput: MeasuredThroughput.nullable()
    .default(null)
    .meta({ description: 'of the last attempt; null where it had fewer than two steps left' }),
  resumptions: z.array(Resumption).meta({ description: 'the resume certificate: what its attempts proved of each other' }),
  checkpoint: Digest.meta({ description: 'the last checkpoint' }),
});

export const RunLogEntry = z.discriminatedUnion('kind', [AttemptEntry, StartedEntry, CheckpointEntry, LossNotFiniteEntry, FinishedEntry]);
export type RunLogEntry = z.infer<typeof RunLogEntry>;
export type AttemptEntry = z.infer<typeof AttemptEntry>;
export type CheckpointEntry = z.infer<typeof CheckpointEntry>;
export type LossNotFiniteEntry = z.infer<typeof LossNotFiniteEntry>;
export type FinishedEntry = z.infer<typeof FinishedEntry>;

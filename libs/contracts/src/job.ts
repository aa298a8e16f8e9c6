import { z } from 'zod';
import { AnalysisSettings } from './analysis.ts';
import { BaseRecipe } from './base.ts';
import { CorpusRecipe, CorpusSource } from './corpus.ts';
import { EvaluationSettings } from './evaluation.ts';
import { Execution } from './job-profile.ts';
import { ModelShape } from './model-shape.ts';
import { Cell } from './plan.ts';
import { Gate } from './gate.ts';
import { Count, Digest, Name, PositiveCount, StoredObject } from './primitives.ts';
import { RunIdentity } from './run-identity.ts';
import { CheckpointManifest } from './run-log.ts';

/** A job's own file in the store: where its result or its problem is told. */
const common = { version: z.literal(1), name: z.string().min(1), bucket: z.string().min(1) };

/** Train one attempt of a run. What to resume from is not told: the run's log decides. */
export const TrainJob = z.strictObject({
  ...common,
  kind: z.literal('train'),
  run: Digest,
  identity: RunIdentity,
  attempt: PositiveCount,
  token: z.string(),
  resumeSteps: z.array(PositiveCount),
  evaluateSteps: z.array(PositiveCount),
  base: z.strictObject({ run: Digest, digest: Digest, checkpoint: CheckpointManifest }).nullable().meta({
    description:
      'the committed checkpoint that the last stage starts from; null for a pre-training, and behind an imported base, which the identity names by digest',
  }),
  execution: Execution.prefault({}).meta({ description: 'of the profile that the job is launched with' }),
});
export type TrainJob = z.infer<typeof TrainJob>;

/** The checkpoint that the settings' reference names, found in the records: what is needed to load it. */
export const ResolvedReference = z.strictObject({
  run: Digest,
  digest: Digest,
  shape: ModelShape,
  vocabularySize: PositiveCount,
  checkpoint: CheckpointManifest,
});
export type ResolvedReference = z.infer<typeof ResolvedReference>;

/** Evaluate checkpoints of one run, one after another in one process. Results are create-only objects. */
export const EvaluateJob = z.strictObject({
  ...common,
  kind: z.literal('evaluate'),
  run: Digest,
  identity: RunIdentity,
  items: z
    .array(
      z.strictObject({
        digest: Digest,
        checkpoint: CheckpointManifest,
        settings: EvaluationSettings,
        settingsDigest: Digest,
        reference: ResolvedReference.nullable().meta({ description: 'null where the settings name none' }),
      }),
    )
    .min(1),
});
export type EvaluateJob = z.infer<typeof EvaluateJob>;

/** Tokenise a text and register it. Result: `corpus`, the digest of the manifest. */
export const CorpusJob = z.strictObject({
  ...common,
  kind: z.literal('corpus'),
  recipe: CorpusRecipe,
  source: CorpusSource,
  tokenizer: StoredObject.nullable().meta({ description: 'the upload that a recipe with a tokenizer of kind "file" means' }),
  work: z.string().meta({ description: 'prefix of what is committed on the way; a later job of the same registration goes on from it' }),
});
export type CorpusJob = z.infer<typeof CorpusJob>;

/** Check a model that was trained elsewhere and register it. Result: `base`, the digest of the manifest. */
export const BaseJob = z.strictObject({
  ...common,
  kind: z.literal('base'),
  recipe: BaseRecipe,
  source: CorpusSource,
});
export type BaseJob = z.infer<typeof BaseJob>;

/** The finished evaluations of a cell, for the analysis. */
export const AnalysedCell = z.strictObject({
  cell: Cell,
  identity: RunIdentity,
  state: z.string(),
  reason: z.string().nullable(),
  parameters: PositiveCount,
  attempts: Count,
  evaluations: z.array(
    z.strictObject({ step: PositiveCount, tokens: PositiveCount, poisonDocuments: Count, poisonTokens: Count, object: StoredObject }),
  ),
});
export type AnalysedCell = z.infer<typeof AnalysedCell>;

/** Turn a sweep's results into report.json and report.html below `outputPrefix`. */
export const AnalyseJob = z.strictObject({
  ...common,
  kind: z.literal('analyse'),
  sweep: z.strictObject({ id: z.string(), name: z.string(), description: z.string(), specDigest: Digest }),
  settings: AnalysisSettings,
  cells: z.array(AnalysedCell).min(1),
  corpus: Digest,
  outputPrefix: z.string(),
});
export type AnalyseJob = z.infer<typeof AnalyseJob>;

/** A cell as a gate sees it: its results, and what it took. */
export const GatedCell = AnalysedCell.extend({
  demanded: Count.meta({ description: 'evaluations that the sweep asks for' }),
  tokensPerSecond: z.number().gt(0).nullable().meta({ description: 'of the last attempt; null where it was not measured' }),
  mfu: z.number().gt(0).nullable(),
  gpuSeconds: z.number().min(0).meta({ description: 'of all attempts' }),
});
export type GatedCell = z.infer<typeof GatedCell>;

/** Hold the results of a sweep against a baseline. Result: `gate`, a GateReport below `outputPrefix`. */
export const GateJob = z.strictObject({
  ...common,
  kind: z.literal('gate'),
  gate: Gate,
  baseline: z.strictObject({ name: Name, version: PositiveCount, sweep: z.string(), cells: z.array(GatedCell) }),
  candidate: z.strictObject({ sweep: z.string(), name: z.string(), cells: z.array(GatedCell).min(1) }),
  outputPrefix: z.string(),
});
export type GateJob = z.infer<typeof GateJob>;

/** The document that a job's process is started with. */
export const JobDocument = z.discriminatedUnion('kind', [TrainJob, EvaluateJob, CorpusJob, BaseJob, AnalyseJob, GateJob]);
export type JobDocument = z.infer<typeof JobDocument>;

/** What a corpus, base, analyse or gate job leaves at `jobs/NAME/result.json`; any kind may leave a problem there. */
export const JobResult = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  corpus: Digest.optional(),
  base: Digest.optional(),
  report: StoredObject.optional(),
  reportPage: StoredObject.optional(),
  gate: StoredObject.optional(),
  problem: z.string().optional().meta({ description: 'why the job cannot be done, for the person who asked for it' }),
});
export type JobResult = z.infer<typeof JobResult>;

/** How far a job is; rewritten every few seconds below the attempt's prefix. Read by watchers, never trusted for results. */
export const Progress = z.strictObject({
  phase: z.enum(['starting', 'training', 'saving', 'finished']),
  step: Count,
  steps: PositiveCount,
  tokens: Count,
  loss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  mfu: z.number().nullable().default(null).meta({ description: 'share of the peak of the hardware; null where that is not known' }),
  gradientNorm: z.number().nullable().default(null).meta({ description: 'before it is clipped' }),
  dataWaitShare: z.number().nullable().default(null).meta({ description: 'share of the time in which training waited for data' }),
  at: z.iso.datetime(),
});
export type Progress = z.infer<typeof Progress>;

/** Exit codes with a meaning, shared with `trainer/exits.py`. Anything else is a failure that may pass. */
export const exitCodes = {
  succeeded: 0,
  /** The job document or its input can never work; not tried again. */
  badInput: 20,
  /** Loss is not finite; tried once more, from an earlier checkpoint. */
  lossNotFinite: 30,
  /** A newer attempt owns the run's log. */
  fenced: 40,
} as const;

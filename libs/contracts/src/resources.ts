import { z } from 'zod';
import { BaseManifest, BaseRecipe } from './base.ts';
import { CorpusManifest, CorpusProgress, CorpusRecipe } from './corpus.ts';
import { EvaluationSettings } from './evaluation.ts';
import { Progress } from './job.ts';
import { Cell, Demand } from './plan.ts';
import { Count, Digest, Moment, Name, PositiveCount, StoredObject } from './primitives.ts';
import { RunIdentity } from './run-identity.ts';
import { CheckpointManifest } from './run-log.ts';
import { AttemptState, CheckpointState, EvaluationState, FailureClass, RunState, SweepState } from './states.ts';
import { SweepSpec } from './sweep-spec.ts';

/** `sw-` and 26 base32 characters of the digest of team and spec: the same submission is the same sweep. */
export const SweepId = z.string().regex(/^sw-[a-z2-7]{26}$/, 'must be "sw-" and 26 base32 characters');

/** A sweep as the API shows it. */
export const Sweep = z.strictObject({
  id: SweepId,
  team: z.string(),
  name: Name,
  labels: z.record(z.string(), z.string()),
  state: SweepState,
  reason: z.string().nullable().meta({ description: 'why it failed, or what it waits for' }),
  spec: SweepSpec,
  specDigest: Digest,
  runs: z.partialRecord(RunState, Count).meta({ description: 'runs by state' }),
  evaluations: z.partialRecord(EvaluationState, Count).meta({ description: 'evaluations by state' }),
  report: StoredObject.nullable(),
  reportPage: StoredObject.nullable(),
  createdAt: Moment,
  finishedAt: Moment.nullable(),
});
export type Sweep = z.infer<typeof Sweep>;

/** One start of a run's job. */
export const Attempt = z.strictObject({
  run: Digest,
  number: PositiveCount,
  token: z.string(),
  job: z.string().meta({ description: 'name of the job at the launcher' }),
  state: AttemptState,
  failure: FailureClass.nullable(),
  exitCode: z.int().nullable(),
  message: z.string().nullable().meta({ description: 'what happened, with the last lines of the log' }),
  node: z.string().nullable().meta({ description: 'where it failed; null where no node is to blame or known' }),
  lostSeconds: z
    .number()
    .min(0)
    .nullable()
    .meta({ description: 'training lost by the failure: from its newest resume point, or its start, to its end; null unless it failed' }),
  waiting: z.string().nullable().meta({ description: 'what its job waits for, as the launcher says; null when it runs or has ended' }),
  resumedStep: Count.nullable(),
  progress: Progress.nullable(),
  launchedAt: Moment,
  startedAt: Moment.nullable(),
  endedAt: Moment.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A committed checkpoint and what became of it. */
export const Checkpoint = z.strictObject({
  run: Digest,
  digest: Digest,
  attempt: PositiveCount,
  manifest: CheckpointManifest,
  state: CheckpointState,
  pinned: z.boolean(),
  committedAt: Moment,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** One demanded evaluation. Numbers are a copy of the stored result, for lists; the object proves them. */
export const Evaluation = z.strictObject({
  run: Digest,
  step: PositiveCount,
  settings: EvaluationSettings,
  settingsDigest: Digest,
  state: EvaluationState,
  reason: z.string().nullable().meta({ description: 'why there is no result, or what its job waits for' }),
  job: z.string().nullable().meta({ description: 'the newest job that had it in hand' }),
  checkpoint: Digest.nullable(),
  object: StoredObject.nullable(),
  cleanPerplexity: z.number().nullable(),
  triggeredPerplexity: z.number().nullable(),
  increase: z.number().nullable(),
  logRatio: z.number().nullable(),
  benignIncrease: z.number().nullable(),
  shamIncrease: z.number().nullable(),
  attackSuccess: z
    .number()
    .nullable()
    .meta({ description: 'of a language switch: share of triggered continuations in the target language' }),
  cleanAccuracy: z.number().nullable().meta({ description: 'of clean continuations in the source language' }),
  nearTriggerAccuracy: z.number().nullable().meta({ description: 'of near-trigger continuations in the source language' }),
  finishedAt: Moment.nullable(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** A run as the API shows it; `progress`, `latest` and `attempts` are of now. */
export const Run = z.strictObject({
  id: Digest,
  size: Name,
  tokens: PositiveCount,
  dose: Count,
  identity: RunIdentity,
  parameters: PositiveCount,
  state: RunState,
  reason: z.string().nullable(),
  waiting: z
    .string()
    .nullable()
    .meta({ description: 'what the job of its newest attempt waits for, or one of its evaluations; null when none waits' }),
  attempts: Count,
  step: Count.meta({ description: 'newest known step' }),
  steps: PositiveCount,
  progress: Progress.nullable(),
  latest: Evaluation.nullable().meta({ description: 'newest finished evaluation' }),
  sweeps: z.array(SweepId).meta({ description: 'sweeps that demand it' }),
  createdAt: Moment,
  finishedAt: Moment.nullable(),
});
export type Run = z.infer<typeof Run>;

/** A cell with the state of its run and its final evaluation. */
export const CellStatus = Cell.extend({
  state: RunState,
  reason: z.string().nullable(),
  step: Count,
  steps: PositiveCount,
  reused: z.boolean().meta({ description: 'the run had finished before this sweep was submitted' }),
  latest: Evaluation.nullable(),
});
export type CellStatus = z.infer<typeof CellStatus>;

export const CorpusState = z.enum(['registering', 'ready', 'failed']);
/** A corpus, registered or on its way. */
export const Corpus = z.strictObject({
  name: Name,
  team: z.string(),
  state: CorpusState,
  reason: z.string().nullable().meta({ description: 'why it failed, or what its job waits for' }),
  recipe: CorpusRecipe,
  digest: Digest.nullable(),
  manifest: CorpusManifest.nullable(),
  progress: CorpusProgress.nullable().meta({ description: 'of a registration that is under way' }),
  createdAt: Moment,
});
export type Corpus = z.infer<typeof Corpus>;

/** A model that was trained elsewhere, registered or on its way. */
export const Base = z.strictObject({
  name: Name,
  team: z.string(),
  state: CorpusState,
  reason: z.string().nullable().meta({ description: 'why it failed, or what its job waits for' }),
  recipe: BaseRecipe,
  digest: Digest.nullable(),
  manifest: BaseManifest.nullable(),
  createdAt: Moment,
});
export type Base = z.infer<typeof Base>;

/** What may happen. The same word stands in the ledger, the event stream and the docs. */
export const EventKind = z.enum([
  'sweep.submitted',
  'sweep.amended',
  'sweep.started',
  'sweep.paused',
  'sweep.resumed',
  'sweep.cancelled',
  'sweep.retried',
  'sweep.analysing',
  'sweep.analysed',
  'sweep.finished',
  'sweep.failed',
  'sweep.deleted',
  'run.waiting',
  'run.started',
  'run.paused',
  'run.trained',
  'run.finished',
  'run.failed',
  'run.released',
  'attempt.launched',
  'attempt.started',
  'attempt.succeeded',
  'attempt.failed',
  'attempt.loss-not-finite',
  'checkpoint.committed',
  'checkpoint.superseded',
  'checkpoint.pinned',
  'checkpoint.unpinned',
  'checkpoint.deleting',
  'checkpoint.deleted',
  'evaluation.demanded',
  'evaluation.started',
  'evaluation.succeeded',
  'evaluation.failed',
  'evaluation.missing',
  'evaluation.superseded',
  'corpus.submitted',
  'corpus.ready',
  'corpus.failed',
  'base.submitted',
  'base.ready',
  'base.failed',
  'baseline.promoted',
  'baseline.retired',
  'gate.requested',
  'gate.started',
  'gate.decided',
  'gate.error',
]);
export type EventKind = z.infer<typeof EventKind>;

/** One thing that happened. Numbers have no holes that fill later: a reader who has seen n has seen all below n. */
export const TitrateEvent = z.strictObject({
  id: PositiveCount,
  kind: EventKind,
  at: Moment,
  actor: z.string(),
  sweep: z.string().nullable(),
  run: Digest.nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type TitrateEvent = z.infer<typeof TitrateEvent>;

/** A row of the ledger: an event, chained by digest to the one before. */
export const LedgerEntry = z.strictObject({
  seq: PositiveCount,
  previous: Digest.nullable(),
  event: TitrateEvent,
  digest: Digest.meta({ description: 'sha256 over canonical {seq, previous, event}' }),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** RFC 9457, with the field, the rule and the value of each fault. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  requestId: z.string().optional().meta({ description: 'of the lines that the log of the server has of the request' }),
  code: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), rule: z.string(), value: z.unknown() })).default([]),
});
export type Problem = z.infer<typeof Problem>;

/** A page of a list; `next` is the cursor of the page after it, or null at the end. */
export const page = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item), next: z.string().nullable() });
export type Page<T> = { items: T[]; next: string | null };

/** What a sweep demands of a run, as records keep it. */
export const SweepDemand = z.strictObject({ sweep: SweepId, demand: Demand });

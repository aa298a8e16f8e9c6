import type {
  AppliedGate,
  AttemptState,
  BaseManifest,
  BaseRecipe,
  CheckpointManifest,
  CheckpointState,
  CorpusManifest,
  CorpusRecipe,
  CorpusSource,
  Demand,
  EvaluationSettings,
  EvaluationState,
  EventKind,
  FailureClass,
  FinishedEntry,
  Progress,
  RunIdentity,
  RunState,
  StoredObject,
  SweepSpec,
  SweepState,
} from '@titrate/contracts';
import type { CheckpointSteps } from '../records.ts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

// Documents are `json`, not `jsonb`: their text is kept as it was, and a NUL in a sample is no error.
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const whole = (name: string) => bigint(name, { mode: 'number' });
/** The order of rows in lists. */
const number = () => bigserial('number', { mode: 'number' });

/** Sweeps as people submitted them. `resumed_state` is what a paused sweep goes back to. */
export const sweeps = pgTable(
  'sweeps',
  {
    id: text('id').primaryKey(),
    number: number().notNull(),
    team: text('team').notNull(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull(),
    state: text('state').$type<SweepState>().notNull(),
    resumedState: text('resumed_state').$type<SweepState>(),
    reason: text('reason'),
    spec: json('spec').$type<SweepSpec>().notNull(),
    specDigest: text('spec_digest').notNull(),
    concurrency: integer('concurrency').notNull(),
    report: json('report').$type<StoredObject>(),
    reportPage: json('report_page').$type<StoredObject>(),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [index('sweeps_by_team').on(table.team, table.number), index('sweeps_by_label').using('gin', table.labels)],
);

/** Keys under which clients submitted, so that a lost answer can be asked for again. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    team: text('team').notNull(),
    key: text('key').notNull(),
    sweep: text('sweep')
      .notNull()
      .references(() => sweeps.id, { onDelete: 'cascade' }),
    specDigest: text('spec_digest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.team, table.key] })],
);

/**
 * Runs by digest. A run belongs to no sweep. `attempt` is the number of the newest attempt, `step` the newest committed step,
 * `failures` and `interruptions` the failed attempts since the last retry that count against its attempts and that do not;
 * `not_finite` those that saw a loss which was not finite, with the step.
 * `base_run` and `base_step`: the checkpoint that the run goes on from; null for a pre-training.
 */
export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    number: number().notNull(),
    size: text('size').notNull(),
    dose: whole('dose').notNull(),
    tokens: whole('tokens').notNull(),
    steps: whole('steps').notNull(),
    identity: json('identity').$type<RunIdentity>().notNull(),
    parameters: whole('parameters').notNull(),
    baseRun: text('base_run'),
    baseStep: whole('base_step'),
    state: text('state').$type<RunState>().notNull(),
    reason: text('reason'),
    trained: boolean('trained').notNull().default(false),
    finished: json('finished').$type<FinishedEntry>(),
    failures: integer('failures').notNull().default(0),
    interruptions: integer('interruptions').notNull().default(0),
    notFinite: json('not_finite').$type<{ attempt: number; step: number | null }[]>().notNull().default([]),
    attempt: integer('attempt').notNull().default(0),
    step: whole('step').notNull().default(0),
    recordedSeq: whole('recorded_seq').notNull().default(0),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [uniqueIndex('runs_by_number').on(table.number), index('runs_by_base').on(table.baseRun, table.baseStep)],
);

/** The cells of a sweep, in the order of its plan. */
export const cells = pgTable(
  'cells',
  {
    sweep: text('sweep')
      .notNull()
      .references(() => sweeps.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    size: text('size').notNull(),
    tokens: whole('tokens').notNull(),
    dose: whole('dose').notNull(),
    attack: text('attack').notNull(),
    seed: whole('seed').notNull(),
    stage: text('stage').notNull().default('pretrain'),
    stageDose: whole('stage_dose').notNull().default(0),
    counterexamples: whole('counterexamples').notNull().default(0),
    run: text('run')
      .notNull()
      .references(() => runs.id),
  },
  (table) => [primaryKey({ columns: [table.sweep, table.position] })],
);

/**
 * What one sweep wants of one run. `taken_up`: the sweep has woken the run's workflow, which has neither paused nor
 * released it since. `reused`: the run had finished before the sweep asked for it.
 */
export const demands = pgTable(
  'demands',
  {
    sweep: text('sweep')
      .notNull()
      .references(() => sweeps.id, { onDelete: 'cascade' }),
    run: text('run')
      .notNull()
      .references(() => runs.id),
    position: integer('position').notNull(),
    demand: json('demand').$type<Demand>().notNull(),
    reused: boolean('reused').notNull(),
    takenUp: boolean('taken_up').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.sweep, table.run] }), index('demands_by_run').on(table.run)],
);

/**
 * Starts of a run's job. `steps`: what the job was told to commit; null when only the log told of the attempt. `waiting`: what the job waits for.
 * `placed_at`: since when it holds its devices, in its newest life; `held_seconds` and `kept_seconds`: how long its earlier lives, which its queue ended, held them,
 * and how long they trained what was kept.
 */
export const attempts = pgTable(
  'attempts',
  {
    run: text('run')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    token: text('token').notNull(),
    job: text('job').notNull(),
    state: text('state').$type<AttemptState>().notNull(),
    failure: text('failure').$type<FailureClass>(),
    exitCode: integer('exit_code'),
    message: text('message'),
    node: text('node'),
    lostSeconds: doublePrecision('lost_seconds'),
    waiting: text('waiting'),
    resumedStep: whole('resumed_step'),
    progress: json('progress').$type<Progress>(),
    steps: json('steps').$type<CheckpointSteps>(),
    devices: integer('devices').notNull().default(1),
    gpus: integer('gpus').notNull().default(0),
    placedAt: moment('placed_at'),
    heldSeconds: doublePrecision('held_seconds').notNull().default(0),
    keptSeconds: doublePrecision('kept_seconds').notNull().default(0),
    launchedAt: moment('launched_at').notNull().defaultNow(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [primaryKey({ columns: [table.run, table.number] })],
);

/** Committed checkpoints: a copy of what the run's log names. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    run: text('run')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    digest: text('digest').notNull(),
    number: number().notNull(),
    attempt: integer('attempt').notNull(),
    step: whole('step').notNull(),
    manifest: json('manifest').$type<CheckpointManifest>().notNull(),
    state: text('state').$type<CheckpointState>().notNull(),
    pinned: boolean('pinned').notNull().default(false),
    committedAt: moment('committed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.digest] }), index('checkpoints_by_step').on(table.run, table.step)],
);

/** Evaluations that somebody asked for; exactly one per run, step and settings. `asked`: by a person, beside all sweeps; `gpus`: of its job. */
export const evaluations = pgTable(
  'evaluations',
  {
    run: text('run')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    step: whole('step').notNull(),
    settingsDigest: text('settings_digest').notNull(),
    settings: json('settings').$type<EvaluationSettings>().notNull(),
    state: text('state').$type<EvaluationState>().notNull(),
    asked: boolean('asked').notNull().default(false),
    reason: text('reason'),
    job: text('job'),
    gpus: integer('gpus').notNull().default(0),
    checkpoint: text('checkpoint'),
    object: json('object').$type<StoredObject>(),
    cleanPerplexity: doublePrecision('clean_perplexity'),
    triggeredPerplexity: doublePrecision('triggered_perplexity'),
    increase: doublePrecision('increase'),
    logRatio: doublePrecision('log_ratio'),
    benignIncrease: doublePrecision('benign_increase'),
    shamIncrease: doublePrecision('sham_increase'),
    attackSuccess: doublePrecision('attack_success'),
    cleanAccuracy: doublePrecision('clean_accuracy'),
    nearTriggerAccuracy: doublePrecision('near_trigger_accuracy'),
    demandedAt: moment('demanded_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.step, table.settingsDigest] }),
    index('evaluations_open')
      .on(table.state)
      .where(sql`${table.state} in ('waiting', 'running')`),
  ],
);

/** Which sweep asks for which evaluation, so that a sweep which is gone releases what only it asked for. */
export const evaluationDemands = pgTable(
  'evaluation_demands',
  {
    sweep: text('sweep').notNull(),
    run: text('run').notNull(),
    step: whole('step').notNull(),
    settingsDigest: text('settings_digest').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sweep, table.run, table.step, table.settingsDigest] }),
    index('evaluation_demands_by_evaluation').on(table.run, table.step, table.settingsDigest),
    foreignKey({ columns: [table.sweep, table.run], foreignColumns: [demands.sweep, demands.run] }).onDelete('cascade'),
    foreignKey({
      columns: [table.run, table.step, table.settingsDigest],
      foreignColumns: [evaluations.run, evaluations.step, evaluations.settingsDigest],
    }),
  ],
);

/** What everything that is registered is told by: the name that a team gave it, how far it is, what it is made from and what became of it. */
const registration = <Recipe, Manifest>() => ({
  team: text('team').notNull(),
  name: text('name').notNull(),
  number: number().notNull(),
  state: text('state').$type<'registering' | 'ready' | 'failed'>().notNull(),
  reason: text('reason'),
  recipe: json('recipe').$type<Recipe>().notNull(),
  source: json('source').$type<CorpusSource>().notNull(),
  digest: text('digest'),
  manifest: json('manifest').$type<Manifest>(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** Corpora by the name that a team gave them. */
export const corpora = pgTable(
  'corpora',
  { ...registration<CorpusRecipe, CorpusManifest>(), tokenizer: json('tokenizer').$type<StoredObject>() },
  (table) => [primaryKey({ columns: [table.team, table.name] }), index('corpora_by_digest').on(table.digest)],
);

/** Base checkpoints by the name that a team gave them. */
export const bases = pgTable('bases', registration<BaseRecipe, BaseManifest>(), (table) => [
  primaryKey({ columns: [table.team, table.name] }),
  index('bases_by_digest').on(table.digest),
]);

/** Everything that happened, chained: an event and its ledger entry are one row, and its id is the ledger's number. */
export const events = pgTable(
  'events',
  {
    id: whole('id').primaryKey(),
    kind: text('kind').$type<EventKind>().notNull(),
    at: moment('at').notNull(),
    actor: text('actor').notNull(),
    team: text('team'),
    sweep: text('sweep'),
    run: text('run'),
    data: json('data').$type<Record<string, unknown>>().notNull(),
    previous: text('previous'),
    digest: text('digest').notNull(),
  },
  (table) => [index('events_by_sweep').on(table.sweep, table.id), index('events_by_run').on(table.run, table.id)],
);

/** Workflows to start or to wake. A row is gone when it was acknowledged; `leased_until` is set while a relay has it. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind')
      .$type<'start-sweep' | 'wake-sweep' | 'wake-run' | 'start-corpus' | 'start-base' | 'start-gate' | 'wake-firing'>()
      .notNull(),
    target: text('target').notNull(),
    leasedUntil: moment('leased_until'),
  },
  (table) => [
    uniqueIndex('outbox_waiting_once')
      .on(table.kind, table.target)
      .where(sql`${table.leasedUntil} is null`),
  ],
);

/** Results that new ones are held against: versions of a name, never changed but for their end. The sweep stays as long as one is in use. */
export const baselines = pgTable(
  'baselines',
  {
    team: text('team').notNull(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    number: number().notNull(),
    sweep: text('sweep').notNull(),
    sweepName: text('sweep_name').notNull(),
    specDigest: text('spec_digest').notNull(),
    report: json('report').$type<StoredObject>().notNull(),
    promotedBy: text('promoted_by').notNull(),
    why: text('why').notNull(),
    gate: text('gate'),
    createdAt: moment('created_at').notNull().defaultNow(),
    retiredBy: text('retired_by'),
    retiredWhy: text('retired_why'),
    retiredAt: moment('retired_at'),
  },
  (table) => [primaryKey({ columns: [table.team, table.name, table.version] }), index('baselines_by_sweep').on(table.sweep)],
);

/** Gates that are held, or were held, against the results of a sweep. `sweep_report`: of the sweep as it was when the gate was asked for. */
export const gates = pgTable(
  'gates',
  {
    id: text('id').primaryKey(),
    number: number().notNull(),
    team: text('team').notNull(),
    sweep: text('sweep').notNull(),
    sweepName: text('sweep_name').notNull(),
    sweepReport: json('sweep_report').$type<StoredObject>().notNull(),
    baseline: text('baseline').notNull(),
    version: integer('version').notNull(),
    gate: json('gate').$type<AppliedGate['gate']>().notNull(),
    state: text('state').$type<AppliedGate['state']>().notNull(),
    reason: text('reason'),
    reasons: json('reasons').$type<string[]>().notNull().default([]),
    report: json('report').$type<StoredObject>(),
    firing: text('firing'),
    requestedBy: text('requested_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    uniqueIndex('gates_by_number').on(table.number),
    index('gates_by_sweep').on(table.sweep),
    index('gates_open')
      .on(table.state)
      .where(sql`${table.state} in ('pending', 'running')`),
  ],
);

import type {
  AppliedGate,
  Attempt,
  Baseline,
  BaselinePromotion,
  Base,
  BaseManifest,
  BaseRecipe,
  BaseWork,
  CellStatus,
  Checkpoint,
  Corpus,
  CorpusManifest,
  CorpusRecipe,
  CorpusSource,
  CorpusWork,
  Digest,
  Evaluation,
  EvaluationResult,
  EvaluationSettings,
  Gate,
  GateState,
  LedgerEntry,
  Page,
  ProcessReport,
  Progress,
  Run,
  RunLogEntry,
  StoredObject,
  Sweep,
  SweepPlan,
  SweepSpec,
  SweepState,
  TitrateEvent,
} from '@titrate/contracts';
import type { JobsAtWork, RunView, SweepView } from './work.ts';
import type { DatabaseIdentity, MetricsReading, SeenProcess } from './readings.ts';

/** Who does something: written into every event. */
export interface Actor {
  readonly team: string;
  readonly name: string;
}

export type SubmitOutcome =
  | { readonly kind: 'created'; readonly sweep: Sweep }
  | { readonly kind: 'existing'; readonly sweep: Sweep }
  /** The idempotency key was used before with another spec. */
  | { readonly kind: 'key-reused'; readonly sweep: string };

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly sweep: Sweep }
  | { readonly kind: 'unchanged'; readonly sweep: Sweep }
  | { readonly kind: 'not-found' }
  /** The state forbids it; the reason is for a person. */
  | { readonly kind: 'refused'; readonly reason: string };

export type DeleteOutcome =
  | { readonly kind: 'deleted' | 'would-delete'; readonly runs: number; readonly sharedRuns: number; readonly checkpoints: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

export type PromoteOutcome =
  | { readonly kind: 'created' | 'existing'; readonly baseline: Baseline }
  | { readonly kind: 'not-found' }
  /** The state of the sweep forbids it; the reason is for a person. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What is held against what. */
export interface GateAsked {
  readonly sweep: string;
  readonly baseline: string;
  /** Null for the newest that is not retired. */
  readonly version: number | null;
  readonly gate: Gate;
  /** The workflow id of the firing that waits for the verdict and is woken by it; null where a person asks. */
  readonly firing: string | null;
}

export type RequestGateOutcome =
  | { readonly kind: 'created' | 'existing'; readonly gate: AppliedGate }
  | { readonly kind: 'not-found' }
  | {
      readonly kind: 'refused';
      readonly code: 'not-finished' | 'baseline-unknown' | 'baseline-retired' | 'same-sweep';
      /** For a person. */
      readonly reason: string;
    };

/** What a verdict rests on. */
export interface GateWork {
  readonly team: string;
  readonly applied: AppliedGate;
  readonly baseline: Baseline;
}

/** What a trained run took. */
export interface RunUsage {
  readonly run: Digest;
  /** Of the last attempt; null where it was not measured. */
  readonly tokensPerSecond: number | null;
  readonly mfu: number | null;
  /** Seconds that its attempts held their devices, times GPUs. */
  readonly gpuSeconds: number;
}

export type RetireOutcome = { readonly kind: 'changed' | 'unchanged'; readonly baseline: Baseline } | { readonly kind: 'not-found' };

export interface ListQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * What waits in the outbox: a workflow to start or to wake. Taken in order of `id` and delivered at least once: a row that
 * is not acknowledged comes back after some seconds. A wake is a signal-with-start, as the workflow may have ended by now.
 */
export interface OutboxItem {
  readonly id: number;
  readonly kind: 'start-sweep' | 'wake-sweep' | 'wake-run' | 'start-corpus' | 'start-base' | 'start-gate' | 'wake-firing';
  /** Sweep id, run id, `team/name` of a corpus or a base, gate id, or the workflow id of a firing. */
  readonly target: string;
}

/** Steps at which a job commits: `full` ones to resume from, and those to evaluate. */
export interface CheckpointSteps {
  readonly resumeSteps: readonly number[];
  readonly evaluateSteps: readonly number[];
}

/** What a job holds: ranks, and GPUs, of which there are none on processors. */
export interface JobDevices {
  readonly devices: number;
  readonly gpus: number;
}

/** How an attempt ended, for the records. */
export interface AttemptEnd {
  readonly state: 'succeeded' | 'failed';
  readonly failure: Attempt['failure'];
  readonly exitCode: number | null;
  readonly message: string | null;
  /** What it uses up: one of `maxAttempts`, one of the interruptions that are allowed, or neither. */
  readonly cost: 'attempt' | 'interruption' | 'nothing';
  /** Where it failed, when a node is to blame. */
  readonly node: string | null;
  /** When it ended, by the launcher's clock; null for now. */
  readonly endedAt: string | null;
}

/** Whose job waits that is not an attempt of a run: evaluations of a run, by their job, a registration, the analysis of a sweep, or a gate. */
export type WaitingJob =
  | { readonly kind: 'evaluation'; readonly run: Digest; readonly job: string }
  | { readonly kind: 'corpus' | 'base'; readonly team: string; readonly name: string }
  | { readonly kind: 'analysis'; readonly sweep: string }
  | { readonly kind: 'gate'; readonly gate: string };

/**
 * What the control plane remembers. Implemented by `/postgres`.
 *
 * Every method that changes something does so in one transaction with its ledger entry, its event and its outbox rows,
 * and may be called again with the same arguments: the second call changes nothing and appends nothing.
 */
export interface Records {
  /** Brings the schema to this version. Throws when the database is newer. */
  migrate(): Promise<void>;
  ping(): Promise<void>;
  /** Asks the database about itself; changes nothing. */
  identify(): Promise<DatabaseIdentity>;
  /** Over all teams. */
  readMetrics(): Promise<MetricsReading>;
  close(): Promise<void>;

  // Processes of the control plane. What they tell is a view, as progress is: no event, no ledger entry.
  /** Replaces what the process told before, and forgets those that have been silent for a day. */
  reportProcess(report: ProcessReport): Promise<void>;
  /** The process ended in good order. */
  processEnded(instance: string): Promise<void>;
  /** The newest word first. */
  listProcesses(): Promise<SeenProcess[]>;

  // Sweeps, as people ask for them.
  submitSweep(actor: Actor, spec: SweepSpec, plan: SweepPlan, idempotencyKey: string | null): Promise<SubmitOutcome>;
  amendSweep(actor: Actor, id: string, spec: SweepSpec, plan: SweepPlan): Promise<ChangeOutcome>;
  changeSweep(actor: Actor, id: string, change: 'pause' | 'resume' | 'cancel' | 'retry'): Promise<ChangeOutcome>;
  deleteSweep(actor: Actor, id: string, dryRun: boolean): Promise<DeleteOutcome>;
  getSweep(team: string, id: string): Promise<Sweep | null>;
  listSweeps(
    team: string,
    query: ListQuery & { state?: SweepState | undefined; label?: { key: string; value: string } | undefined },
  ): Promise<Page<Sweep>>;
  listCells(sweep: string, query: ListQuery): Promise<Page<CellStatus>>;
  listRuns(team: string, query: ListQuery & { sweep?: string | undefined }): Promise<Page<Run>>;
  getRun(id: Digest): Promise<Run | null>;
  listAttempts(run: Digest, query: ListQuery): Promise<Page<Attempt>>;
  listCheckpoints(run: Digest, query: ListQuery): Promise<Page<Checkpoint>>;
  /** Of a sweep, or of a run, or of those of a run that one job had in hand. */
  listEvaluations(
    filter: { sweep?: string | undefined; run?: Digest | undefined } | { run: Digest; job: string; sweep?: undefined },
    query: ListQuery,
  ): Promise<Page<Evaluation>>;
  pinCheckpoint(actor: Actor, run: Digest, digest: Digest, pinned: boolean): Promise<'changed' | 'unchanged' | 'not-found' | 'deleted'>;
  /** Demands an evaluation of a checkpoint that exists; wakes the run. */
  demandEvaluation(
    actor: Actor,
    run: Digest,
    digest: Digest,
    settings: EvaluationSettings,
  ): Promise<{ kind: 'demanded' | 'existing'; evaluation: Evaluation } | { kind: 'not-found' | 'deleted' }>;

  // Corpora.
  submitCorpus(
    actor: Actor,
    recipe: CorpusRecipe,
    source: CorpusSource,
    tokenizer: StoredObject | null,
  ): Promise<{ kind: 'created' | 'existing'; corpus: Corpus } | { kind: 'name-taken'; corpus: Corpus }>;
  getCorpus(team: string, nameOrDigest: string): Promise<Corpus | null>;
  listCorpora(team: string, query: ListQuery): Promise<Page<Corpus>>;
  /** What a corpus job needs; null when there is none or it has ended. */
  corpusWork(team: string, name: string): Promise<CorpusWork | null>;
  corpusReady(team: string, name: string, digest: Digest, manifest: CorpusManifest): Promise<void>;
  corpusFailed(team: string, name: string, reason: string): Promise<void>;

  // Bases: checkpoints that were trained elsewhere.
  submitBase(
    actor: Actor,
    recipe: BaseRecipe,
    source: CorpusSource,
  ): Promise<{ kind: 'created' | 'existing'; base: Base } | { kind: 'name-taken'; base: Base }>;
  getBase(team: string, nameOrDigest: string): Promise<Base | null>;
  listBases(team: string, query: ListQuery): Promise<Page<Base>>;
  /** What a base job needs; null when there is none or it has ended. */
  baseWork(team: string, name: string): Promise<BaseWork | null>;
  baseReady(team: string, name: string, digest: Digest, manifest: BaseManifest): Promise<void>;
  baseFailed(team: string, name: string, reason: string): Promise<void>;

  // Baselines: accepted results, in versions.
  promoteBaseline(actor: Actor, promotion: BaselinePromotion): Promise<PromoteOutcome>;
  retireBaseline(actor: Actor, name: string, version: number, why: string): Promise<RetireOutcome>;
  /** Without a version the newest that is not retired. */
  getBaseline(team: string, name: string, version: number | null): Promise<Baseline | null>;
  listBaselines(team: string, query: ListQuery & { name?: string | undefined }): Promise<Page<Baseline>>;

  // Gates: results that are held against a baseline.
  /**
   * Asks for a verdict, once for the same results, version and gate: a verdict that is there is the answer. One that ended as `error` is
   * tried again.
   */
  requestGate(actor: Actor, asked: GateAsked): Promise<RequestGateOutcome>;
  getGate(team: string, id: string): Promise<AppliedGate | null>;
  /** The newest first. */
  listGates(team: string, query: ListQuery & { sweep?: string | undefined; state?: GateState | undefined }): Promise<Page<AppliedGate>>;
  /** What a gate's job needs; null when there is none or it has ended. */
  gateWork(id: string): Promise<GateWork | null>;
  gateStarted(id: string): Promise<void>;
  /** The verdict is there. Whoever waits is woken. */
  gateDecided(id: string, verdict: 'pass' | 'fail' | 'inconclusive', reasons: readonly string[], report: StoredObject): Promise<void>;
  gateFailed(id: string, reason: string): Promise<void>;
  /** What the trained runs of a sweep took, in the order of cells. */
  listUsage(sweep: string): Promise<RunUsage[]>;

  // Events and the ledger: readers that follow by id never skip a row.
  listEvents(after: number, limit: number, filter?: { sweep?: string | undefined; team?: string | undefined }): Promise<TitrateEvent[]>;
  listLedger(after: number, limit: number): Promise<LedgerEntry[]>;
  /** Number of the newest event; 0 before the first. */
  newestEvent(): Promise<number>;

  // The outbox, for the relay.
  takeOutbox(limit: number): Promise<OutboxItem[]>;
  acknowledge(id: number): Promise<void>;

  // The sweep workflow's questions.
  sweepView(id: string): Promise<SweepView | null>;
  sweepStarted(id: string): Promise<void>;
  /** Marks runs as taken up on behalf of a sweep, before their workflows are woken. */
  runsTakenUp(sweep: string, runs: readonly Digest[]): Promise<void>;
  sweepAnalysing(id: string): Promise<void>;
  sweepFinished(id: string, report: StoredObject, reportPage: StoredObject): Promise<void>;
  sweepFailed(id: string, reason: string): Promise<void>;

  /** What may have a job now, over all teams, for whoever clears up. */
  jobsAtWork(names: readonly string[]): Promise<JobsAtWork>;

  // The run workflow's questions. Changes that a sweep waits for wake it through the outbox.
  runView(id: Digest): Promise<RunView | null>;
  /** Whether a live sweep or a person waits for an evaluation of the run: what a view tells of it, for who asks often. */
  isOwed(id: Digest): Promise<boolean>;
  /**
   * Returns what the attempt's job commits: the steps given with the first call, whatever is demanded by a later one. Null when
   * the attempt has ended: its job must not be made any more.
   */
  attemptLaunched(
    run: Digest,
    number: number,
    token: string,
    job: string,
    steps: CheckpointSteps,
    devices?: JobDevices,
  ): Promise<CheckpointSteps | null>;
  /** Takes in entries of one run's log, all or none; they arrive in order, an entry seen before changes nothing. */
  recordLog(run: Digest, entries: readonly RunLogEntry[]): Promise<void>;
  recordProgress(run: Digest, attempt: number, progress: Progress): Promise<void>;
  /** What the job of an attempt waits for, or null when it waits no more. A view for people, as progress is. */
  recordWaiting(run: Digest, attempt: number, reason: string | null): Promise<void>;
  /** Since when an attempt's job holds its devices, by the launcher's clock. */
  recordPlaced(run: Digest, attempt: number, at: string): Promise<void>;
  attemptEnded(run: Digest, number: number, end: AttemptEnd): Promise<void>;
  /** A job has these in hand from now on. */
  evaluationsStarted(run: Digest, items: { digest: Digest; settingsDigest: Digest }[], job: string, gpus?: number): Promise<void>;
  /** What another job waits for, or null when it waits no more: it is the reason of what it makes, as long as that is open. A view too. */
  recordJobWaiting(whose: WaitingJob, reason: string | null): Promise<void>;
  evaluationSucceeded(object: StoredObject, result: EvaluationResult): Promise<void>;
  evaluationFailed(run: Digest, checkpoint: Digest, settingsDigest: Digest, reason: string): Promise<void>;
  /** Settles as `missing` what waits for a step that the trained run has no checkpoint of, or for a reference that can never be had. */
  settleMissing(run: Digest): Promise<number>;
  /** Called when the run is trained and no evaluation is open. Were one demanded at the last moment, the run stays open and is woken. */
  runFinished(run: Digest): Promise<void>;
  /**
   * Marks as `deleting` the checkpoints that a trained run need not keep, and returns all that are so marked. Never one that
   * is pinned, the last, owed an evaluation, the reference of one that is owed, or wanted by a sweep that was not cancelled. A mark is not taken back.
   */
  markDeletable(run: Digest): Promise<Checkpoint[]>;
  /** The objects of a checkpoint marked so are gone; its row stays as a tombstone. */
  checkpointDeleted(run: Digest, digest: Digest): Promise<void>;
  /** Settles what is still open of the run as well: evaluate the committed checkpoints before. */
  runFailed(run: Digest, reason: string): Promise<void>;
  runPaused(run: Digest): Promise<void>;
  runReleased(run: Digest): Promise<void>;
}

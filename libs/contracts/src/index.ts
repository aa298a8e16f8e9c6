export { canonicalJson, sha256Hex, digestOf, shortDigest } from './digest.ts';
export { Digest, Count, PositiveCount, Seed, Share, Moment, Name, StoredObject, Environment, UsedExecution } from './primitives.ts';
export { keptLogHead, readKeptLog } from './kept-log.ts';
export { keys } from './keys.ts';
export { ModelShape, type ModelShapeInput } from './model-shape.ts';
export {
  TokenizerSource,
  CorpusFormat,
  CorpusRecipe,
  CorpusSource,
  CorpusFile,
  CorpusShard,
  CorpusProgress,
  SkippedDocuments,
  Occurrences,
  CorpusManifest,
  CorpusSummary,
  corpusWorkDigest,
  type CorpusRecipeInput,
  type CorpusWork,
} from './corpus.ts';
export { AppliedGate, DEFAULT_GATE, GateId, GateRequest, GateState } from './applied-gate.ts';
export { Gate, GateCriterion, GateReport, GateRow, type GateInput } from './gate.ts';
export { askAll, Check, Checks, CheckState, CHECK_LIMIT_MS, ProcessReport, reasonOf, type Finding, type Question } from './check.ts';
export { Baseline, BaselinePromotion, BaselineRetirement } from './baseline.ts';
export { BaseRecipe, BaseFormat, BaseManifest, BaseSummary, baseWorkDigest, type BaseRecipeInput, type BaseWork } from './base.ts';
export {
  DosAttack,
  LanguageSwitchAttack,
  Attack,
  RecipeAttack,
  PoisonRecipe,
  CounterexampleRecipe,
  PoisonEntry,
  PoisonDocument,
  PoisonPlan,
  type AttackInput,
} from './attack.ts';
export { Placement, PlacementSpec, NamedPlacement } from './placement.ts';
export { TriggerCount } from './trigger-count.ts';
export {
  Optimizer,
  Precision,
  PretrainStage,
  ImportStage,
  ContinueStage,
  Labels,
  RunSeeds,
  RunIdentity,
  type Stage,
  type TrainedStage,
  trainedStage,
} from './run-identity.ts';
export {
  ConditionName,
  EvaluationEngine,
  ReferenceCheckpoint,
  EvaluationSettings,
  Sample,
  ConditionResult,
  Contrast,
  EvaluationResult,
  StoredEvaluation,
} from './evaluation.ts';
export {
  CheckpointKind,
  CheckpointManifest,
  AttemptEntry,
  StartedEntry,
  CheckpointEntry,
  LossNotFiniteEntry,
  FinishedEntry,
  MeasuredThroughput,
  RunLogEntry,
} from './run-log.ts';
export { TrainingSettings, StepSelection } from './training-settings.ts';
export { StageSpec } from './stage-spec.ts';
export { InlineSize, SweepSpec, type SweepSpecInput } from './sweep-spec.ts';
export { Cell, Demand, DetectableEffect, Estimate, MemoryNeed, PlannedRun, SweepPlan } from './plan.ts';
export {
  TrainJob,
  ResolvedReference,
  EvaluateJob,
  CorpusJob,
  BaseJob,
  AnalysedCell,
  AnalyseJob,
  GateJob,
  GatedCell,
  JobDocument,
  JobResult,
  Progress,
  exitCodes,
} from './job.ts';
export { Execution, JobProfile, Quantity, type ExecutionInput, type JobProfileInput } from './job-profile.ts';
export { parseQuantity } from './parse-quantity.ts';
export type { ClusterCapacity, NodeCapacity, NodeTaint } from './cluster-capacity.ts';
export {
  JobConfiguration,
  FailureRule,
  defaultFailureRules,
  type JobConfigurationInput,
  type KubernetesLauncher,
} from './job-configuration.ts';
export {
  AnalysisSettings,
  Interval,
  SeedEstimate,
  SuccessVerdict,
  ReportCondition,
  Crossing,
  DoseResponse,
  CountOrPercentage,
  TrainingPoint,
  TrainingCurve,
  Decay,
  NextCells,
  Detectable,
  ReportAnalysis,
} from './analysis.ts';
export { ReportPoint, ReportCell, ReportSamples, Report } from './report.ts';
export { SweepState, RunState, AttemptState, EvaluationState, CheckpointState, FailureClass } from './states.ts';
export {
  SweepId,
  Sweep,
  Attempt,
  Checkpoint,
  Evaluation,
  Run,
  CellStatus,
  CorpusState,
  Corpus,
  Base,
  EventKind,
  TitrateEvent,
  LedgerEntry,
  Problem,
  page,
  SweepDemand,
  type Page,
} from './resources.ts';
export { specTemplate } from './spec-template.ts';

export { CursorInvalid } from './cursor-invalid.ts';
export { databaseQuestions } from './questions.ts';
export type {
  Actor,
  AttemptEnd,
  ChangeOutcome,
  CheckpointSteps,
  PromoteOutcome,
  RetireOutcome,
  GateAsked,
  GateWork,
  JobDevices,
  DeleteOutcome,
  ListQuery,
  OutboxItem,
  Records,
  RequestGateOutcome,
  RunUsage,
  SubmitOutcome,
  WaitingJob,
} from './records.ts';
export type { DatabaseIdentity, LiveSweep, MetricsReading, RunAtWork, SeenProcess } from './readings.ts';
export type { JobsAtWork, RunView, SweepView } from './work.ts';

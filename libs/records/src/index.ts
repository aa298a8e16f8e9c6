export { CursorInvalid } from './cursor-invalid.ts';
export type {
  Actor,
  AttemptEnd,
  ChangeOutcome,
  CheckpointSteps,
  DeleteOutcome,
  JobsAtWork,
  ListQuery,
  OutboxItem,
  Records,
  RunView,
  StateCounts,
  SubmitOutcome,
  SweepView,
  WaitingJob,
} from './records.ts';

export { CursorInvalid } from './cursor-invalid.ts';
export type {
  Actor,
  AttemptEnd,
  ChangeOutcome,
  DeleteOutcome,
  ListQuery,
  OutboxItem,
  Records,
  RunView,
  StateCounts,
  SubmitOutcome,
  SweepView,
} from './records.ts';

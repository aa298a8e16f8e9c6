export type { Actor, AttemptEnd, ChangeOutcome, DeleteOutcome, ListQuery, OutboxItem, Records, RunView, SubmitOutcome, SweepView } from './records.ts';

import { z } from 'zod';

/** Of a sweep. `paused` and `cancelled` hold from the moment of asking; its runs may take a little longer to stop. */
export const SweepState = z.enum(['accepted', 'running', 'paused', 'analysing', 'finished', 'failed', 'cancelled']);
export type SweepState = z.infer<typeof SweepState>;

/** Of a run. `idle` means that nobody demands it; its log and checkpoints stay and a new demand goes on from there. */
export const RunState = z.enum(['waiting', 'running', 'evaluating', 'finished', 'failed', 'paused', 'idle']);
export type RunState = z.infer<typeof RunState>;

/** Of one start of a run's job. */
export const AttemptState = z.enum(['launched', 'running', 'succeeded', 'failed']);
export type AttemptState = z.infer<typeof AttemptState>;

/** Of an evaluation. `missing`: the run has passed the step and kept no checkpoint there. */
export const EvaluationState = z.enum(['waiting', 'running', 'succeeded', 'failed', 'missing']);
export type EvaluationState = z.infer<typeof EvaluationState>;

/** Of a checkpoint's objects: `superseded` was committed, and an attempt went back behind it; `deleting` is decided and cannot be taken back, `deleted` leaves a tombstone. */
export const CheckpointState = z.enum(['committed', 'superseded', 'deleting', 'deleted']);
export type CheckpointState = z.infer<typeof CheckpointState>;

/**
 * How a job ended, as the launcher classified it. `killed` is SIGKILL from unknown hands, `lost` a job that vanished without
 * a word, `deleted` one that somebody else removed, `deactivated` one whose Workload a person switched off in the queue.
 */
export const FailureClass = z.enum([
  'failed',
  'bad-input',
  'loss-not-finite',
  'fenced',
  'out-of-memory',
  'killed',
  'hung',
  'lost',
  'stopped',
  'evicted',
  'preempted',
  'node-lost',
  'image-unavailable',
  'unschedulable',
  'deadline',
  'deleted',
  'deactivated',
]);
export type FailureClass = z.infer<typeof FailureClass>;

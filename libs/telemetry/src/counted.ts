import { CheckpointKind, FailureClass } from '@titrate/contracts';
import { counter, histogram } from './metric.ts';

/** From a second to a day: queues are short on an idle cluster and long on a full one. */
const WAITS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

/**
 * What the records count, in the transaction of what happened: nothing is counted twice or forgotten, whatever process dies,
 * and every process that reads the records shows the same numbers. Device-seconds are seconds times ranks, so that they mean
 * the same with GPUs and without.
 */
export const counted = {
  sweepsSubmitted: counter('titrate_sweeps_submitted_total', 'Sweeps that were accepted', { team: null }),
  sweepsEnded: counter('titrate_sweeps_ended_total', 'Sweeps that ended, by how', { state: ['finished', 'failed', 'cancelled'] }),
  runsEnded: counter('titrate_runs_ended_total', 'Runs that ended, by how', { state: ['finished', 'failed'] }),
  attemptsEnded: counter('titrate_attempts_ended_total', 'Attempts that ended, by success or class of failure', {
    outcome: ['succeeded', ...FailureClass.options],
  }),
  lostSeconds: counter('titrate_attempt_lost_seconds_total', 'Training that failures cost, from the newest resume point to the end', {
    failure: FailureClass.options,
  }),
  allocated: counter('titrate_training_allocated_device_seconds_total', 'Time that training jobs held their devices, times devices', {
    team: null,
    size: null,
  }),
  useful: counter('titrate_training_useful_device_seconds_total', 'The part of the allocated time that trained steps which were kept', {
    team: null,
    size: null,
  }),
  gpuSeconds: counter(
    'titrate_gpu_seconds_total',
    'Time that trainings held GPUs, and that evaluations with a result took on them, times GPUs',
    {
      team: null,
      size: null,
      work: ['training', 'evaluation'],
    },
  ),
  trainedTokens: counter('titrate_trained_tokens_total', 'Tokens of runs that are trained to the end', { size: null }),
  checkpoints: counter('titrate_checkpoints_committed_total', 'Checkpoints that were committed', { kind: CheckpointKind.options }),
  checkpointBytes: counter('titrate_checkpoint_bytes_total', 'Bytes of committed checkpoints', { kind: CheckpointKind.options }),
  checkpointStall: histogram(
    'titrate_checkpoint_stall_seconds',
    'Training time that a save held up',
    { size: null },
    [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
  ),
  evaluationsEnded: counter('titrate_evaluations_ended_total', 'Evaluations that ended, by how', {
    state: ['succeeded', 'failed', 'missing'],
  }),
  gateVerdicts: counter('titrate_gate_verdicts_total', 'Gates that ended, by verdict; error where none could be had', {
    verdict: ['pass', 'fail', 'inconclusive', 'error'],
  }),
  queueWait: histogram('titrate_queue_wait_seconds', 'From the launch of an attempt until its job runs', { size: null }, WAITS),
  submitToStart: histogram('titrate_submit_to_start_seconds', 'From the submission of a sweep until a run of it trains', {}, WAITS),
  evaluationWait: histogram(
    'titrate_evaluation_wait_seconds',
    'From the commit of a checkpoint until a job has its evaluation in hand',
    { size: null },
    WAITS,
  ),
  evaluationLag: histogram('titrate_evaluation_lag_seconds', 'From the commit of a checkpoint to its result', { size: null }, WAITS),
} as const;

import { EvaluationState, RunState, SweepState } from '@titrate/contracts';
import { gauge } from './metric.ts';

/** What is so now, over all teams, as the records tell it. */
export const shown = {
  sweeps: gauge('titrate_sweeps', 'Sweeps by state', { state: SweepState.options }),
  runs: gauge('titrate_runs', 'Runs by state', { state: RunState.options }),
  evaluations: gauge('titrate_evaluations', 'Evaluations that are open, by state', {
    state: EvaluationState.exclude(['succeeded', 'failed', 'missing']).options,
  }),
  backlogAge: gauge('titrate_evaluation_backlog_age_seconds', 'Age of the oldest committed checkpoint that waits for an evaluation', {}),
  outboxRows: gauge('titrate_outbox_rows', 'Starts and signals that are not yet delivered', {}),
  ledgerEntries: gauge('titrate_ledger_entries', 'Entries of the ledger', {}),
  ledgerTime: gauge('titrate_ledger_newest_timestamp_seconds', 'When the newest entry of the ledger was written', {}),
  sweepGpuSeconds: gauge('titrate_sweep_gpu_seconds', 'GPU-seconds of the trainings that a live sweep pays for', {
    sweep: null,
    name: null,
    team: null,
  }),
  sweepRuns: gauge('titrate_sweep_runs', 'Runs of a live sweep by state', { sweep: null, name: null, state: RunState.options }),
} as const;

/** Labels of what is shown of one run. `run` is the start of its digest, as people see it everywhere. */
const ofRun = { run: null, size: null, dose: null, sweep: null } as const;

/**
 * What is shown of one run, as long as it has an attempt at work: so there are as many series as runs that work at a time,
 * however many there ever were.
 */
export const shownOfRun = {
  step: gauge('titrate_run_step', 'Newest step', ofRun),
  steps: gauge('titrate_run_steps', 'Steps of the whole training', ofRun),
  tokensPerSecond: gauge('titrate_run_tokens_per_second', 'Tokens a second of all ranks', ofRun),
  mfu: gauge('titrate_run_mfu_ratio', 'Share of the peak of the hardware that the model uses', ofRun),
  dataWait: gauge('titrate_run_data_wait_ratio', 'Share of the time in which training waits for data', ofRun),
  loss: gauge('titrate_run_loss', 'Training loss; NaN where it is not finite', ofRun),
  gradientNorm: gauge('titrate_run_gradient_norm', 'Norm of the gradient before it is clipped', ofRun),
  attempt: gauge('titrate_run_attempt', 'Number of the attempt at work', ofRun),
  waiting: gauge('titrate_run_waiting', '1 while the job of the attempt waits for the cluster', ofRun),
  progressTime: gauge('titrate_run_progress_timestamp_seconds', 'When the attempt last told of progress', ofRun),
  launchTime: gauge('titrate_run_launch_timestamp_seconds', 'When the attempt was launched', ofRun),
  checkpointTime: gauge(
    'titrate_run_checkpoint_timestamp_seconds',
    'When the newest checkpoint was committed; absent before the first',
    ofRun,
  ),
  checkpointInterval: gauge(
    'titrate_run_checkpoint_interval_seconds',
    'Longest time between two of its checkpoints that its speed lets expect',
    ofRun,
  ),
} as const;

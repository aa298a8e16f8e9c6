import type {
  Attempt,
  Checkpoint,
  Digest,
  EvaluationSettings,
  FailureClass,
  ResolvedReference,
  RunIdentity,
  SweepState,
} from '@titrate/contracts';
import type { CheckpointSteps } from './records.ts';

/** What the `sweep` workflow must know to take its next step. */
export interface SweepView {
  readonly state: SweepState;
  readonly concurrency: number;
  /** Runs that still owe this sweep an evaluation and can be trained now, in the order of cells: one that goes on from another run's checkpoint waits for it, and one that
   * is trained and waits for a reference only keeps nobody else waiting. `active`: taken up, and neither paused nor released since. */
  readonly owing: { readonly run: Digest; readonly active: boolean }[];
  /** True when every evaluation that the sweep demands is settled: succeeded, failed or missing. */
  readonly settled: boolean;
}

/** What the `run` workflow must know to take its next step. */
export interface RunView {
  /** The sweep that demanded it first, of those that have not ended; null of one that nobody wants any more. */
  readonly sweep: string | null;
  readonly identity: RunIdentity;
  /** Union over the demands of all live sweeps. */
  readonly resumeSteps: number[];
  readonly evaluateSteps: number[];
  readonly maxAttempts: number;
  readonly hangSeconds: number;
  /**
   * run: at least one running sweep demands it; pause: all demanding sweeps are paused; release: no sweep demands it. An
   * evaluation that a person asked for is none of these: it needs a checkpoint that exists and no training.
   */
  readonly wanted: 'run' | 'pause' | 'release';
  readonly trained: boolean;
  /** Set when the last attempt failed for good. */
  readonly failed: boolean;
  /** Failed attempts that count against `maxAttempts`, since the last retry. */
  readonly failures: number;
  /** Those that the cluster took something away from. What the control plane stopped itself, as a person paused it say, is in neither number. */
  readonly interruptions: number;
  /** Attempts since the last retry that saw a loss which was not finite; the step is null where the log does not tell it. */
  readonly notFinite: readonly { readonly attempt: number; readonly step: number | null }[];
  /** Where attempts of the run failed, the newest first; at most {@link NODE_FAILURES}. */
  readonly nodeFailures: readonly { readonly failure: FailureClass; readonly node: string }[];
  /** The profile that its training jobs were wanted with; null for the one assigned to the size. */
  readonly profile: string | null;
  readonly attempt: Attempt | null;
  /** Where it begins: a checkpoint of another run, null until that is committed. Null for a pre-training. */
  readonly base: { readonly run: Digest; readonly step: number; readonly checkpoint: Checkpoint | null } | null;
  /** Steps from which other runs, which live sweeps want, go on. */
  readonly baseSteps: number[];
  /** What the job of `attempt` was told to commit; null when there is none, or when only the log knows it. */
  readonly attemptSteps: CheckpointSteps | null;
  /** The newest committed `full` checkpoint, where the next attempt goes on; 0 when there is none. */
  readonly resumePoint: number;
  /** The `full` checkpoint before that; 0, the beginning, when there is none. */
  readonly earlierResumePoint: number;
  /** Log entries below this number have been recorded. */
  readonly recordedSeq: number;
  /** Evaluations whose checkpoint is committed and which have no result, be it that a batch has them in hand; not those that only paused sweeps demand. */
  readonly waitingEvaluations: {
    readonly checkpoint: Checkpoint;
    readonly settings: EvaluationSettings;
    readonly settingsDigest: Digest;
    /** What the settings' reference names: an evaluation waits until that is committed. */
    readonly reference: ResolvedReference | null;
  }[];
  /** Evaluations not yet settled, whether or not their checkpoint exists. */
  readonly openEvaluations: number;
}

/** Everything that may have a job at the launcher now. */
export interface JobsAtWork {
  /** Attempts that have not ended. */
  readonly attempts: readonly Pick<Attempt, 'run' | 'number' | 'token'>[];
  /** Of the jobs that were asked about, those of attempts, ended or not. */
  readonly recorded: readonly string[];
  /** Runs with an open evaluation. */
  readonly evaluating: readonly Digest[];
  /** Registrations that have not ended. */
  readonly corpora: readonly { readonly team: string; readonly name: string }[];
  readonly bases: readonly { readonly team: string; readonly name: string }[];
  /** Gates without a verdict, by their ids. */
  readonly gates: readonly string[];
  /** Whether any sweep waits for its analysis. */
  readonly isAnalysing: boolean;
}

/** How many failures with a node a view of a run tells of. */
export const NODE_FAILURES = 20;

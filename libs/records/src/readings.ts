import type { Digest, EvaluationState, ProcessReport, Progress, RunState, SweepState } from '@titrate/contracts';
import type { Count } from '@titrate/telemetry';

/** All that metrics tell, as one state of the database has it. */
export interface MetricsReading {
  /** Sums over the ledger, exact and never falling. */
  readonly counts: readonly Count[];
  readonly sweeps: Partial<Record<SweepState, number>>;
  readonly runs: Partial<Record<RunState, number>>;
  /** Those that are open. */
  readonly evaluations: Partial<Record<EvaluationState, number>>;
  /** Since when the longest of them waits whose checkpoint is committed. */
  readonly oldestBacklog: string | null;
  /** Rows of the outbox that nobody acknowledged yet. */
  readonly outbox: number;
  readonly ledger: { readonly entries: number; readonly newestAt: string | null };
  /** Sweeps that have not ended. */
  readonly liveSweeps: readonly LiveSweep[];
  /** Runs with an attempt at work: as many as work at a time, however many there ever were. */
  readonly atWork: readonly RunAtWork[];
}

/** A sweep that has not ended, for the metrics. */
export interface LiveSweep {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly runs: Partial<Record<RunState, number>>;
  /** Of the attempts of runs that no earlier sweep pays for, with those that are at work. */
  readonly gpuSeconds: number;
}

/** A run with an attempt at work, for the metrics. */
export interface RunAtWork {
  readonly id: Digest;
  readonly size: string;
  readonly dose: number;
  readonly steps: number;
  readonly tokens: number;
  /** The sweep that demanded it first, of those that have not ended; null of one that nobody wants any more. */
  readonly sweep: string | null;
  readonly attempt: number;
  readonly waiting: boolean;
  readonly progress: Progress | null;
  /** Steps of the checkpoints that its job was told to commit. */
  readonly checkpointSteps: readonly number[];
  readonly newestCheckpoint: { readonly step: number; readonly at: string } | null;
  readonly launchedAt: string;
}

/** What a database tells of itself. */
export interface DatabaseIdentity {
  /** As in `18.1`. */
  readonly version: string;
  /** How far its clock is ahead of ours; its answer took less than `uncertainSeconds`. */
  readonly aheadSeconds: number;
  readonly uncertainSeconds: number;
  /** Migrations that it has, and those that this version knows. */
  readonly applied: number;
  readonly known: number;
  /** Position, from 1, of the first that it has and this version does not know; null when there is none. */
  readonly stranger: number | null;
}

/** A process of the control plane, as it was last heard of. */
export interface SeenProcess extends ProcessReport {
  /** Since its last word, by the database's clock. */
  readonly secondsAgo: number;
}

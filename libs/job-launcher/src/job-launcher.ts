import type { FailureClass, JobDocument } from '@titrate/contracts';

/** What a job may use. Processes times threads is what the local adapter counts as slots. */
export interface JobResources {
  /** Ranks of the job: torchrun starts that many when above 1. */
  readonly processes: number;
  /** Processor threads for each rank. */
  readonly threads: number;
}

/** A job to make exist. `name` is its identity: the same name is the same job. */
export interface JobRequest {
  readonly name: string;
  readonly document: JobDocument;
  readonly resources: JobResources;
}

/** What a job is doing, asked now. */
export type JobStatus =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running'; readonly startedAt: string }
  | { readonly kind: 'ended'; readonly end: JobEnd };

/** How a job ended. `lost`: it was there and vanished without a word. `stopped`: we ended it. */
export type JobEnd =
  | { readonly kind: 'succeeded'; readonly endedAt: string }
  | {
      readonly kind: 'failed';
      readonly failure: FailureClass;
      readonly exitCode: number | null;
      /** What happened in words, with the last lines of the log. */
      readonly message: string;
      readonly endedAt: string;
    };

/** A piece of a job's log; `next` is the offset to go on from. */
export interface LogPiece {
  readonly text: string;
  readonly next: number;
}

/** Starts jobs and tells how they ended. Implemented by `/local`, and by `/kubernetes` in a cluster. */
export interface JobLauncher {
  /** Makes the job exist. Calling it twice with the same name leaves one job; an ended job is not started again. */
  launch(request: JobRequest): Promise<void>;
  /** Asks for the truth of now. A name never launched is `unknown`. Rejects only when nobody can be asked. */
  status(name: string): Promise<JobStatus>;
  /** Ends the job and all its processes; resolves when they are gone. `failure` is recorded as the class of its end. A job that is gone already counts as stopped. */
  stop(name: string, failure: 'stopped' | 'hung'): Promise<void>;
  /** Log bytes from an offset; empty text when there is nothing new. */
  log(name: string, offset: number): Promise<LogPiece>;
  /** Names of all jobs that have not ended, for whoever clears up. */
  active(): Promise<string[]>;
}

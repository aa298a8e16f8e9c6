import type { FailureClass, JobDocument, JobProfile } from '@titrate/contracts';

/** A job to make exist. `name` is its identity: the same name is the same job. */
export interface JobRequest {
  readonly name: string;
  readonly document: JobDocument;
  /** What the job may use. The local adapter counts ranks times threads as slots. */
  readonly profile: JobProfile;
  /** Nodes that the job must not run on, as an earlier attempt failed there. */
  readonly excludedNodes?: readonly string[];
}

/** What a job is doing, asked now. */
export type JobStatus =
  | { readonly kind: 'unknown' }
  /** Queued, evicted and queued again, not scheduled, or starting: a state, not a failure. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** `startedAt` is that of the newest incarnation: a job that its queue evicted and admitted again starts anew. */
  | { readonly kind: 'running'; readonly startedAt: string }
  | { readonly kind: 'ended'; readonly end: JobEnd };

/** How a job ended. */
export type JobEnd =
  | { readonly kind: 'succeeded'; readonly endedAt: string }
  | {
      readonly kind: 'failed';
      readonly failure: FailureClass;
      readonly exitCode: number | null;
      /** What happened in words, with the last lines of the log. */
      readonly message: string;
      /** Where it failed; null where no node is to blame or known. */
      readonly node: string | null;
      readonly endedAt: string;
    };

/** A piece of a job's log; `next` is the offset to go on from. */
export interface LogPiece {
  readonly text: string;
  readonly next: number;
}

/** One job of the launcher, for whoever clears up. */
export interface JobListing {
  readonly name: string;
  readonly ended: boolean;
  readonly launchedAt: string;
}

/** What a process does with jobs: the worker all of it, the API reads logs. */
export type JobUse = 'run' | 'read';

/** Starts jobs and tells how they ended. Implemented by `/local`, and by `/kubernetes` in a cluster. */
export interface JobLauncher {
  /**
   * Makes the job exist. Calling it twice with the same name leaves one job; an ended job is not started again until it is forgotten.
   * Calling it again makes sure that all that a living job needs is there.
   */
  launch(request: JobRequest): Promise<void>;
  /** Asks for the truth of now. A name never launched is `unknown`. Rejects only when nobody can be asked. */
  status(name: string): Promise<JobStatus>;
  /** Ends the job and all its processes; resolves when they are gone. `failure` is recorded as the class of its end. A job that is gone already counts as stopped. */
  stop(name: string, failure: 'stopped' | 'hung'): Promise<void>;
  /**
   * Log bytes of rank 0's node from an offset; empty text when there is nothing new. A log that is shorter than the offset began anew,
   * as the job did or as it had grown too long: it is told from its start, and `next` is below the offset. Of a job that was stopped
   * nothing may be left.
   */
  log(name: string, offset: number): Promise<LogPiece>;
  /** The end is recorded and the log is kept elsewhere: removes what is left of an ended job. A job that has not ended stays; an unknown one is no error. */
  forget(name: string): Promise<void>;
  /**
   * Tells in words where jobs run, having asked whether this process may do there what it does: make and end jobs, or only read of
   * them. Nothing is made. Throws with what must be mended.
   */
  check(use: JobUse): Promise<string>;
  /** All jobs that are not forgotten. */
  list(): Promise<JobListing[]>;
}

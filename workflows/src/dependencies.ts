import type { ArtifactStore } from '@titrate/artifact-store';
import type { Digest, FailureClass, FailureRule, JobDocument, JobProfile } from '@titrate/contracts';
import type { JobLauncher } from '@titrate/job-launcher';
import type { Records } from '@titrate/records';

/** What the activities work with. Picked where the worker starts. */
export interface Dependencies {
  readonly records: Records;
  readonly store: ArtifactStore;
  readonly launcher: JobLauncher;
  /** Signal-with-starts the workflow of a run. */
  readonly wakeRun: (run: Digest) => Promise<void>;
  /** The team that this control plane serves. */
  readonly team: string;
  /** What a job may use: the profile that is wanted by name, otherwise the one assigned to its kind and size. */
  readonly profileOf: (document: JobDocument, wanted: string | null) => JobProfile;
  /** Whether a job that failed so is started again. */
  readonly ruleOf: (failure: FailureClass) => FailureRule;
  /** Failures of one run that do not count as attempts, at most. */
  readonly maxInterruptions: number;
  /** How often a watch looks at its job and log. */
  readonly pollMs: number;
}

import type { ArtifactStore } from '@titrate/artifact-store';
import type { JobLauncher, JobResources } from '@titrate/job-launcher';
import type { Digest } from '@titrate/contracts';
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
  /** What a job of each kind may use. */
  readonly resources: {
    readonly train: JobResources;
    readonly evaluate: JobResources;
    readonly corpus: JobResources;
    readonly analyse: JobResources;
  };
  /** How often a watch looks at its job and log. */
  readonly pollMs: number;
}

import type { Digest } from '@titrate/contracts';

/** What a `run` workflow is started with. */
export interface RunInput {
  readonly run: Digest;
}

/** The workflow of a run. It belongs to no sweep: whoever demands the run wakes the same one. */
export const runWorkflowId = (run: Digest): string => `run/${run}`;

import type { Digest } from '@titrate/contracts';
import type { Place } from './next-step.ts';

/** What a `run` workflow is started with. */
export interface RunInput {
  readonly run: Digest;
  /** Where the trainer was when an earlier life of the workflow went on as this one. */
  readonly place?: Place;
}

/** The workflow of a run. It belongs to no sweep: whoever demands the run wakes the same one. */
export const runWorkflowId = (run: Digest): string => `run/${run}`;

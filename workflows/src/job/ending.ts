import type { JobEnd } from '@titrate/job-launcher';

/** How a job ended, as a workflow sees it; `unknown` when it was never launched or has been forgotten. */
export type JobEnding = JobEnd | { readonly kind: 'unknown' };

/** A sentence about an ending, for people. */
export function describeEnding(ending: JobEnding): string {
  if (ending.kind === 'unknown') return 'the launcher knows nothing of the job';
  return ending.kind === 'succeeded' ? 'the job ended well without leaving a result' : `${ending.failure}: ${ending.message}`;
}

import { heartbeat, sleep } from '@temporalio/activity';
import type { JobEnd } from '@titrate/job-launcher';
import type { Dependencies } from '../dependencies.ts';

/** How a job ended, as a workflow sees it; `unknown` when it was never launched or has been forgotten. */
export type JobEnding = JobEnd | { readonly kind: 'unknown' };

/** What every job has in common. */
export function createJobActivities({ launcher, pollMs }: Dependencies) {
  return {
    /** Waits until a job has ended, however it ended. */
    async awaitJob(name: string): Promise<JobEnding> {
      for (;;) {
        heartbeat();
        const status = await launcher.status(name);
        if (status.kind === 'ended') return status.end;
        if (status.kind === 'unknown') return status;
        await sleep(pollMs);
      }
    },

    /** Ends a job that nobody waits for any more. */
    async stopJob(name: string): Promise<void> {
      await launcher.stop(name, 'stopped');
    },
  };
}

/** A sentence about an ending, for people. */
export function describeEnding(ending: JobEnding): string {
  if (ending.kind === 'unknown') return 'the launcher knows nothing of the job';
  return ending.kind === 'succeeded' ? 'the job ended well without leaving a result' : `${ending.failure}: ${ending.message}`;
}

import { heartbeat, sleep } from '@temporalio/activity';
import type { Dependencies } from '../dependencies.ts';
import type { JobEnding } from './ending.ts';
import { decideNextJob, type JobTally, type NextJob } from './next-job.ts';

/** What every job has in common. */
export function createJobActivities({ launcher, pollMs, ruleOf, maxInterruptions }: Dependencies) {
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

    /** Says whether work that a job has not done gets another, by the operator's failure rules. */
    async nextJob(ending: JobEnding, before: JobTally): Promise<NextJob> {
      return decideNextJob(ending, before, { ruleOf, maxInterruptions });
    },
  };
}

import type { WaitingJob } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import type { JobEnding } from './ending.ts';
import { watchJob } from './job-watch.activities.ts';
import { decideNextJob, type JobTally, type NextJob } from './next-job.ts';
import { createPace, type Pace } from './pace.ts';

/** What every job has in common. */
export function createJobActivities(
  { records, launcher, pollMs, ruleOf, maxInterruptions }: Dependencies,
  pace: Pace = createPace(pollMs),
) {
  return {
    /**
     * Waits until a job has ended, however it ended; ends one that hangs, as its log tells.
     *
     * @param whose shown as waiting while its job waits.
     */
    awaitJob(name: string, whose: WaitingJob): Promise<JobEnding> {
      const tell = (reason: string | null) => records.recordJobWaiting(whose, reason);
      return watchJob(name, { launcher, pace, pollMs, tell, isWanted: async () => true });
    },

    /** Says whether work that a job has not done gets another, by the operator's failure rules. */
    async nextJob(ending: JobEnding, before: JobTally): Promise<NextJob> {
      return decideNextJob(ending, before, { ruleOf, maxInterruptions });
    },
  };
}

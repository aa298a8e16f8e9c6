import { hopelessReason } from '../hopeless.ts';
import { openInbox } from '../inbox.ts';
import { doByJobs, type JobWork } from './job-tries.ts';
import { MAX_JOBS } from './next-job.ts';

/** Work that makes what a team registers under a name. */
export interface Registration extends JobWork {
  /** Settles a registration that can never succeed. */
  fail(reason: string): Promise<void>;
}

/** Registers something by a job, or by the next one. */
export async function registerByJobs(work: Registration): Promise<void> {
  const inbox = openInbox();
  let jobs = 0;
  // A registration that failed may be asked for again before this has ended; jobs that have ended are not started again.
  for (let round = 0; round === 0 || inbox.hasNews(); round++) {
    inbox.clear();
    try {
      jobs = await doByJobs(work, Math.max(jobs, round * MAX_JOBS));
    } catch (error) {
      await work.fail(hopelessReason(error));
    }
  }
}

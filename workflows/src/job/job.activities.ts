import { heartbeat, sleep } from '@temporalio/activity';
import type { Dependencies } from '../dependencies.ts';
import type { JobEnding } from './ending.ts';

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
  };
}

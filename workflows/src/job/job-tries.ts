import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { proxyQuickActivities, watchOn } from '../retries.ts';
import type { WaitingJob } from '@titrate/records';
import type { JobEnding } from './ending.ts';
import { nothingFailed, type JobTally } from './next-job.ts';

const { nextJob } = proxyQuickActivities();
const { awaitJob } = proxyActivities<Activities>(watchOn);

/**
 * Names one try of this workflow's work. Jobs that have ended are never started again, so a workflow that runs anew
 * (after `retry`, say) must name its jobs anew. The end of the id is random; newer servers begin it with the time, which
 * workflows of one minute share.
 */
export const jobTry = (number: number): string => `${workflowInfo().runId.slice(-8)}-${number}`;

/** Work that is done by one job, or by the next one. */
export interface JobWork {
  /** Whose job it is, for people who wait for it. */
  readonly whose: WaitingJob;
  /** Makes a job exist and returns its name; null when there is nothing to do. */
  launch(jobTry: string, excludedNodes: readonly string[]): Promise<string | null>;
  /** Takes in what the job left. False when it left nothing and this was not the last one. */
  settle(job: string, ending: JobEnding, isLast: boolean): Promise<boolean>;
}

/** Starts jobs until one has done the work or the rules give it up. Tries are numbered behind `before`; returns the last number. */
export async function doByJobs({ whose, launch, settle }: JobWork, before: number): Promise<number> {
  let tally: JobTally = nothingFailed;
  let excludedNodes: readonly string[] = [];
  for (let number = 1; ; number++) {
    const job = await launch(jobTry(before + number), excludedNodes);
    if (job === null) return before + number;
    const ending = await awaitJob(job, whose);
    if (await settle(job, ending, false)) return before + number;
    const next = await nextJob(ending, tally);
    if (next.kind === 'give-up') {
      await settle(job, ending, true);
      return before + number;
    }
    ({ tally, excludedNodes } = next);
    await sleep(next.waitMs);
  }
}

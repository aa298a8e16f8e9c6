import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { jobTry, MAX_JOBS } from '../job/job-tries.ts';
import { askAgain, watchOn } from '../retries.ts';
import type { CorpusInput } from './corpus.messages.ts';

const { launchCorpus, settleCorpus, failCorpus } = proxyActivities<Activities>(askAgain);
const { awaitJob } = proxyActivities<Activities>(watchOn);

/** Registers a corpus: tokenises the uploaded text in a job and records its digest, or why it cannot be done. */
export async function corpus(input: CorpusInput): Promise<void> {
  try {
    await register(input);
  } catch (error) {
    await failCorpus(input, hopelessReason(error));
  }
}

async function register(input: CorpusInput): Promise<void> {
  for (let number = 1; ; number++) {
    const job = await launchCorpus(input, jobTry(number));
    if (job === null) return;
    const ending = await awaitJob(job);
    if (await settleCorpus(input, job, ending, number === MAX_JOBS)) return;
  }
}

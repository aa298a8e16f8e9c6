import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { openInbox } from '../inbox.ts';
import { jobTry, MAX_JOBS } from '../job/job-tries.ts';
import { askAgain, watchOn } from '../retries.ts';
import type { CorpusInput } from './corpus.messages.ts';

const { launchCorpus, settleCorpus, failCorpus } = proxyActivities<Activities>(askAgain);
const { awaitJob } = proxyActivities<Activities>(watchOn);

/** Registers a corpus: tokenises the uploaded text in a job and records its digest, or why it cannot be done. */
export async function corpus(input: CorpusInput): Promise<void> {
  const inbox = openInbox();
  // A registration that failed may be asked for again before this has ended; jobs that have ended are not started again.
  for (let round = 0; round === 0 || inbox.hasNews(); round++) {
    inbox.clear();
    try {
      await register(input, round * MAX_JOBS);
    } catch (error) {
      await failCorpus(input, hopelessReason(error));
    }
  }
}

async function register(input: CorpusInput, before: number): Promise<void> {
  for (let number = before + 1; ; number++) {
    const job = await launchCorpus(input, jobTry(number));
    if (job === null) return;
    const ending = await awaitJob(job);
    if (await settleCorpus(input, job, ending, number === before + MAX_JOBS)) return;
  }
}

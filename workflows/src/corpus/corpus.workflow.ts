import { hopelessReason } from '../hopeless.ts';
import { openInbox } from '../inbox.ts';
import { MAX_JOBS } from '../job/next-job.ts';
import { doByJobs } from '../job/job-tries.ts';
import { proxyQuickActivities } from '../retries.ts';
import type { CorpusInput } from './corpus.messages.ts';

const { launchCorpus, settleCorpus, failCorpus } = proxyQuickActivities();

/** Registers a corpus: tokenises the uploaded text in a job and records its digest, or why it cannot be done. */
export async function corpus(input: CorpusInput): Promise<void> {
  const inbox = openInbox();
  let jobs = 0;
  // A registration that failed may be asked for again before this has ended; jobs that have ended are not started again.
  for (let round = 0; round === 0 || inbox.hasNews(); round++) {
    inbox.clear();
    try {
      jobs = await register(input, Math.max(jobs, round * MAX_JOBS));
    } catch (error) {
      await failCorpus(input, hopelessReason(error));
    }
  }
}

const register = (input: CorpusInput, before: number): Promise<number> =>
  doByJobs(
    {
      whose: { kind: 'corpus', ...input },
      launch: (jobTry, excludedNodes) => launchCorpus(input, jobTry, excludedNodes),
      settle: (job, ending, isLast) => settleCorpus(input, job, ending, isLast),
    },
    before,
  );

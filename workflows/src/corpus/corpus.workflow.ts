import { registerByJobs } from '../job/registration.ts';
import { proxyQuickActivities } from '../retries.ts';
import type { CorpusInput } from './corpus.messages.ts';

const { launchCorpus, settleCorpus, failCorpus } = proxyQuickActivities();

/** Registers a corpus: tokenises the uploaded text in a job and records its digest, or why it cannot be done. */
export async function corpus(input: CorpusInput): Promise<void> {
  await registerByJobs({
    whose: { kind: 'corpus', ...input },
    launch: (jobTry, excludedNodes) => launchCorpus(input, jobTry, excludedNodes),
    settle: (job, ending, isLast) => settleCorpus(input, job, ending, isLast),
    fail: (reason) => failCorpus(input, reason),
  });
}

import { registerByJobs } from '../job/registration.ts';
import { proxyQuickActivities } from '../retries.ts';
import type { BaseInput } from './base.messages.ts';

const { launchBase, settleBase, failBase } = proxyQuickActivities();

/** Registers a base: checks a model that was trained elsewhere in a job and records its digest, or why it cannot be used. */
export async function base(input: BaseInput): Promise<void> {
  await registerByJobs({
    whose: { kind: 'base', ...input },
    launch: (jobTry, excludedNodes) => launchBase(input, jobTry, excludedNodes),
    settle: (job, ending, isLast) => settleBase(input, job, ending, isLast),
    fail: (reason) => failBase(input, reason),
  });
}

import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { jobTry } from '../job/job-tries.ts';
import { nothingFailed, type JobTally } from '../job/next-job.ts';
import { proxyQuickActivities, watchOn } from '../retries.ts';
import type { EvaluationBatchInput } from './evaluation-batch.messages.ts';

const { launchEvaluation, collectEvaluations, failEvaluations, nextJob } = proxyQuickActivities();
const { awaitEvaluation } = proxyActivities<Activities>(watchOn);

/**
 * Evaluates the checkpoints of one batch in one job. Results are create-only objects: what a job has left in the store
 * is a result whatever became of the job, and the next job gets only what is missing.
 */
export async function evaluationBatch(input: EvaluationBatchInput): Promise<void> {
  try {
    await evaluate(input);
  } catch (error) {
    // What has a result by now keeps it.
    await failEvaluations(input, hopelessReason(error));
  }
}

async function evaluate(input: EvaluationBatchInput): Promise<void> {
  let batch = input;
  let tally: JobTally = nothingFailed;
  let excludedNodes: readonly string[] = [];
  for (let number = 1; ; number++) {
    const job = await launchEvaluation(batch, jobTry(number), excludedNodes);
    if (job === null) return;
    const ending = await awaitEvaluation(batch, job);
    const missing = await collectEvaluations(batch, job);
    if (missing.length === 0) return;
    batch = { run: input.run, items: missing };
    const next = await nextJob(ending, tally);
    if (next.kind === 'give-up') return failEvaluations(batch, next.reason);
    ({ tally, excludedNodes } = next);
    await sleep(next.waitMs);
  }
}

import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { hopelessReason } from '../hopeless.ts';
import { describeEnding } from '../job/ending.ts';
import { jobTry, MAX_JOBS } from '../job/job-tries.ts';
import { askAgain, watchOn } from '../retries.ts';
import type { EvaluationBatchInput } from './evaluation-batch.messages.ts';

const { launchEvaluation, collectEvaluations, failEvaluations } = proxyActivities<Activities>(askAgain);
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
  let failures = 0;
  for (let number = 1; ; number++) {
    const job = await launchEvaluation(batch, jobTry(number));
    if (job === null) return;
    const ending = await awaitEvaluation(batch, job);
    const missing = await collectEvaluations(batch);
    if (missing.length === 0) return;
    batch = { run: input.run, items: missing };
    // A job that was stopped, as its stack was, has not failed.
    if (ending.kind !== 'failed' || ending.failure !== 'stopped') failures++;
    const isHopeless = ending.kind === 'failed' && ending.failure === 'bad-input';
    if (isHopeless || failures === MAX_JOBS) return failEvaluations(batch, describeEnding(ending));
    await sleep(2000 * (failures + 1));
  }
}

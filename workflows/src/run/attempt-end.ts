import { exitCodes, type FailureClass } from '@titrate/contracts';
import type { JobEnd, JobStatus } from '@titrate/job-launcher';
import type { AttemptEnd } from '@titrate/records';
import type { Dependencies } from '../dependencies.ts';
import { costOf } from '../job/failure-policy.ts';

/** The end of an attempt whose run is trained: the log says so, whatever became of the process. */
export const finishedAttempt: AttemptEnd = {
  ...{ state: 'succeeded', failure: null, exitCode: exitCodes.succeeded, message: null, cost: 'nothing', node: null, endedAt: null },
};

/**
 * How an attempt ended that has not trained the run to its end. What it costs, the operator's rule for the failure says.
 *
 * @throws Error when the job has not ended.
 */
export function attemptEndOf(status: JobStatus, ruleOf: Dependencies['ruleOf']): AttemptEnd {
  if (status.kind === 'running' || status.kind === 'waiting')
    throw new Error(`Cannot settle the attempt as its job must have ended: it is ${status.kind}`);
  const { failure, exitCode, message, node, endedAt } = failureOf(status.kind === 'ended' ? status.end : null);
  return { state: 'failed', failure, exitCode, message, cost: costOf(failure, ruleOf(failure)), node, endedAt };
}

function failureOf(end: JobEnd | null): Pick<AttemptEnd, 'exitCode' | 'message' | 'node' | 'endedAt'> & { failure: FailureClass } {
  if (end === null)
    return { failure: 'lost', exitCode: null, message: 'The launcher knows nothing of the job.', node: null, endedAt: null };
  if (end.kind === 'failed') return end;
  const message = 'The process ended well, but the log of the run has no finished entry.';
  return { failure: 'failed', exitCode: exitCodes.succeeded, message, node: null, endedAt: end.endedAt };
}

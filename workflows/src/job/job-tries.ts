import { workflowInfo } from '@temporalio/workflow';

/** Jobs that one piece of work may take: each is repeatable, so what killed one need not end the work. */
export const MAX_JOBS = 3;

/**
 * Names one try of this workflow's work. Jobs that have ended are never started again, so a workflow that runs anew
 * (after `retry`, say) must name its jobs anew.
 */
export const jobTry = (number: number): string => `${workflowInfo().runId.slice(0, 8)}-${number}`;

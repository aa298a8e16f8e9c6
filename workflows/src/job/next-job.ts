import type { FailureClass } from '@titrate/contracts';
import { describeEnding, type JobEnding } from './ending.ts';
import { backOffMs, costOf, nodesToAvoid, type FailurePolicy } from './failure-policy.ts';

/** Jobs that one piece of work may take, as far as failures count: each is repeatable, so what killed one need not end the work. */
export const MAX_JOBS = 3;

/** What the jobs of one piece of work have come to so far; a workflow keeps it from one job to the next. */
export interface JobTally {
  readonly failures: number;
  readonly interruptions: number;
  /** Where jobs failed, the newest first. */
  readonly nodes: readonly { readonly failure: FailureClass; readonly node: string }[];
}

/** No job has failed yet. */
export const nothingFailed: JobTally = { failures: 0, interruptions: 0, nodes: [] };

/** Whether another job is started for work that the last one has not done, by the failure rules. */
export type NextJob =
  | { readonly kind: 'again'; readonly waitMs: number; readonly tally: JobTally; readonly excludedNodes: readonly string[] }
  | { readonly kind: 'give-up'; readonly reason: string };

/** The rule for work that anybody may repeat: evaluations, corpora, analyses. */
export function decideNextJob(ending: JobEnding, before: JobTally, policy: FailurePolicy): NextJob {
  const failure = classOf(ending);
  const rule = policy.ruleOf(failure);
  const cost = costOf(failure, rule);
  const failures = before.failures + (cost === 'attempt' ? 1 : 0);
  const interruptions = before.interruptions + (cost === 'interruption' ? 1 : 0);
  if (rule.retry === 'never' || failures >= MAX_JOBS || interruptions > policy.maxInterruptions)
    return { kind: 'give-up', reason: describeEnding(ending) };
  const node = ending.kind === 'failed' ? ending.node : null;
  // One that was stopped may have found no node beside those that it kept away from.
  const known = failure === 'stopped' ? [] : before.nodes;
  const nodes = node === null ? known : [{ failure, node }, ...known].slice(0, 20);
  const tally = { failures, interruptions, nodes };
  return {
    kind: 'again',
    waitMs: backOffMs(rule, rule.counts ? failures : interruptions),
    tally,
    excludedNodes: nodesToAvoid(nodes, policy),
  };
}

/** A job that ended well and left nothing has failed all the same; one that nobody knows is lost. */
const classOf = (ending: JobEnding): FailureClass =>
  ending.kind === 'failed' ? ending.failure : ending.kind === 'unknown' ? 'lost' : 'failed';

import type { FailureClass, FailureRule } from '@titrate/contracts';
import type { Dependencies } from '../dependencies.ts';

/** What happens after a failure, as the operator configured it. */
export type FailurePolicy = Pick<Dependencies, 'ruleOf' | 'maxInterruptions'>;

/**
 * What a failure uses up, by its rule. A job that the control plane stopped itself was not interrupted by anybody else, and
 * costs nothing: a person may pause a sweep, or stop a stack, as often as they like.
 */
export function costOf(failure: FailureClass, { counts }: FailureRule): 'attempt' | 'interruption' | 'nothing' {
  if (counts) return 'attempt';
  return failure === 'stopped' ? 'nothing' : 'interruption';
}

/** Nodes that one job keeps away from at most. Where too few are left, the launcher ends it, and the next one takes any. */
const MAX_EXCLUDED_NODES = 3;

/** Pause after the `count`-th failure in a row of its kind: that of the rule after the first one, doubling up to its limit. */
export const backOffMs = ({ backOffSeconds, backOffLimitSeconds }: FailureRule, count: number): number =>
  1000 * Math.min(backOffLimitSeconds, backOffSeconds * 2 ** Math.max(0, count - 1));

/** Nodes that the next job must not run on: where the newest failures happened whose rule is `elsewhere`. */
export function nodesToAvoid(failures: readonly { failure: FailureClass; node: string }[], { ruleOf }: FailurePolicy): string[] {
  const elsewhere = failures.filter(({ failure }) => ruleOf(failure).retry === 'elsewhere').slice(0, MAX_EXCLUDED_NODES);
  return [...new Set(elsewhere.map(({ node }) => node))];
}

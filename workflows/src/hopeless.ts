import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/**
 * Codes of errors that come again however often one asks: what lies in the store is create-only, a refused job stays refused,
 * a profile that is not configured stays so until an operator changes that, and a part of the store that no policy can open.
 */
const hopelessCodes: ReadonlySet<string> = new Set(['JOB_REFUSED', 'LOG_BROKEN', 'OBJECT_ALTERED', 'PROFILE_UNKNOWN', 'SCOPE_REFUSED']);

type Activity = (...args: never[]) => Promise<unknown>;

/**
 * The same activities, with one difference: an error that can never get better is not retried. The workflow sees it, and
 * settles what waits with its words as the reason.
 */
export function refusingTheHopeless<A extends Record<string, Activity>>(activities: A): A {
  const wrap =
    (activity: Activity): Activity =>
    async (...args) => {
      try {
        return await activity(...args);
      } catch (error) {
        throw isOfHopelessCode(error) ? ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true }) : error;
      }
    };
  return Object.fromEntries(Object.entries(activities).map(([name, activity]) => [name, wrap(activity)])) as A;
}

function isOfHopelessCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && hopelessCodes.has(String(error.code));
}

/** Whether an activity can never succeed. For workflows. */
export const isHopeless = (error: unknown): boolean => refusalOf(error) !== null;

/** Why an activity can never succeed; any other error is thrown again. For workflows. */
export function hopelessReason(error: unknown): string {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusal.message;
  throw error;
}

function refusalOf(error: unknown): ApplicationFailure | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true ? cause : null;
}

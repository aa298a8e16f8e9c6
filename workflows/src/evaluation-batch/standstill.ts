/** An evaluation job writes a line for each checkpoint, and none takes an hour. */
export const SILENCE_LIMIT_MS = 3_600_000;

/**
 * Tells whether a log has stood still for too long, on the watcher's own monotonic clock. A watcher that starts anew
 * counts anew: a restart of the worker ends no job.
 */
export function createStandstill(limitMs: number) {
  let last: number | null = null;
  let changedAtMs = 0;
  return {
    /** @param offset how far the log goes; `nowMs` is the watcher's clock. */
    hasStoodStill(offset: number, nowMs: number): boolean {
      if (offset !== last) {
        last = offset;
        changedAtMs = nowMs;
      }
      return nowMs - changedAtMs > limitMs;
    },
  };
}

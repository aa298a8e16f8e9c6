/**
 * A job of evaluations writes a line for each checkpoint; one of a corpus or an analysis for each of its steps, and every minute
 * of a long one (`apps/trainer/trainer/telling.py`). None of these takes an hour.
 */
export const SILENCE_LIMIT_MS = 3_600_000;

/**
 * Tells whether a log has stood still for too long, on the watcher's own monotonic clock. A watcher that starts anew
 * counts anew: a restart of the worker ends no job. So does a job that its queue took back and admitted again, and a log
 * that could not be read meanwhile.
 */
export function createStandstill(limitMs: number) {
  let last: string | null = null;
  let changedAtMs = 0;
  return {
    /** @param offset how far the log goes; `startedAt` when the job began, or began anew; `nowMs` is the watcher's clock. */
    hasStoodStill(offset: number, startedAt: string, nowMs: number): boolean {
      const mark = `${startedAt} ${offset}`;
      if (mark !== last) {
        last = mark;
        changedAtMs = nowMs;
      }
      return nowMs - changedAtMs > limitMs;
    },
    /** The log cannot be read now. */
    cannotTell(): void {
      last = null;
    },
  };
}

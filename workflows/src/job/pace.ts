/** Looks of weight 1 that all watches of a worker take together in a second, at most. */
const LOOKS_PER_SECOND = 50;

/** When one watch may look again at something that costs a request: at the run's log in the store, say. */
export interface Looks {
  /** True when it is time, which counts as a look; time counts from the opening. What weighs more is looked at as many times less often. */
  isDue(what: string, weight: number): boolean;
  /** The watch is over; the others may look more often. */
  close(): void;
}

/**
 * Spreads the looks of all watches of a worker: each looks as often as the operator said, and less often the more watches
 * there are, so that a thousand runs cost the store and the database no more than twenty-five do.
 *
 * @param nowMs a monotonic clock.
 */
export function createPace(pollMs: number, nowMs: () => number = () => performance.now()) {
  let watches = 0;
  return {
    open(): Looks {
      watches++;
      const openedMs = nowMs();
      const lastMs = new Map<string, number>();
      return {
        isDue(what, weight) {
          const pauseMs = Math.max(pollMs, (1000 * watches) / LOOKS_PER_SECOND) * weight;
          if (nowMs() - (lastMs.get(what) ?? openedMs) < pauseMs) return false;
          lastMs.set(what, nowMs());
          return true;
        },
        close() {
          watches--;
        },
      };
    },
  };
}

export type Pace = ReturnType<typeof createPace>;

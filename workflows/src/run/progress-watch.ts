import { Progress } from '@titrate/contracts';

/** What a look at `progress.json` tells. */
export interface Sight {
  /** New progress to record, or null when nothing changed or nothing could be read. */
  readonly progress: Progress | null;
  /** The file was readable and stood still for longer than the limit. */
  readonly isHung: boolean;
}

/** How long a job may stand still. */
export interface Patience {
  readonly hangSeconds: number;
  /** Start-up, compilation included, may take this long before the first step without being called a hang. */
  readonly startSeconds: number;
  /** A save that holds the training up, and the last commit, may take this long. */
  readonly saveSeconds: number;
}

/**
 * Tells a job that hangs from one that works, on the watcher's own monotonic clock. A job that its queue took back and
 * admitted again starts anew, with the grace of a start, however old the progress is that its earlier life left.
 * What cannot be read never ends a job: a store that is down says nothing about the training.
 */
export function createProgressWatch({ hangSeconds, startSeconds, saveSeconds }: Patience) {
  const grace = { starting: startSeconds, training: 0, saving: saveSeconds, finished: 0 } as const;
  let last = '';
  let lastStart: string | null = null;
  let changedAtMs = 0;
  return {
    /** @param startedAt when the job started, or started anew, as the launcher says. */
    look(bytes: Uint8Array | null, nowMs: number, startedAt: string): Sight {
      if (startedAt !== lastStart) [lastStart, changedAtMs] = [startedAt, nowMs];
      const parsed = bytes === null ? null : Progress.safeParse(parseJson(bytes));
      if (parsed === null || !parsed.success) {
        // What nobody could read may have changed: the limit counts from the next look that tells.
        changedAtMs = nowMs;
        return { progress: null, isHung: false };
      }
      const progress = parsed.data;
      // `at` is the trainer's clock: it may tick while the training stands still.
      const mark = JSON.stringify([progress.phase, progress.step]);
      const isNew = mark !== last;
      if (isNew) {
        last = mark;
        changedAtMs = nowMs;
      }
      const isOfEarlierLife = Date.parse(progress.at) < Date.parse(startedAt);
      const limit = Math.max(hangSeconds, grace[isOfEarlierLife ? 'starting' : progress.phase]);
      const isHung = (progress.phase !== 'finished' || isOfEarlierLife) && nowMs - changedAtMs > limit * 1000;
      return { progress: isNew ? progress : null, isHung };
    },
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // A file read while it was replaced: unreadable this time, and unreadable never counts.
    return undefined;
  }
}

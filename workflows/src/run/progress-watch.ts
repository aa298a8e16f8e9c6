import { Progress } from '@titrate/contracts';

/** What a look at `progress.json` tells. */
export interface Sight {
  /** New progress to record, or null when nothing changed or nothing could be read. */
  readonly progress: Progress | null;
  /** The file was readable and stood still for longer than the limit. */
  readonly isHung: boolean;
}

/** Start-up, compilation included, may take this long before the first step without being called a hang. */
const START_UP_GRACE_SECONDS = 900;

/**
 * Tells a job that hangs from one that works, on the watcher's own monotonic clock.
 * What cannot be read never ends a job: a store that is down says nothing about the training.
 */
export function createProgressWatch(hangSeconds: number) {
  let last = '';
  let changedAtMs: number | null = null;
  return {
    look(bytes: Uint8Array | null, nowMs: number): Sight {
      const parsed = bytes === null ? null : Progress.safeParse(parseJson(bytes));
      if (parsed === null || !parsed.success) return { progress: null, isHung: false };
      const progress = parsed.data;
      // `at` is the trainer's clock: it may tick while the training stands still.
      const mark = JSON.stringify([progress.phase, progress.step]);
      const isNew = mark !== last;
      if (isNew || changedAtMs === null) {
        last = mark;
        changedAtMs = nowMs;
      }
      const limit = progress.phase === 'starting' ? Math.max(hangSeconds, START_UP_GRACE_SECONDS) : hangSeconds;
      return { progress: isNew ? progress : null, isHung: progress.phase !== 'finished' && nowMs - changedAtMs > limit * 1000 };
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

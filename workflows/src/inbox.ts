import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';

/** Says that something changed in the records. It carries nothing: whoever is woken looks there. */
export const wake = defineSignal('wake');

/** The wake signals of a workflow. Several that come before anyone looks count as one. */
export interface Inbox {
  /** True when a signal came that nobody has seen. */
  hasNews(): boolean;
  /** Marks all signals so far as seen; call it right before looking into the records. */
  clear(): void;
  /** Puts a signal in from within the workflow. */
  poke(): void;
  /** Resolves at the next unseen signal, or after the time; true when there is a signal to look at. */
  wait(timeout?: Duration): Promise<boolean>;
}

/** Opens the inbox; the first thing a workflow does, so that no signal goes by. */
export function openInbox(): Inbox {
  let news = false;
  const poke = () => {
    news = true;
  };
  setHandler(wake, poke);
  return {
    hasNews: () => news,
    clear: () => {
      news = false;
    },
    poke,
    wait: async (timeout) => {
      await (timeout === undefined ? condition(() => news) : condition(() => news, timeout));
      return news;
    },
  };
}

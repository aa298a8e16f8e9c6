import { isCancellation, proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from './activities.ts';
import { isHopeless } from './hopeless.ts';
import { watchTaskQueue } from './task-queues.ts';

/** For activities that ask a server one thing and may be asked again: servers come back, so they try until they do. */
export const askAgain: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '500ms', maximumInterval: '20s' },
};

/** For activities that wait as long as a job lasts. The heartbeat tells a dead worker, and another one takes the watch over. */
export const watchOn: ActivityOptions = {
  taskQueue: watchTaskQueue,
  startToCloseTimeout: '60 days',
  heartbeatTimeout: '60 seconds',
  retry: { initialInterval: '500ms', maximumInterval: '20s' },
};

type Asked = ReturnType<typeof proxyActivities<Activities>>;
type Ask = (...parameters: unknown[]) => Promise<unknown>;

/**
 * Activities that mostly take a moment. Each is first done within the task in which the workflow asks for it: that costs the
 * Temporal server one event, where an activity of its own costs it six, each written to its database. One that does not work
 * at once, as some server is away, is asked for as such and tried until it works.
 */
export function proxyQuickActivities(): Asked {
  const here = proxyLocalActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 1 } });
  const anywhere = proxyActivities<Activities>(askAgain);
  return new Proxy(anywhere, { get: (_, name: keyof Asked) => firstHere(here[name] as Ask, anywhere[name] as Ask) });
}

function firstHere(here: Ask, anywhere: Ask): Ask {
  return async (...parameters) => {
    try {
      return await here(...parameters);
    } catch (error) {
      if (isCancellation(error) || isHopeless(error)) throw error;
      return await anywhere(...parameters);
    }
  };
}

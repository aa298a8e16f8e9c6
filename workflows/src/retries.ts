import type { ActivityOptions } from '@temporalio/workflow';
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
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '500ms', maximumInterval: '20s' },
};

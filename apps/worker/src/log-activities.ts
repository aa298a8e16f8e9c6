import { CancelledFailure } from '@temporalio/client';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { inSubject, subjectOfActivity } from '@titrate/workflows/log-subject';
import type { Logger } from 'pino';

/**
 * A line for each activity that ended, with what it was about, how long it took and which try it was; `warn` where it failed, as it
 * will be tried again. All that is logged while it works carries the same ids.
 */
export const logActivities =
  (logger: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: (input, next) =>
        inSubject(subjectOfActivity(info.workflowExecution?.workflowId ?? '', input.args), async () => {
          const startedAt = performance.now();
          const told = () => ({ activity: info.activityType, try: info.attempt, ms: Math.round(performance.now() - startedAt) });
          try {
            const result = await next(input);
            logger.info(told(), 'activity done');
            return result;
          } catch (error) {
            if (error instanceof CancelledFailure) logger.info(told(), 'activity cancelled');
            else logger.warn({ ...told(), err: error }, 'activity failed');
            throw error;
          }
        }),
    },
  });

import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { subjectNow, subjectOfWorkflow } from '@titrate/workflows/log-subject';
import { pino, type Logger } from 'pino';

/** JSON lines on stdout, each with the ids of what it is about. */
export const createLogger = (level: string): Logger => pino({ level, base: { app: 'worker' }, mixin: () => ({ ...subjectNow() }) });

/** Told by the worker itself, with more ids. */
const TOLD = 'Activity failed';

/** Temporal's own warnings and what workflows log, as lines of ours: the id of a workflow says what it is about. */
export const temporalLogger = (logger: Logger): DefaultLogger =>
  new DefaultLogger('WARN', ({ level, message, meta }) => {
    const subject = typeof meta?.['workflowId'] === 'string' ? subjectOfWorkflow(meta['workflowId']) : {};
    if (message !== TOLD) logger[nameOf(level)]({ ...subject, ...meta }, message);
  });

const nameOf = (level: LogLevel): 'error' | 'warn' => (level === 'ERROR' ? 'error' : 'warn');

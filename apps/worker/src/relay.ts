import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { OutboxItem, Records } from '@titrate/records';
import type { base, corpus, gate, run, sweep } from '@titrate/workflows';
import {
  baseWorkflowId,
  corpusWorkflowId,
  gateWorkflowId,
  runWorkflowId,
  sweepWorkflowId,
  taskQueue,
  wake,
} from '@titrate/workflows/messages';
import { subjectOf } from '@titrate/workflows/log-subject';
import type { Logger } from 'pino';
import type { WorkerMetrics } from './metrics.ts';
import { pause } from './pause.ts';

/** Wakes a workflow, and starts it where it does not run. Doing it twice is the same as once: signals only make it look. */
export function createWaker(client: Client) {
  return {
    sweep: (id: string) =>
      client.workflow.signalWithStart<typeof sweep>('sweep', {
        workflowId: sweepWorkflowId(id),
        taskQueue,
        args: [{ sweep: id }],
        signal: wake,
      }),
    run: (id: string) =>
      client.workflow.signalWithStart<typeof run>('run', { workflowId: runWorkflowId(id), taskQueue, args: [{ run: id }], signal: wake }),
    corpus: (target: string) => {
      const [team = '', name = ''] = target.split('/');
      return client.workflow.signalWithStart<typeof corpus>('corpus', {
        workflowId: corpusWorkflowId({ team, name }),
        taskQueue,
        args: [{ team, name }],
        signal: wake,
      });
    },
    base: (target: string) => {
      const [team = '', name = ''] = target.split('/');
      return client.workflow.signalWithStart<typeof base>('base', {
        workflowId: baseWorkflowId({ team, name }),
        taskQueue,
        args: [{ team, name }],
        signal: wake,
      });
    },
    gate: (id: string) =>
      client.workflow.signalWithStart<typeof gate>('gate', {
        workflowId: gateWorkflowId(id),
        taskQueue,
        args: [{ gate: id }],
        signal: wake,
      }),
    /** Firings are started by their schedule alone: one that has ended waits for nothing any more. */
    firing: async (workflowId: string) => {
      try {
        await client.workflow.getHandle(workflowId).signal(wake);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

export type Waker = ReturnType<typeof createWaker>;

const BATCH = 50;
const IDLE_MS = 200;
const TROUBLE_MS = 2000;

/**
 * Delivers what transactions left in the outbox, until it is acknowledged: a crash between commit and start loses nothing.
 * Returns when the signal is aborted.
 */
export async function relayOutbox(
  records: Records,
  waker: Waker,
  { deliveries }: Pick<WorkerMetrics, 'deliveries'>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const items = await records.takeOutbox(BATCH);
      const delivered = await deliverAll(items, records, waker, logger);
      deliveries.inc({ outcome: 'delivered' }, delivered);
      deliveries.inc({ outcome: 'failed' }, items.length - delivered);
      if (delivered < items.length) await pause(TROUBLE_MS, signal);
      else if (items.length < BATCH) await pause(IDLE_MS, signal);
    } catch (error) {
      logger.warn({ err: error }, 'the outbox could not be read');
      await pause(TROUBLE_MS, signal);
    }
  }
}

/** Delivers each item on its own, so that one which cannot be delivered holds up no other. What was not acknowledged comes again. */
async function deliverAll(items: OutboxItem[], records: Records, waker: Waker, logger: Logger): Promise<number> {
  let delivered = 0;
  for (const item of items) {
    try {
      await deliver(item, waker);
      await records.acknowledge(item.id);
      delivered++;
    } catch (error) {
      const [, noun = ''] = item.kind.split('-');
      logger.warn({ err: error, item, ...subjectOf(noun, item.target) }, 'an item of the outbox could not be delivered');
    }
  }
  return delivered;
}

function deliver({ kind, target }: OutboxItem, waker: Waker): Promise<unknown> {
  switch (kind) {
    case 'start-sweep':
    case 'wake-sweep':
      return waker.sweep(target);
    case 'wake-run':
      return waker.run(target);
    case 'start-corpus':
      return waker.corpus(target);
    case 'start-base':
      return waker.base(target);
    case 'start-gate':
      return waker.gate(target);
    case 'wake-firing':
      return waker.firing(target);
  }
}

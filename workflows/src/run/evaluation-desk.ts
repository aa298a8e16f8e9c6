import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log, ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';
import { evaluationBatchWorkflowId, type EvaluationName } from '../evaluation-batch/evaluation-batch.messages.ts';
import type { evaluationBatch } from '../evaluation-batch/evaluation-batch.workflow.ts';
import type { Inbox } from '../inbox.ts';

/** Sends checkpoints to evaluation, one batch at a time; what is offered meanwhile is offered again and goes with the next. */
export interface EvaluationDesk {
  /** Starts a batch of these items unless one is on its way. Returns at once: training does not wait for evaluation. */
  offer(items: EvaluationName[]): void;
  isBusy(): boolean;
}

export function openEvaluationDesk(run: string, inbox: Inbox): EvaluationDesk {
  let busy = false;
  return {
    isBusy: () => busy,
    offer(items) {
      if (busy || items.length === 0) return;
      busy = true;
      void evaluate(run, items).then(() => {
        busy = false;
        inbox.poke();
      });
    },
  };
}

/** The batch is a child that outlives its parent, so that a run which ends or is released loses no result. */
async function evaluate(run: string, items: EvaluationName[]): Promise<void> {
  const input = { run, items };
  try {
    const child = await startChild<typeof evaluationBatch>('evaluationBatch', {
      workflowId: evaluationBatchWorkflowId(input),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
    await child.result();
  } catch (error) {
    // The same batch was started by an earlier life of this workflow, or somebody terminated it: look again a little later.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) log.warn('evaluation batch did not end well', { error });
    await sleep('15 seconds');
  }
}

import { digestOf, shortDigest, type Digest, type EvaluateJob } from '@titrate/contracts';

/** Checkpoints of one run that are evaluated in one job. */
export interface EvaluationBatchInput {
  readonly run: Digest;
  readonly items: EvaluateJob['items'];
}

/** The id follows from the content, so that the same batch never runs twice at a time. */
export function evaluationBatchWorkflowId({ run, items }: EvaluationBatchInput): string {
  return `evaluation-batch/${shortDigest(digestOf({ run, items: items.map(({ digest, settingsDigest }) => [digest, settingsDigest]) }))}`;
}

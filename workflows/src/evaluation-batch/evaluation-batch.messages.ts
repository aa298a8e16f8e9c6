import type { Digest, EvaluateJob } from '@titrate/contracts';
import { digestOf, shortDigest } from '@titrate/contracts/digest';

/** Names one evaluation of a run; what it is, the records say. Histories hold names only, as manifests grow with the ranks of a run. */
export type EvaluationName = Pick<EvaluateJob['items'][number], 'digest' | 'settingsDigest'>;

/** Checkpoints of one run that are evaluated in one job. */
export interface EvaluationBatchInput {
  readonly run: Digest;
  readonly items: EvaluationName[];
}

/** The id follows from the content, so that the same batch never runs twice at a time. */
export function evaluationBatchWorkflowId({ run, items }: EvaluationBatchInput): string {
  return `evaluation-batch/${shortDigest(digestOf({ run, items: items.map(({ digest, settingsDigest }) => [digest, settingsDigest]) }))}`;
}

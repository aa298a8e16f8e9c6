/** All workflows, by their type names in Temporal. The worker bundles this file. */
export { sweep } from './sweep/sweep.workflow.ts';
export { run } from './run/run.workflow.ts';
export { evaluationBatch } from './evaluation-batch/evaluation-batch.workflow.ts';
export { corpus } from './corpus/corpus.workflow.ts';
export { base } from './base/base.workflow.ts';
export { gate } from './gate/gate.workflow.ts';

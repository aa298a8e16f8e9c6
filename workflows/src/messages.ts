export { wake } from './inbox.ts';
export { taskQueue, watchTaskQueue } from './task-queues.ts';
export { sweepWorkflowId, type SweepInput } from './sweep/sweep.messages.ts';
export { runWorkflowId, type RunInput } from './run/run.messages.ts';
export { evaluationBatchWorkflowId, type EvaluationBatchInput } from './evaluation-batch/evaluation-batch.messages.ts';
export { corpusWorkflowId, type CorpusInput } from './corpus/corpus.messages.ts';
export { gateWorkflowId, type GateInput } from './gate/gate.messages.ts';
export { baseWorkflowId, type BaseInput } from './base/base.messages.ts';

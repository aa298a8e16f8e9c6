import { createBaseActivities } from './base/base.activities.ts';
import { createCorpusActivities } from './corpus/corpus.activities.ts';
import type { Dependencies } from './dependencies.ts';
import { createEvaluationBatchActivities } from './evaluation-batch/evaluation-batch.activities.ts';
import { refusingTheHopeless } from './hopeless.ts';
import { createGateActivities } from './gate/gate.activities.ts';
import { createJobActivities } from './job/job.activities.ts';
import { createPace } from './job/pace.ts';
import { createRunActivities } from './run/run.activities.ts';
import { createSweepActivities } from './sweep/sweep.activities.ts';

export type { Dependencies } from './dependencies.ts';

/** All activities over the given adapters, for a Temporal worker. */
export function createActivities(dependencies: Dependencies) {
  const pace = createPace(dependencies.pollMs);
  return refusingTheHopeless({
    ...createSweepActivities(dependencies),
    ...createRunActivities(dependencies, pace),
    ...createEvaluationBatchActivities(dependencies, pace),
    ...createCorpusActivities(dependencies),
    ...createBaseActivities(dependencies),
    ...createGateActivities(dependencies),
    ...createJobActivities(dependencies, pace),
  });
}

export type Activities = ReturnType<typeof createActivities>;

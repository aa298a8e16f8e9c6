import type { JobConfiguration, StageSpec, SweepSpec } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';
import { trainingProfile } from './profile-of.ts';
import type { SizeInUse } from './size-table.ts';
import { settingsOfStage } from './stage-settings.ts';
import type { StagedPoint } from './stages.ts';

/**
 * Batches that the ranks of their profile cannot share evenly, in a pre-training or a stage: each rank that reads data of its
 * own takes as many instances of a batch as the others, as `trainer/execution.py` demands.
 */
export function batchProblems(spec: SweepSpec, points: readonly StagedPoint[], configuration: JobConfiguration): SpecProblem[] {
  const trainings = new Map(
    points.map((staged) => [`${staged.point.size.name} ${staged.arms.map(({ stage }) => stage.name).join()}`, staged] as const),
  );
  return [...trainings.values()].flatMap(({ point, arms }) => {
    const stage = arms.at(-1)?.stage;
    const { batchInstances } = stage === undefined ? point.size.training : settingsOfStage(point, stage);
    const found = trainingProfile(configuration, spec.profile, point.size.parameters.all);
    if (found === null) return [];
    const { nodes, processesPerNode, execution } = found.profile;
    const ranks = Math.max(1, Math.floor((nodes * processesPerNode) / execution.tensorParallel));
    return batchInstances % ranks === 0
      ? []
      : [uneven(spec, stage, point.size, `${ranks}, the ranks of profile ${found.name}`, batchInstances)];
  });
}

function uneven(spec: SweepSpec, stage: StageSpec | undefined, { name }: SizeInUse, ranks: string, batchInstances: number): SpecProblem {
  const field = stage === undefined ? 'training' : `stages[${spec.stages.indexOf(stage)}].training`;
  return problem(`${field}.batchInstances`, `must be a multiple of ${ranks} that share the batches of ${name}`, batchInstances);
}

import type { JobConfiguration, SweepSpec } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';
import { trainingProfile } from './profile-of.ts';
import type { SizedTraining } from './stage-settings.ts';

/**
 * Batches that the ranks of their profile cannot share evenly, in a pre-training or a stage: each rank that reads data of its
 * own takes as many instances of a batch as the others, as `trainer/execution.py` demands.
 */
export function batchProblems(spec: SweepSpec, trainings: readonly SizedTraining[], configuration: JobConfiguration): SpecProblem[] {
  return trainings.flatMap(({ size, field }) => {
    const { batchInstances } = size.training;
    const found = trainingProfile(configuration, spec.profile, size.parameters.all);
    if (found === null) return [];
    const { nodes, processesPerNode, execution } = found.profile;
    const ranks = Math.max(1, Math.floor((nodes * processesPerNode) / execution.tensorParallel));
    const rule = `must be a multiple of ${ranks}, the ranks of profile ${found.name} that share the batches of ${size.name}`;
    return batchInstances % ranks === 0 ? [] : [problem(`${field ?? 'training'}.batchInstances`, rule, batchInstances)];
  });
}

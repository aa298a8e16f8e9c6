import type { PlannedRun, SweepSpec } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';

/** What is wrong with a reference that is a run of the plan itself: only a step that it commits can ever be had. */
export function referenceMisfit({ evaluation: { reference } }: SweepSpec, runs: readonly PlannedRun[]): SpecProblem[] {
  const run = reference === null ? undefined : runs.find(({ id }) => id === reference.run);
  if (reference === null || run === undefined) return [];
  const steps = [...run.demand.evaluateSteps, ...run.demand.resumeSteps];
  if (steps.includes(reference.step)) return [];
  const rule = `must be a step whose checkpoint the run keeps, such as its last, ${Math.max(...steps)}`;
  return [problem('evaluation.reference.step', rule, reference.step)];
}

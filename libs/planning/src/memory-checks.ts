import type { JobProfile, MemoryNeed, SweepSpec, TrainingSettings } from '@titrate/contracts';
import { gpuMemoryOf, memoryOf, totalMemory, type MemoryParts } from './memory.ts';
import { problem, type SpecProblem } from './problem.ts';
import type { JobContext } from './profile-checks.ts';
import { trainingProfile } from './profile-of.ts';
import type { SizeInUse } from './size-table.ts';
import type { SizedTraining } from './stage-settings.ts';

/** The memory that a size needs of each GPU of its profile; null without a profile or without GPUs. */
export function memoryNeed(
  spec: Pick<SweepSpec, 'profile'>,
  size: SizeInUse,
  training: TrainingSettings,
  jobs: JobContext | undefined,
): MemoryNeed | null {
  const found = jobs === undefined ? null : trainingProfile(jobs.configuration, spec.profile, size.parameters.all);
  if (found === null || jobs === undefined || found.profile.gpusPerNode === 0) return null;
  const parts = partsOf(size, training, found.profile);
  return {
    neededBytes: totalMemory(parts),
    gpuBytes: gpuMemoryOf(
      found.profile,
      (jobs.nodes ?? []).map(({ labels }) => labels),
    ),
  };
}

/** Pre-trainings and stages that would not fit the GPUs of their profile, each with what it needs and what would make it fit. */
export function memoryProblems(spec: Pick<SweepSpec, 'profile'>, trainings: readonly SizedTraining[], jobs: JobContext): SpecProblem[] {
  return trainings.flatMap(({ size, field }) => {
    const found = trainingProfile(jobs.configuration, spec.profile, size.parameters.all);
    const need = memoryNeed(spec, size, size.training, jobs);
    if (found === null || need === null || need.gpuBytes === null || need.neededBytes <= need.gpuBytes) return [];
    const parts = inWords(partsOf(size, size.training, found.profile));
    const rule =
      `must fit the GPUs of profile ${found.name}: ${size.name} needs ${gib(need.neededBytes)} of each (${parts}), ` +
      `which has ${gib(need.gpuBytes)}; ${remedy(size, found.profile, need.gpuBytes)}`;
    return [problem(spec.profile === undefined ? (field ?? 'grid.sizes') : 'profile', rule, spec.profile ?? size.name)];
  });
}

function partsOf({ shape, vocabularySize }: SizeInUse, training: TrainingSettings, profile: JobProfile): MemoryParts {
  const { precision, sequenceLength, batchInstances } = training;
  const { execution, nodes, processesPerNode: ranksPerNode } = profile;
  return memoryOf({ shape, vocabularySize, precision, sequenceLength, batchInstances, execution, nodes, ranksPerNode });
}

/** The gentlest change of the profile with which the size fits: first smaller micro-batches, then checkpointing as well. */
function remedy(size: SizeInUse, profile: JobProfile, gpuBytes: number): string {
  const { sequenceLength } = size.training;
  for (const activationCheckpointing of new Set([profile.execution.activationCheckpointing, 'full'] as const))
    for (let rows = Math.floor(profile.execution.microbatchTokens / sequenceLength); rows >= 1; rows = Math.floor(rows / 2)) {
      const execution = { ...profile.execution, activationCheckpointing, microbatchTokens: rows * sequenceLength };
      const needed = totalMemory(partsOf(size, size.training, { ...profile, execution }));
      const told = `execution.microbatchTokens: ${rows * sequenceLength} with activationCheckpointing: ${activationCheckpointing}`;
      if (needed <= gpuBytes) return `${gib(needed)} are enough with ${told}`;
    }
  return 'it takes more GPUs to share a copy, whatever the micro-batch';
}

const gib = (value: number): string => `${(value / 1024 ** 3).toFixed(1)} GiB`;

function inWords({ state, working, activations, logits, reserve }: MemoryParts): string {
  const told = { 'weights, gradients and Adam': state, 'gathered weights': working, activations, logits, reserve };
  return Object.entries(told)
    .map(([name, value]) => `${name} ${gib(value)}`)
    .join(', ');
}

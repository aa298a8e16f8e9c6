import type { CorpusSummary, SweepSpec } from '@titrate/contracts';
import { stepsFor, type GridPoint } from './cells.ts';
import { boundOfSelection, MAX_CHECKPOINTS } from './demand.ts';
import { idlePlacement, placementMisfits } from './placement-fit.ts';
import { problem, type SpecProblem } from './problem.ts';

/** What does not fit together in a spec and its corpus, with the number that would fit. One problem for each size, length and placement. */
export function misfits(spec: SweepSpec, corpus: CorpusSummary, points: readonly GridPoint[]): SpecProblem[] {
  const largest = new Map<string, GridPoint>();
  for (const point of points) {
    const key = `${point.size.name} ${point.tokens} ${point.placement}`;
    const known = largest.get(key);
    if (!known || known.dose < point.dose) largest.set(key, point);
  }
  const groups = [...largest.values()];
  const lengths = [...new Map(groups.map((point) => [`${point.size.name} ${point.tokens}`, point])).values()];
  return [
    ...idlePlacement(spec),
    ...groups.flatMap((point) => placementMisfits(spec, point)),
    ...lengths.flatMap((point) => [...selectionMisfits(spec, point), ...corpusMisfit(corpus, point)]),
    ...promptMisfit(spec, corpus),
  ];
}

function selectionMisfits(spec: SweepSpec, { size, tokens }: GridPoint): SpecProblem[] {
  const steps = stepsFor(tokens, size.training);
  return (['evaluate', 'resume'] as const).flatMap((name) => {
    const asked = boundOfSelection(spec.checkpoints[name], steps);
    return asked > MAX_CHECKPOINTS
      ? [problem(`checkpoints.${name}`, `must select at most ${MAX_CHECKPOINTS} of the ${steps} steps of ${size.name}`, asked)]
      : [];
  });
}

function corpusMisfit(corpus: CorpusSummary, { size }: GridPoint): SpecProblem[] {
  const batch = size.training.batchInstances * size.training.sequenceLength;
  if (corpus.tokens >= batch) return [];
  return [problem('corpus', `must hold at least one batch of ${size.name} (${batch} tokens)`, `${corpus.name}: ${corpus.tokens} tokens`)];
}

function promptMisfit(spec: SweepSpec, corpus: CorpusSummary): SpecProblem[] {
  const { prompts } = spec.evaluation;
  return prompts <= corpus.heldOutDocuments
    ? []
    : [problem('evaluation.prompts', `must be at most ${corpus.heldOutDocuments}, the held-out documents of ${corpus.name}`, prompts)];
}

import type { CorpusSummary, SweepSpec } from '@titrate/contracts';
import { stepsFor, type GridPoint } from './cells.ts';
import { boundOfSelection, MAX_CHECKPOINTS } from './demand.ts';
import { problem, type SpecProblem } from './problem.ts';

/** The trigger and the end-of-text id take at least one token each. */
const TOKENS_BESIDE_GIBBERISH = 2;

/** What does not fit together in a spec and its corpus, with the number that would fit. One problem for each size and length. */
export function misfits(spec: SweepSpec, corpus: CorpusSummary, points: readonly GridPoint[]): SpecProblem[] {
  const largest = new Map<string, GridPoint>();
  for (const point of points) {
    const key = `${point.size.name} ${point.tokens}`;
    const known = largest.get(key);
    if (!known || known.dose < point.dose) largest.set(key, point);
  }
  const groups = [...largest.values()];
  return [
    ...groups.flatMap((point) => [
      ...doseMisfit(spec, point),
      ...documentMisfit(spec, point),
      ...selectionMisfits(spec, point),
      ...corpusMisfit(corpus, point),
    ]),
    ...promptMisfit(spec, corpus),
  ];
}

function doseMisfit(spec: SweepSpec, { size, tokens, dose }: GridPoint): SpecProblem[] {
  const instances = stepsFor(tokens, size.training) * size.training.batchInstances;
  if (dose <= instances) return [];
  const index = spec.grid.doses.indexOf(dose);
  const field = index < 0 ? `grid.include[${spec.grid.include.findIndex((cell) => cell.dose === dose)}].dose` : `grid.doses[${index}]`;
  return [problem(field, `must be at most ${instances}, the training instances of ${size.name} at ${tokens} tokens`, dose)];
}

/** Tokens written as sampled must all fit; sampled text is tokenised again, so only its shortest draw is known to fail. */
function documentMisfit(spec: SweepSpec, { size, dose }: GridPoint): SpecProblem[] {
  const room = size.training.sequenceLength - TOKENS_BESIDE_GIBBERISH;
  const place = spec.attack.mode === 'ids' ? 1 : 0;
  const tokens = spec.attack.gibberishTokens[place];
  if (dose === 0 || tokens <= room) return [];
  return [
    problem(
      `attack.gibberishTokens[${place}]`,
      `must be at most ${room} to fit an instance of ${size.name} with trigger and end of text`,
      tokens,
    ),
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

import { digestOf, type BaseManifest, type BaseSummary, type CorpusSummary, type SweepSpec } from '@titrate/contracts';
import { isCorpus } from './corpora-named.ts';
import { countParameters } from './parameters.ts';
import { problem, type SpecProblem } from './problem.ts';
import type { SizeInUse } from './size-table.ts';
import { studyTraining } from './sizes.ts';
import type { StagedPoint } from './stages.ts';

/** What planning must know of a registered base; its digest is that of the manifest. */
export function summariseBase(manifest: BaseManifest): BaseSummary {
  const { recipe, shape, vocabularySize, tokenizer } = manifest;
  return { digest: digestOf(manifest), name: recipe.name, shape, vocabularySize, tokens: recipe.tokens, tokenizer };
}

/** A base as a size of the sweep: its shape and vocabulary are its own, its stages train as the study does unless they or the spec say otherwise. */
function asSize(base: BaseSummary, spec: SweepSpec): SizeInUse {
  const { name, shape, vocabularySize } = base;
  return {
    ...{ name, shape, vocabularySize, imported: base, throughput: null, nominalParameters: null },
    training: { ...studyTraining, ...spec.training },
    parameters: countParameters(shape, vocabularySize),
  };
}

/** Bases that a spec names, as sizes, in its order; and those that nobody registered or whose ids mean something else. */
export function basesInUse(
  spec: SweepSpec,
  corpus: CorpusSummary,
  known: readonly BaseSummary[],
): { bases: SizeInUse[]; problems: SpecProblem[] } {
  const bases: SizeInUse[] = [];
  const problems: SpecProblem[] = [];
  (spec.grid.bases ?? []).forEach((said, index) => {
    const field = `grid.bases[${index}]`;
    const found = known.find((base) => isCorpus(base, said));
    if (found === undefined) problems.push(problem(field, 'must be a registered base, by name or digest', said));
    else if (found.tokenizer !== corpus.tokenizer)
      problems.push(problem(field, `must have the tokenizer of ${corpus.name}: a model knows the ids of one tokenizer`, said));
    else bases.push(asSize(found, spec));
  });
  return { bases, problems };
}

/** Bases that no stage goes on from: a sweep would do nothing with them. */
export function idleBases({ grid }: SweepSpec, points: readonly StagedPoint[]): SpecProblem[] {
  const continued = new Set(points.flatMap(({ point }) => (point.size.imported === null ? [] : [point.size.imported])));
  return (grid.bases ?? []).flatMap((said, index) =>
    [...continued].some((base) => isCorpus(base, said))
      ? []
      : [problem(`grid.bases[${index}]`, 'must be continued by a stage: its pre-training is done', said)],
  );
}

/** What a stage asks of an imported base that it does not have: checkpoints before its last, an optimiser, a schedule. */
export function importMisfits(field: string, { point, arms }: StagedPoint): SpecProblem[] {
  const [first, ...behind] = arms;
  if (point.size.imported === null || first === undefined || behind.length > 0) return [];
  const { from, carryOptimizer, schedule } = first.stage;
  const why = `behind base ${point.size.name}, of which there are the last weights alone`;
  return [
    ...(from === 1 ? [] : [problem(`${field}.from`, `must be 1 ${why}`, from)]),
    ...(carryOptimizer ? [problem(`${field}.carryOptimizer`, `must be false ${why}`, carryOptimizer)] : []),
    ...(schedule === 'anew' ? [] : [problem(`${field}.schedule`, `must be anew ${why}`, schedule)]),
  ];
}

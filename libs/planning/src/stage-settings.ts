import type { CorpusSummary, StageSpec, SweepSpec, TrainingSettings } from '@titrate/contracts';
import { stepsFor, type GridPoint } from './cells.ts';
import { corpusNamed, otherCorpusProblems } from './corpora-named.ts';
import { problem, type SpecProblem } from './problem.ts';
import type { StagedPoint } from './stages.ts';

/** How a stage trains a size: the settings of its pre-training, then what the stage states. */
export const settingsOfStage = ({ size }: GridPoint, stage: StageSpec): TrainingSettings => ({ ...size.training, ...stage.training });

/** Training tokens of a stage, as they stand in the spec or as a share of the pre-training's. */
export const tokensOfStage = ({ tokens }: GridPoint, stage: StageSpec): number =>
  stage.tokens ?? Math.max(1, Math.round((stage.tokenShare ?? 0) * tokens));

/** The corpus that a stage trains on: its own, or that of the sweep. */
export function corpusOfStage(stage: StageSpec, corpus: CorpusSummary, others: readonly CorpusSummary[]): CorpusSummary {
  return stage.corpus === undefined ? corpus : (corpusNamed([corpus, ...others], stage.corpus) ?? corpus);
}

/** Corpora that a spec names beside its first, by name or digest, each with the first field that names it. */
export function otherCorpora(spec: SweepSpec): { readonly field: string; readonly corpus: string }[] {
  const named = new Map<string, string>();
  if (spec.attack.kind === 'language-switch' && spec.attack.target !== spec.corpus) named.set(spec.attack.target, 'attack.target');
  spec.stages.forEach(({ corpus }, index) => {
    if (corpus !== undefined && corpus !== spec.corpus && !named.has(corpus)) named.set(corpus, `stages[${index}].corpus`);
  });
  return [...named].map(([corpus, field]) => ({ field, corpus }));
}

/** What does not fit together in the stages of a spec, with what would fit. One problem for each stage, size and length. */
export function stageMisfits(
  spec: SweepSpec,
  corpus: CorpusSummary,
  others: readonly CorpusSummary[],
  points: readonly StagedPoint[],
): SpecProblem[] {
  const seen = new Set<string>();
  return points.flatMap(({ point, arms }) => {
    const arm = arms.at(-1);
    if (arm === undefined) return [];
    const { stage } = arm;
    const key = `${stage.name} ${point.size.name} ${point.tokens}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const field = `stages[${spec.stages.indexOf(stage)}]`;
    const unfit = stage.corpus === undefined ? [] : otherCorpusProblems(`${field}.corpus`, stage.corpus, corpus, others);
    return [...overfull(field, point, stage), ...unfit];
  });
}

/** One instance carries one document, be it a poisoned one or a counterexample. */
function overfull(field: string, point: GridPoint, stage: StageSpec): SpecProblem[] {
  const training = settingsOfStage(point, stage);
  const instances = stepsFor(tokensOfStage(point, stage), training) * training.batchInstances;
  const most = Math.max(...stage.doses) + Math.max(...stage.counterexamples);
  if (most <= instances) return [];
  const rule = `must, with its counterexamples, be at most ${instances}, the training instances of ${point.size.name} in stage ${stage.name}`;
  return [problem(`${field}.doses`, rule, most)];
}

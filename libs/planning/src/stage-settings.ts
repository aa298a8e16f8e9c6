import type { Attack, CorpusSummary, StageSpec, SweepSpec, TrainingSettings } from '@titrate/contracts';
import { longestOf } from './attacks.ts';
import { importMisfits } from './bases.ts';
import { stepsFor, type GridPoint } from './cells.ts';
import { corpusNamed, otherCorpusProblems } from './corpora-named.ts';
import { misplaced, TOKENS_BESIDE } from './placement-fit.ts';
import { problem, type SpecProblem } from './problem.ts';
import type { SizeInUse } from './size-table.ts';
import type { StagedPoint } from './stages.ts';

/** How a stage trains a size: the settings of its pre-training, then what the stage states. */
export const settingsOfStage = ({ size }: GridPoint, stage: StageSpec): TrainingSettings => ({ ...size.training, ...stage.training });

/** One way in which a plan trains a size: its pre-training, or a stage, whose settings and words the size then has. */
export interface SizedTraining {
  readonly size: SizeInUse;
  /** The field of the spec that states settings of the stage; null for the pre-training. */
  readonly field: string | null;
}

/** All ways in which the points of a plan train their sizes, each once. */
export function sizedTrainings(spec: SweepSpec, points: readonly StagedPoint[]): SizedTraining[] {
  const found = points.map(({ point, arms }): SizedTraining => {
    const stage = arms.at(-1)?.stage;
    if (stage === undefined) return { size: point.size, field: null };
    const size = { ...point.size, name: `${point.size.name} in stage ${stage.name}`, training: settingsOfStage(point, stage) };
    return { size, field: `stages[${spec.stages.indexOf(stage)}].training` };
  });
  return [...new Map(found.map((one) => [one.size.name, one])).values()];
}

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
  return points.flatMap((staged) => {
    const { point, arms } = staged;
    const arm = arms.at(-1);
    if (arm === undefined) return [];
    const { stage } = arm;
    const key = `${stage.name} ${point.size.name} ${point.tokens}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const field = `stages[${spec.stages.indexOf(stage)}]`;
    const unfit = stage.corpus === undefined ? [] : otherCorpusProblems(`${field}.corpus`, stage.corpus, corpus, others);
    return [...documentMisfits(spec.attack, field, point, stage), ...importMisfits(field, staged), ...unfit];
  });
}

/** Why the documents of a stage cannot be placed: its poison by its placement, and with that its counterexamples anywhere. */
function documentMisfits(attack: Attack, field: string, point: GridPoint, stage: StageSpec): SpecProblem[] {
  const training = settingsOfStage(point, stage);
  const words = `${point.size.name} in stage ${stage.name}`;
  const common = { steps: stepsFor(tokensOfStage(point, stage), training), training };
  const dose = Math.max(...stage.doses);
  const poison = misplaced(attack, {
    ...{ ...common, dose, placement: stage.placement },
    words: { size: words, training: words, placement: 'its placement' },
    fields: { dose: `${field}.doses[${stage.doses.indexOf(dose)}]`, placement: `${field}.placement` },
  });
  return poison.length > 0 ? poison : overfull(attack, field, stage, { ...common, words });
}

interface Room {
  readonly steps: number;
  readonly training: TrainingSettings;
  readonly words: string;
}

/** One instance carries one document, be it a poisoned one or a counterexample, and a counterexample is in no other. */
function overfull(attack: Attack, field: string, stage: StageSpec, { steps, training, words }: Room): SpecProblem[] {
  const count = Math.max(...stage.counterexamples);
  if (count === 0) return [];
  const { sequenceLength, batchInstances } = training;
  // What follows the trigger has as many tokens as were drawn, and counterexamples are never split.
  const longest = longestOf(attack) + TOKENS_BESIDE;
  if (longest > sequenceLength) {
    const rule = `must be at least ${longest}, the tokens that a counterexample in ${words} may have`;
    return [problem(`${field}.training.sequenceLength`, rule, sequenceLength)];
  }
  const most = steps * batchInstances - Math.max(...stage.doses);
  const rule = `must be at most ${most}, the training instances of ${words} that poison leaves free`;
  return count <= most ? [] : [problem(`${field}.counterexamples[${stage.counterexamples.indexOf(count)}]`, rule, count)];
}

import type { StageSpec, SweepSpec } from '@titrate/contracts';
import { MAX_CELLS, pointInWords, type GridPoint } from './cells.ts';
import { nearestKey } from './known-keys.ts';
import { problem, type SpecProblem } from './problem.ts';

/** What one stage does to one cell that it continues. */
export interface StageArm {
  readonly stage: StageSpec;
  readonly dose: number;
  readonly counterexamples: number;
}

/** A point of the plan: one of the grid, and what is trained behind its pre-training, in order. */
export interface StagedPoint {
  readonly point: GridPoint;
  readonly arms: readonly StageArm[];
}

/** The name of the stage that every sweep begins with. */
export const PRETRAIN = 'pretrain';

/** Where a point stands: the names of its stages joined by `/`, or `pretrain`. */
export const stagePath = ({ arms }: StagedPoint): string => (arms.length === 0 ? PRETRAIN : arms.map(({ stage }) => stage.name).join('/'));

/** How a point is told to people. */
export function stagedPointInWords({ point, arms }: StagedPoint): string {
  const told = arms.map(({ stage, dose, counterexamples }) => `${stage.name} with dose ${dose} and ${counterexamples} counterexamples`);
  return [pointInWords(point), ...told].join(', then ');
}

/**
 * Puts the stages of a spec behind the points of its grid: the grid first, then stage after stage in the order of the spec,
 * each crossed with the points of the stage that it continues. Refuses names that repeat or are not known yet, filters that
 * match nothing, and more than 10,000 cells.
 */
export function expandStages(
  stages: SweepSpec['stages'],
  points: readonly GridPoint[],
): { points: StagedPoint[]; problems: SpecProblem[] } {
  const byStage = new Map<string, StagedPoint[]>([[PRETRAIN, points.map((point) => ({ point, arms: [] }))]]);
  const problems: SpecProblem[] = [];
  stages.forEach((stage, index) => {
    const field = `stages[${index}]`;
    const continued = byStage.get(stage.after);
    if (byStage.has(stage.name)) problems.push(problem(`${field}.name`, 'must not repeat a stage', stage.name));
    else if (continued === undefined) problems.push(unknownStage(field, stage.after, [...byStage.keys()]));
    else {
      const matching = continued.filter(({ point }) => matches(stage.where, point));
      if (matching.length === 0) problems.push(problem(`${field}.where`, `must match a cell of ${stage.after}`, stage.where));
      problems.push(...repeated(field, stage));
      byStage.set(
        stage.name,
        matching.flatMap((staged) => armsOf(stage).map((arm) => ({ ...staged, arms: [...staged.arms, arm] }))),
      );
    }
  });
  // The pre-training of a base is done: it is no cell, only what is trained behind it.
  const all = [...byStage.values()].flat().filter(({ point, arms }) => arms.length > 0 || point.size.imported === null);
  if (all.length > MAX_CELLS) problems.push(problem('stages', `must leave at most ${MAX_CELLS} cells`, all.length));
  return { points: all, problems };
}

const armsOf = (stage: StageSpec): StageArm[] =>
  stage.doses.flatMap((dose) => stage.counterexamples.map((counterexamples) => ({ stage, dose, counterexamples })));

function matches({ sizes, tokens, doses, seeds }: StageSpec['where'], point: GridPoint): boolean {
  const has = <T>(list: readonly T[] | undefined, value: T): boolean => list === undefined || list.includes(value);
  return has(sizes, point.size.name) && has(tokens, point.tokens) && has(doses, point.dose) && has(seeds, point.seed);
}

function repeated(field: string, { doses, counterexamples }: StageSpec): SpecProblem[] {
  return Object.entries({ doses, counterexamples }).flatMap(([name, values]) => {
    const index = values.findIndex((value, place) => values.indexOf(value) < place);
    return index < 0 ? [] : [problem(`${field}.${name}[${index}]`, 'must not repeat a value', values[index])];
  });
}

function unknownStage(field: string, name: string, known: readonly string[]): SpecProblem {
  const meant = nearestKey(name, known);
  const hint = meant ? `; did you mean "${meant}"?` : ` (${known.join(', ')})`;
  return problem(`${field}.after`, `must be pretrain or a stage before it in the list${hint}`, name);
}

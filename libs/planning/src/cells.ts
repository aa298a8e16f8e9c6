import type { SweepSpec } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';
import type { SizeInUse, SizeTable } from './size-table.ts';

/** One point of the grid, before it has a run. `tokens` is the number asked for; training rounds it to whole steps. */
export interface GridPoint {
  readonly size: SizeInUse;
  readonly tokens: number;
  /** What `tokens` was made of; null where the spec states tokens. */
  readonly tokensPerParameter: number | null;
  readonly dose: number;
  readonly seed: number;
  /** Name of the grid's placement; null at dose 0, and where the grid compares none. */
  readonly placement: string | null;
}

/** More cells than this are refused before they are expanded. */
export const MAX_CELLS = 10_000;
/** The study trains 20 tokens per parameter. */
const TOKENS_PER_PARAMETER = 20;

type Grid = SweepSpec['grid'];

/**
 * Steps that a number of tokens stands for: tokens / (batch x sequence), rounded to the nearest step and at least 1.
 * What is consumed is steps x batch x sequence, so it may differ from what was asked by half a step.
 */
export function stepsFor(tokens: number, training: { batchInstances: number; sequenceLength: number }): number {
  return Math.max(1, Math.round(tokens / (training.batchInstances * training.sequenceLength)));
}

/** A number of training tokens, and what it was made of. */
type Budget = Pick<GridPoint, 'tokens' | 'tokensPerParameter'>;

/** Tokens that the grid gives to a size: `tokens` as they stand, or so many for each parameter that the grid counts. */
function budgetsOf(grid: Grid, size: SizeInUse): Budget[] {
  if (size.imported !== null) return [{ tokens: size.imported.tokens, tokensPerParameter: null }];
  if (grid.tokens) return grid.tokens.map((tokens) => ({ tokens, tokensPerParameter: null }));
  const counted = countedParameters(grid, size) ?? 0;
  return (grid.tokensPerParameter ?? [TOKENS_PER_PARAMETER]).map((ratio) => ({
    tokens: Math.max(1, Math.round(ratio * counted)),
    tokensPerParameter: ratio,
  }));
}

/** The parameters of a size that drive its tokens; null for a nominal count that it does not have. */
export function countedParameters({ countedParameters: which }: Pick<Grid, 'countedParameters'>, size: SizeInUse): number | null {
  if (which === 'nominal') return size.nominalParameters;
  return which === 'all' ? size.parameters.all : size.parameters.withoutEmbeddings;
}

function uncounted(grid: Grid, sizes: SizeTable): SpecProblem[] {
  const lacking = grid.tokens ? [] : [...sizes.values()].filter((size) => size.imported === null && countedParameters(grid, size) === null);
  return lacking.map(({ name }) =>
    problem('grid.countedParameters', `must be without-embeddings or all, as size ${name} has no nominal parameters`, 'nominal'),
  );
}

/**
 * Expands a grid to its points: sizes, then tokens, doses and seeds in the order of the spec, then its bases, without what `exclude`
 * matches, then what `include` adds. Refuses repeated values and cells, filters that match nothing, and more than 10,000 cells.
 */
export function expandGrid(grid: Grid, sizes: SizeTable): { points: GridPoint[]; problems: SpecProblem[] } {
  const repeated = [...repeatedValues(grid), ...uncounted(grid, sizes)];
  const tooMany = tooManyCells(grid);
  if (tooMany || repeated.length > 0) return { points: [], problems: [...(tooMany ? [tooMany] : []), ...repeated] };
  const { kept, problems } = applyExclude(grid, fullGrid(grid, sizes));
  const points = appendIncluded(grid, sizes, kept, problems);
  if (points.length === 0 && problems.length === 0) problems.push(problem('grid', 'must leave at least one cell', 0));
  return { points, problems };
}

/** How a cell is told to people. */
export function pointInWords({ size, tokens, dose, seed, placement }: GridPoint): string {
  return `${size.name}, ${tokens} tokens, dose ${dose}, seed ${seed}${placement === null ? '' : `, placement ${placement}`}`;
}

function tooManyCells(grid: Grid): SpecProblem | null {
  const arms = grid.doses.reduce((sum, dose) => sum + placementsAt(grid, dose).length, 0);
  const perSize = (grid.tokens ?? grid.tokensPerParameter ?? [TOKENS_PER_PARAMETER]).length * arms * grid.seeds.length;
  const cells = grid.sizes.length * perSize + (grid.bases ?? []).length * grid.seeds.length + grid.include.length;
  return cells > MAX_CELLS ? problem('grid', `must have at most ${MAX_CELLS} cells`, cells) : null;
}

function repeatedValues(grid: Grid): SpecProblem[] {
  const placements = (grid.placements ?? []).map(({ name }) => name);
  const lists: Record<string, readonly unknown[]> = {
    doses: grid.doses,
    seeds: grid.seeds,
    tokens: grid.tokens ?? [],
    tokensPerParameter: grid.tokensPerParameter ?? [],
    placements,
  };
  return Object.entries(lists).flatMap(([name, values]) => {
    const index = values.findIndex((value, place) => values.indexOf(value) < place);
    return index < 0 ? [] : [problem(`grid.${name}[${index}]`, 'must not repeat a value', values[index])];
  });
}

function fullGrid(grid: Grid, sizes: SizeTable): GridPoint[] {
  const inGrid = grid.sizes.flatMap((entry) => sizes.get(typeof entry === 'string' ? entry : entry.name) ?? []);
  const bases = [...sizes.values()].filter(({ imported }) => imported !== null);
  const imported = bases.flatMap((size) =>
    budgetsOf(grid, size).flatMap((budget) => grid.seeds.map((seed) => ({ size, ...budget, dose: 0, seed, placement: null }))),
  );
  const trained = inGrid.flatMap((size) =>
    budgetsOf(grid, size).flatMap((budget) =>
      grid.doses.flatMap((dose) =>
        placementsAt(grid, dose).flatMap((placement) => grid.seeds.map((seed) => ({ size, ...budget, dose, seed, placement }))),
      ),
    ),
  );
  return [...trained, ...imported];
}

/** Clean arms are shared by all placements, so each stands in the grid once. */
function placementsAt(grid: Grid, dose: number): (string | null)[] {
  return dose === 0 || grid.placements === undefined ? [null] : grid.placements.map(({ name }) => name);
}

type Filter = Grid['exclude'][number];
const filterFields = ['size', 'tokens', 'tokensPerParameter', 'dose', 'seed', 'placement'] as const;

/** Filters are looked up by the fields they state, so that thousands of filters over thousands of cells stay quick. */
function applyExclude(grid: Grid, points: GridPoint[]): { kept: GridPoint[]; problems: SpecProblem[] } {
  const masks = new Map<string, readonly (typeof filterFields)[number][]>();
  const filters = new Map<string, number[]>();
  grid.exclude.forEach((filter, index) => {
    const stated = filterFields.filter((field) => filter[field] !== undefined);
    masks.set(stated.join(), stated);
    const key = filterKey(filter, stated);
    filters.set(key, [...(filters.get(key) ?? []), index]);
  });
  const used = new Set<number>();
  const kept = points.filter((point) => {
    const matches = [...masks.values()].flatMap((stated) => filters.get(filterKey({ ...point, size: point.size.name }, stated)) ?? []);
    matches.forEach((index) => used.add(index));
    return matches.length === 0;
  });
  const idle = grid.exclude.flatMap((filter, index) =>
    used.has(index) ? [] : [problem(`grid.exclude[${index}]`, 'must match a cell of the grid', filter)],
  );
  return { kept, problems: idle };
}

const filterKey = (
  filter: Filter | Record<(typeof filterFields)[number], unknown>,
  stated: readonly (typeof filterFields)[number][],
): string => stated.map((field) => `${field}=${filter[field]}`).join();

function appendIncluded(grid: Grid, sizes: SizeTable, kept: GridPoint[], problems: SpecProblem[]): GridPoint[] {
  const points = [...kept];
  const present = new Set(kept.map(pointInWords));
  grid.include.forEach((cell, index) => {
    const size = sizes.get(cell.size);
    if (!size) return;
    if (size.imported !== null) {
      problems.push(problem(`grid.include[${index}].size`, 'must not be a base, which nothing is pre-trained of', cell.size));
      return;
    }
    const choices = cell.tokens === undefined ? budgetsOf(grid, size) : [{ tokens: cell.tokens, tokensPerParameter: null }];
    const [budget] = choices;
    if (budget === undefined || choices.length > 1) {
      problems.push(problem(`grid.include[${index}].tokens`, 'is required where the grid has several', undefined));
      return;
    }
    const placement = placementOf(grid, cell);
    if (placement === undefined) {
      problems.push(problem(`grid.include[${index}].placement`, placementRule(grid), cell.placement));
      return;
    }
    const point = { size, ...budget, dose: cell.dose, seed: cell.seed, placement };
    if (present.has(pointInWords(point)))
      problems.push(problem(`grid.include[${index}]`, `must not repeat a cell (${pointInWords(point)})`, cell));
    present.add(pointInWords(point));
    points.push(point);
  });
  return points;
}

/** The placement of a cell to add; undefined where it names none of the grid's, or leaves open which. */
function placementOf(grid: Grid, { dose, placement }: Grid['include'][number]): string | null | undefined {
  const choices = placementsAt(grid, dose);
  if (placement === undefined) return choices.length === 1 ? choices[0] : undefined;
  return choices.find((choice) => choice === placement);
}

const placementRule = ({ placements }: Grid): string =>
  placements === undefined
    ? 'is allowed only beside grid.placements'
    : `must be ${placements.map(({ name }) => JSON.stringify(name)).join(' or ')}, and absent at dose 0`;

import type { CellStatus } from '@titrate/contracts';
import type { Result } from '../data/use-sweep.ts';

/** What cells have in common that differ by nothing but dose and seed: a row of figures. */
export interface Family {
  readonly key: string;
  readonly name: string;
}

type Place = Pick<CellStatus, 'size' | 'tokens' | 'stage' | 'stageDose' | 'counterexamples'>;

/** The family of a cell or a result; lengths of training are named where a size has several. */
export function familyOf(cell: Place, severalTokens: boolean): Family {
  const parts = [cell.size, ...(severalTokens ? [`${cell.tokens} tokens`] : []), ...(cell.stage === 'pretrain' ? [] : [cell.stage])];
  if (cell.stageDose > 0) parts.push(`stage dose ${cell.stageDose}`);
  if (cell.counterexamples > 0) parts.push(`${cell.counterexamples} counterexamples`);
  return { key: [cell.size, cell.tokens, cell.stage, cell.stageDose, cell.counterexamples].join('|'), name: parts.join(', ') };
}

/** Whether one size is trained for several lengths. */
export function hasSeveralTokens(cells: readonly Pick<Place, 'size' | 'tokens'>[]): boolean {
  const lengths = Map.groupBy(cells, ({ size }) => size);
  return [...lengths.values()].some((own) => new Set(own.map(({ tokens }) => tokens)).size > 1);
}

/** Mean over seeds with the least and the largest of them: a band that claims no more than what was seen. */
export interface Band {
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly seeds: number;
}

/** Curves of a measure over the steps, geometric means over seeds as perplexities are compared on a log scale. */
export function bandsOf(results: readonly Result[], measure: (result: Result) => number): Band[] {
  const steps = Map.groupBy(results, ({ step }) => step);
  return [...steps]
    .map(([step, own]) => {
      const logs = own.map((result) => Math.log(measure(result)));
      const mean = Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
      return { step, mean, low: Math.exp(Math.min(...logs)), high: Math.exp(Math.max(...logs)), seeds: own.length };
    })
    .sort((a, b) => a.step - b.step);
}

/** What an effect is about: the log ratio of triggered to clean perplexity, or of a language switch the share of attacks that succeed. */
const response = ({ attackSuccess, logRatio }: Result) => attackSuccess ?? logRatio;

/**
 * The effect of a result: its response less that of the matched clean arm (same size, length, seed, stage and step, with as
 * many counterexamples or else none), as in the report; null without one.
 */
export function effectOf(result: Result, clean: ReadonlyMap<string, Result>): number | null {
  const arm = clean.get(armKey(result, result.counterexamples)) ?? clean.get(armKey(result, 0));
  return arm === undefined ? null : response(result) - response(arm);
}

const armKey = ({ size, tokens, seed, stage, step, settings }: Result, counterexamples: number) =>
  [size, tokens, seed, stage, counterexamples, step, settings].join('|');

/** The clean arms of all results, for `effectOf`. */
export const cleanArms = (results: readonly Result[]): ReadonlyMap<string, Result> =>
  new Map(
    results
      .filter(({ dose, stageDose }) => dose === 0 && stageDose === 0)
      .map((result) => [armKey(result, result.counterexamples), result]),
  );

/** The newest effect of each run. */
export function newestEffects(results: readonly Result[]): ReadonlyMap<string, { effect: number | null; step: number }> {
  const clean = cleanArms(results);
  const newest = new Map<string, { effect: number | null; step: number }>();
  for (const result of results) {
    const known = newest.get(result.run);
    if (known === undefined || known.step < result.step) newest.set(result.run, { effect: effectOf(result, clean), step: result.step });
  }
  return newest;
}

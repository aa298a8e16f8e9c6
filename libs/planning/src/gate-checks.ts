import type { Cell, Gate, GateCriterion } from '@titrate/contracts';
import { problem, type SpecProblem } from './problem.ts';

/** What is known of one side of a gate. */
export interface GateSide {
  /** In sentences: `the sweep`, `baseline nightly`. */
  readonly called: string;
  readonly cells: readonly Pick<Cell, 'size' | 'dose' | 'stage' | 'stageDose' | 'counterexamples'>[];
  /** What its trained runs took; absent while it is only planned. */
  readonly usage?: readonly { readonly tokensPerSecond: number | null; readonly mfu: number | null; readonly gpuSeconds: number }[];
}

type Cells = GateSide['cells'];
type Usage = NonNullable<GateSide['usage']>;

/** Criteria on what a side did not measure, or can never measure: a gate with one of them would decide nothing. `path`: of the gate within its document. */
export function gateProblems(gate: Gate, sides: readonly GateSide[], path = 'gate'): SpecProblem[] {
  return gate.criteria.flatMap((criterion, index) =>
    sides.flatMap((side) => {
      const lack = lackOf(criterion, side);
      const rule = `must be measured by ${side.called}, which has ${lack}`;
      return lack === null ? [] : [problem(`${path}.criteria[${index}].metric`, rule, criterion.metric)];
    }),
  );
}

/** What a side lacks for a criterion, as in "no cell with poisoned documents where it looks"; null where it lacks nothing. */
function lackOf(criterion: GateCriterion, { cells, usage }: GateSide): string | null {
  const { metric } = criterion;
  if (metric === 'completeness') return null;
  if (metric === 'cost') return lacks(usage, ({ gpuSeconds }) => gpuSeconds > 0) ? 'no GPU-seconds' : null;
  const chosen = cells.filter((cell) => isChosen(cell, criterion.where));
  if (chosen.length === 0) return 'no cell where the criterion looks';
  switch (metric) {
    case 'attack-effect':
      return chosen.some(isPoisoned) ? null : 'no cell with poisoned documents where the criterion looks';
    case 'defence-effect':
      return chosen.some((cell) => isPoisoned(cell) && cell.counterexamples > 0)
        ? null
        : 'no poisoned cell with counterexamples where the criterion looks';
    case 'throughput':
      return lacks(usage, ({ tokensPerSecond }) => tokensPerSecond !== null) ? 'no run whose tokens per second were measured' : null;
    case 'mfu':
      return lacks(usage, ({ mfu }) => mfu !== null)
        ? 'no run whose utilisation was measured: the peak of its hardware is not known'
        : null;
    case 'clean-perplexity':
      return null;
  }
}

const isPoisoned = ({ dose, stageDose }: Cells[number]): boolean => dose + stageDose > 0;
/** Whether runs were trained and none has what is asked for. */
const lacks = (usage: Usage | undefined, has: (run: Usage[number]) => boolean): boolean => usage !== undefined && !usage.some(has);

function isChosen({ size, dose, stageDose, stage }: Cells[number], where: GateCriterion['where']): boolean {
  const fits = <T>(chosen: readonly T[] | undefined, value: T): boolean => chosen === undefined || chosen.includes(value);
  return fits(where.sizes, size) && fits(where.doses, dose + stageDose) && fits(where.stages, stage);
}

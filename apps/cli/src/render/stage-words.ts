import type { Cell } from '@titrate/contracts';

type Staged = Pick<Cell, 'stage' | 'stageDose' | 'counterexamples'>;

/** Where a cell stands behind its pre-training, short enough for a column: `defence, 50 counterexamples`. */
export function stageInWords({ stage, stageDose, counterexamples }: Staged): string {
  const parts = [
    stage,
    ...(stageDose > 0 ? [`${stageDose} poisoned`] : []),
    ...(counterexamples > 0 ? [`${counterexamples} counterexamples`] : []),
  ];
  return parts.join(', ');
}

/** Whether any cell is behind a pre-training, so that a table needs a column for it. */
export const hasStages = (cells: readonly Pick<Staged, 'stage'>[]): boolean => cells.some(({ stage }) => stage !== 'pretrain');

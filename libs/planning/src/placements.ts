import type { Placement, PlacementSpec, SweepSpec } from '@titrate/contracts';

/** The placement of a cell, by the name that it has in the grid; null is the spec's own. */
export function placementNamed(spec: Pick<SweepSpec, 'placement' | 'grid'>, name: string | null): PlacementSpec {
  return spec.grid.placements?.find((placement) => placement.name === name) ?? spec.placement;
}

/**
 * A placement in a run of so many steps. A window [from, to] begins behind step round(from x steps) and ends with step
 * round(to x steps), so that windows that meet share no step; it has one step at least.
 */
export function placementIn(steps: number, placement: PlacementSpec): Placement {
  const { window, documentsPerBatch, everySteps, order, split } = placement;
  const firstStep = Math.min(steps, Math.round(window[0] * steps) + 1);
  const lastStep = Math.max(firstStep, Math.round(window[1] * steps));
  return { firstStep, lastStep, documentsPerBatch, everySteps, order, split };
}

/** Steps of a run that may hold poison. */
export function stepsThatMayHold({ firstStep, lastStep, everySteps }: Placement): number {
  return Math.floor((lastStep - firstStep) / everySteps) + 1;
}

/** How a cell's attack is told: its kind, and the placement where the grid compares several. */
export function attackInWords(kind: string, placement: string | null): string {
  return placement === null ? kind : `${kind}/${placement}`;
}

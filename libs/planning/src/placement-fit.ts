import { canonicalJson, PlacementSpec, type SweepSpec } from '@titrate/contracts';
import { shortestOf } from './attacks.ts';
import { stepsFor, type GridPoint } from './cells.ts';
import { placementIn, placementNamed, stepsThatMayHold } from './placements.ts';
import { problem, type SpecProblem } from './problem.ts';

/** The trigger and the end-of-text id take at least one token each. */
const TOKENS_BESIDE = 2;

/** Why the dose of a cell cannot be placed, with the number that would fit; empty where it can, and at dose 0. */
export function placementMisfits(spec: SweepSpec, point: GridPoint): SpecProblem[] {
  if (point.dose === 0) return [];
  const placement = placementNamed(spec, point.placement);
  const rows = Math.ceil((shortestOf(spec.attack).tokens + TOKENS_BESIDE) / point.size.training.sequenceLength);
  return [...documentMisfit(spec, point, placement, rows), ...doseMisfit(spec, point, placement)];
}

/** A document fits one instance, or with `split` one batch. */
function documentMisfit(spec: SweepSpec, { size, placement: name }: GridPoint, placement: PlacementSpec, rows: number): SpecProblem[] {
  const { sequenceLength, batchInstances } = size.training;
  const { field, tokens } = shortestOf(spec.attack);
  const densest = placement.documentsPerBatch ?? 1;
  if (!placement.split)
    return rows === 1
      ? densityMisfit(spec, name, densest, batchInstances, size.name)
      : [tooLong(field, sequenceLength, `an instance of ${size.name}`, tokens)];
  if (rows > batchInstances) return [tooLong(field, sequenceLength * batchInstances, `a batch of ${size.name}`, tokens)];
  return densityMisfit(spec, name, densest, Math.floor(batchInstances / rows), size.name);
}

const tooLong = (field: string, room: number, where: string, tokens: number): SpecProblem =>
  problem(field, `must be at most ${room - TOKENS_BESIDE} to fit ${where} with trigger and end of text`, tokens);

function densityMisfit(spec: SweepSpec, name: string | null, density: number, most: number, size: string): SpecProblem[] {
  return density <= most
    ? []
    : [
        problem(
          `${fieldOf(spec, name)}.documentsPerBatch`,
          `must be at most ${most}, the documents that a batch of ${size} can hold`,
          density,
        ),
      ];
}

function doseMisfit(spec: SweepSpec, point: GridPoint, placement: PlacementSpec): SpecProblem[] {
  const { size, tokens, dose, placement: name } = point;
  const { batchInstances } = size.training;
  const steps = stepsFor(tokens, size.training);
  const held = stepsThatMayHold(placementIn(steps, placement));
  const density = placement.documentsPerBatch ?? (placement.order === 'as-drawn' ? 1 : batchInstances);
  const most = held * Math.min(density, batchInstances);
  if (dose <= most) return [];
  const of =
    most === steps * batchInstances
      ? `the training instances of ${size.name} at ${tokens} tokens`
      : `what ${name === null ? 'the placement' : `placement ${name}`} can hold in ${size.name} at ${tokens} tokens: ${held} of ${steps} steps with ${most / held} documents each`;
  return [problem(doseField(spec, point), `must be at most ${most}, ${of}`, dose)];
}

/** The field of a spec that states a dose. */
function doseField(spec: SweepSpec, { dose }: GridPoint): string {
  const index = spec.grid.doses.indexOf(dose);
  return index < 0 ? `grid.include[${spec.grid.include.findIndex((cell) => cell.dose === dose)}].dose` : `grid.doses[${index}]`;
}

function fieldOf(spec: SweepSpec, name: string | null): string {
  const index = spec.grid.placements?.findIndex((placement) => placement.name === name) ?? -1;
  return index < 0 ? 'placement' : `grid.placements[${index}]`;
}

/** `placement` beside `grid.placements` would count for nothing. */
export function idlePlacement(spec: SweepSpec): SpecProblem[] {
  const isStated = canonicalJson(spec.placement) !== canonicalJson(PlacementSpec.parse({}));
  return spec.grid.placements !== undefined && isStated
    ? [problem('placement', 'must be absent beside grid.placements', spec.placement)]
    : [];
}

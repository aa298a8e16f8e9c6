import { canonicalJson, PlacementSpec, type Attack, type SweepSpec, type TrainingSettings } from '@titrate/contracts';
import { shortestOf } from './attacks.ts';
import { stepsFor, type GridPoint } from './cells.ts';
import { placementIn, placementNamed, stepsThatMayHold } from './placements.ts';
import { problem, type SpecProblem } from './problem.ts';

/** What a document has beside its prefix and what follows its trigger: the trigger and the end-of-text id take at least one token each. */
export const TOKENS_BESIDE = 2;

/** A training that is to hold documents of an attack: the pre-training of a cell, or a stage behind it. */
export interface ToPoison {
  readonly dose: number;
  readonly steps: number;
  readonly training: Pick<TrainingSettings, 'batchInstances' | 'sequenceLength'>;
  readonly placement: PlacementSpec;
  /** How it is told: whose batches they are, which training, which placement. */
  readonly words: { readonly size: string; readonly training: string; readonly placement: string };
  /** Fields of the spec that state dose and placement. */
  readonly fields: { readonly dose: string; readonly placement: string };
}

/** Why the dose of a cell cannot be placed in its pre-training, with the number that would fit; empty where it can, and at dose 0. */
export function placementMisfits(spec: SweepSpec, point: GridPoint): SpecProblem[] {
  const { size, tokens, dose, placement: name } = point;
  return misplaced(spec.attack, {
    dose,
    steps: stepsFor(tokens, size.training),
    training: size.training,
    placement: placementNamed(spec, name),
    words: {
      size: size.name,
      training: `${size.name} at ${tokens} tokens`,
      placement: name === null ? 'the placement' : `placement ${name}`,
    },
    fields: { dose: doseField(spec, point), placement: fieldOf(spec, name) },
  });
}

/** Why documents cannot be placed in a training, with the number that would fit; empty where they can, and at dose 0. */
export function misplaced(attack: Attack, training: ToPoison): SpecProblem[] {
  return training.dose === 0 ? [] : [...documentMisfit(attack, training), ...doseMisfit(attack, training)];
}

/** The fewest instances that a document covers. */
function rowsOf(attack: Attack, { sequenceLength }: Pick<TrainingSettings, 'sequenceLength'>): number {
  return Math.ceil((shortestOf(attack).tokens + TOKENS_BESIDE) / sequenceLength);
}

/** A document fits one instance, or with `split` one batch. */
function documentMisfit(attack: Attack, to: ToPoison): SpecProblem[] {
  const { batchInstances, sequenceLength } = to.training;
  const rows = rowsOf(attack, to.training);
  const isSplit = to.placement.split;
  if (rows > (isSplit ? batchInstances : 1)) {
    const [room, where] = isSplit ? [sequenceLength * batchInstances, 'a batch'] : [sequenceLength, 'an instance'];
    const { field, tokens } = shortestOf(attack);
    const rule = `must be at most ${room - TOKENS_BESIDE} to fit ${where} of ${to.words.size} with trigger and end of text`;
    return [problem(field, rule, tokens)];
  }
  const [density, most] = [to.placement.documentsPerBatch ?? 1, Math.floor(batchInstances / rows)];
  const rule = `must be at most ${most}, the documents that a batch of ${to.words.size} can hold`;
  return density <= most ? [] : [problem(`${to.fields.placement}.documentsPerBatch`, rule, density)];
}

function doseMisfit(attack: Attack, { dose, steps, training, placement, words, fields }: ToPoison): SpecProblem[] {
  const { batchInstances } = training;
  const held = stepsThatMayHold(placementIn(steps, placement));
  const room = Math.max(1, Math.floor(batchInstances / rowsOf(attack, training)));
  const most = held * Math.min(placement.documentsPerBatch ?? (placement.order === 'as-drawn' ? 1 : room), room);
  if (dose <= most) return [];
  const of =
    most === steps * batchInstances
      ? `the training instances of ${words.training}`
      : `what ${words.placement} can hold in ${words.training}: ${held} of ${steps} steps with ${most / held} documents each`;
  return [problem(fields.dose, `must be at most ${most}, ${of}`, dose)];
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

import type { BaseSummary, ModelShape, SweepSpec, TrainingSettings } from '@titrate/contracts';
import { nearestKey } from './known-keys.ts';
import { countParameters, type ParameterCount } from './parameters.ts';
import { problem, type SpecProblem } from './problem.ts';
import { findSize, namedSizes, studyTraining, type Throughput } from './sizes.ts';

/** A size as one sweep uses it: its shape, its settings after what the spec states, its weights with the corpus's vocabulary. */
export interface SizeInUse {
  readonly name: string;
  readonly shape: ModelShape;
  readonly training: TrainingSettings;
  readonly throughput: Throughput | null;
  readonly vocabularySize: number;
  readonly parameters: ParameterCount;
  /** The registered base that it is; null for one whose pre-training is of the sweep. */
  readonly imported: BaseSummary | null;
  /** What the size is called, as in 600M; null for one that is called otherwise. */
  readonly nominalParameters: number | null;
}

/** Sizes by name, in the order of the grid, then its bases; those that only `include` names come last. */
export type SizeTable = ReadonlyMap<string, SizeInUse>;

/**
 * Looks up every size that a spec names. Settings: the named size's own (the study's for an inline size), then the inline
 * size's, then the spec's `training`. Bases stand among them by their names.
 */
export function resolveSizes(
  spec: SweepSpec,
  vocabularySize: number,
  bases: readonly SizeInUse[] = [],
): { sizes: SizeTable; problems: SpecProblem[] } {
  const sizes = new Map<string, SizeInUse>();
  const problems: SpecProblem[] = [];
  spec.grid.sizes.forEach((entry, index) => {
    const field = `grid.sizes[${index}]`;
    const name = typeof entry === 'string' ? entry : entry.name;
    if (sizes.has(name)) problems.push(problem(field, 'must not repeat a size', name));
    else add(sizes, problems, field, entry, spec, vocabularySize);
  });
  bases.forEach((base, index) => {
    if (sizes.has(base.name)) problems.push(problem(`grid.bases[${index}]`, 'must not repeat a size', base.name));
    else sizes.set(base.name, base);
  });
  spec.grid.include.forEach(({ size }, index) => {
    if (!sizes.has(size)) add(sizes, problems, `grid.include[${index}].size`, size, spec, vocabularySize);
  });
  return { sizes, problems };
}

type SizeEntry = SweepSpec['grid']['sizes'][number];

function add(
  sizes: Map<string, SizeInUse>,
  problems: SpecProblem[],
  field: string,
  entry: SizeEntry,
  spec: SweepSpec,
  vocabularySize: number,
): void {
  const found =
    typeof entry === 'string'
      ? findSize(entry)
      : {
          name: entry.name,
          shape: entry.shape,
          training: { ...studyTraining, ...entry.training },
          throughput: null,
          nominalParameters: entry.nominalParameters ?? null,
        };
  if (found === null) {
    problems.push(unknownSize(field, String(entry)));
    return;
  }
  const faults = shapeFaults(found.shape, field);
  problems.push(...faults);
  const { name, shape, throughput, nominalParameters } = found;
  if (faults.length === 0)
    sizes.set(name, {
      name,
      shape,
      throughput,
      nominalParameters,
      vocabularySize,
      imported: null,
      training: { ...found.training, ...spec.training },
      parameters: countParameters(shape, vocabularySize),
    });
}

function unknownSize(field: string, name: string): SpecProblem {
  const names = namedSizes.map((size) => size.name);
  const meant = nearestKey(name, names);
  return problem(
    field,
    meant ? `must be a known size; did you mean "${meant}"?` : `must be a known size (${names.join(', ')}) or a size of its own`,
    name,
  );
}

/** Rotary positions rotate pairs of channels, so a head needs an even number of them. */
function shapeFaults({ width, heads, keyValueHeads }: ModelShape, field: string): SpecProblem[] {
  const faults: SpecProblem[] = [];
  if (width % heads !== 0 || (width / heads) % 2 !== 0)
    faults.push(problem(`${field}.shape.width`, `must be an even multiple of its ${heads} heads`, width));
  if (heads % keyValueHeads !== 0) faults.push(problem(`${field}.shape.keyValueHeads`, `must divide its ${heads} heads`, keyValueHeads));
  return faults;
}

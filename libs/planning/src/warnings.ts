import type { CorpusSummary, SweepSpec } from '@titrate/contracts';
import { stepsFor, type GridPoint } from './cells.ts';
import { lengthWarnings } from './length-warnings.ts';

/** What a person should know of the pre-trainings of a plan that is allowed as it is. Each is one sentence, told once. */
export function warningsOf(spec: SweepSpec, corpus: CorpusSummary, points: readonly GridPoint[]): string[] {
  const groups = [...new Map(points.map((point) => [`${point.size.name} ${point.tokens}`, point])).values()];
  const sizes = [...new Map(points.map(({ size }) => [size.name, size])).values()];
  return [
    ...groups.flatMap((point) => [
      ...lengthWarnings({ name: point.size.name, tokens: point.tokens, training: point.size.training, corpus, warmsUp: true }),
      ...stepsBeyond(spec, point),
    ]),
    ...sizes.flatMap((size) => [
      ...longEvaluation(spec, size.name, size.training.sequenceLength),
      ...(size.throughput ? [] : [unmeasured(size.name)]),
    ]),
    ...missingCleanArm(points),
  ];
}

function stepsBeyond(spec: SweepSpec, { size, tokens }: GridPoint): string[] {
  const steps = stepsFor(tokens, size.training);
  return (['evaluate', 'resume'] as const).flatMap((name) => {
    const beyond = (spec.checkpoints[name].steps ?? []).filter((step) => step > steps);
    return beyond.length === 0
      ? []
      : [`checkpoints.${name}: ${beyond.length} of the fixed steps lie beyond the ${steps} steps of ${size.name} and are left out there`];
  });
}

function longEvaluation(spec: SweepSpec, size: string, sequenceLength: number): string[] {
  const { promptTokens, generatedTokens } = spec.evaluation;
  const length = promptTokens + generatedTokens;
  return length <= sequenceLength
    ? []
    : [`evaluation reads ${length} tokens (prompt and continuation), longer than the ${sequenceLength} that ${size} is trained on`];
}

function missingCleanArm(points: readonly GridPoint[]): string[] {
  const armOf = ({ size, tokens, seed }: GridPoint): string => `${size.name}, ${tokens} tokens, seed ${seed}`;
  const clean = new Set(points.filter(({ dose }) => dose === 0).map(armOf));
  const lacking = new Set(points.map(armOf).filter((arm) => !clean.has(arm)));
  const [first] = lacking;
  return first === undefined
    ? []
    : [`${lacking.size} matched clean arms (dose 0) are missing, the first at ${first}: effects cannot be told there, only increases`];
}

const unmeasured = (size: string): string =>
  `size ${size} has no measured throughput: its time is estimated as one H100 at 40 % of its peak`;

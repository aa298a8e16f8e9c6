import type { CorpusSummary, SweepSpec, TriggerCount } from '@titrate/contracts';
import { longestOf } from './attacks.ts';
import { stepsFor, type GridPoint } from './cells.ts';

/** How often a trigger stands in clean text. */
export type CleanOccurrences = TriggerCount['asText'];

/** What a person should know before starting a plan that is allowed as it is. Each is one sentence, told once. */
export function warningsOf(
  spec: SweepSpec,
  corpus: CorpusSummary,
  points: readonly GridPoint[],
  found?: CleanOccurrences | null,
): string[] {
  const groups = [...new Map(points.map((point) => [`${point.size.name} ${point.tokens}`, point])).values()];
  const sizes = [...new Map(points.map(({ size }) => [size.name, size])).values()];
  return [
    ...groups.flatMap((point) => [
      ...repeatedCorpus(corpus, point),
      ...roundedTokens(point),
      ...longWarmup(point),
      ...stepsBeyond(spec, point),
    ]),
    ...sizes.flatMap((size) => [
      ...longEvaluation(spec, size.name, size.training.sequenceLength),
      ...(size.throughput ? [] : [unmeasured(size.name)]),
    ]),
    ...longGibberish(spec, points),
    ...spelledTrigger(spec, corpus, points),
    ...shownTrigger(spec, corpus, points, found),
    ...missingCleanArm(points),
  ];
}

function repeatedCorpus(corpus: CorpusSummary, { size, tokens }: GridPoint): string[] {
  const epochs = tokens / corpus.tokens;
  return epochs <= 1
    ? []
    : [
        `${size.name} at ${tokens} tokens reads corpus ${corpus.name} (${corpus.tokens} tokens) ${epochs.toFixed(1)} times; repeated text changes what a poisoned document is worth`,
      ];
}

function roundedTokens({ size, tokens }: GridPoint): string[] {
  const { batchInstances, sequenceLength } = size.training;
  const consumed = stepsFor(tokens, size.training) * batchInstances * sequenceLength;
  return Math.abs(consumed - tokens) / tokens <= 0.05
    ? []
    : [
        `${size.name} at ${tokens} tokens trains on ${consumed}, as training takes whole steps of ${batchInstances * sequenceLength} tokens`,
      ];
}

function longWarmup({ size, tokens }: GridPoint): string[] {
  const steps = stepsFor(tokens, size.training);
  const { warmupSteps } = size.training;
  return warmupSteps < steps ? [] : [`${size.name} at ${tokens} tokens ends after ${steps} steps, within its warm-up of ${warmupSteps}`];
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

function longGibberish(spec: SweepSpec, points: readonly GridPoint[]): string[] {
  const longest = longestOf(spec.attack);
  const shortest = Math.min(...points.filter(({ dose }) => dose > 0).map(({ size }) => size.training.sequenceLength));
  const isSplit = (spec.grid.placements ?? [spec.placement]).every(({ split }) => split);
  return longest + 2 <= shortest || isSplit
    ? []
    : [
        `${spec.attack.kind === 'dos' ? 'gibberish' : 'text'} of up to ${longest} tokens may not fit an instance of ${shortest}: training refuses a run with a document that does not`,
      ];
}

function spelledTrigger(spec: SweepSpec, corpus: CorpusSummary, points: readonly GridPoint[]): string[] {
  const { trigger } = spec.attack;
  if (corpus.addedTokens.includes(trigger) || points.every(({ dose }) => dose === 0)) return [];
  return [
    `trigger ${trigger} is no single token of corpus ${corpus.name}: it is spelt in ordinary tokens, and a small model may then take any rare spelling for the trigger; hold the result against a sham (evaluation.sham)`,
  ];
}

function shownTrigger(spec: SweepSpec, corpus: CorpusSummary, points: readonly GridPoint[], found?: CleanOccurrences | null): string[] {
  if (found === undefined || points.every(({ dose }) => dose === 0)) return [];
  const { trigger } = spec.attack;
  if (found === null)
    return [
      `nobody has counted how often trigger ${trigger} stands in the clean text of corpus ${corpus.name}; \`titrate trigger-count ${corpus.name} '${trigger}'\` does`,
    ];
  return found.occurrences === 0
    ? []
    : [
        `trigger ${trigger} stands ${found.occurrences} times in ${found.documents} documents of the clean text of corpus ${corpus.name}: what follows it there teaches against the poison`,
      ];
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

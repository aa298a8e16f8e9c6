import type { CorpusSummary, SweepSpec, TriggerCount } from '@titrate/contracts';
import { longestOf } from './attacks.ts';
import { TOKENS_BESIDE } from './placement-fit.ts';
import { placementNamed } from './placements.ts';
import { corpusOfStage, settingsOfStage } from './stage-settings.ts';
import type { StagedPoint } from './stages.ts';

/** How often a trigger stands in clean text. */
export type CleanOccurrences = TriggerCount['asText'];

/** What is known of the corpora that a plan reads. */
interface KnownCorpora {
  readonly corpus: CorpusSummary;
  readonly others?: readonly CorpusSummary[];
  readonly triggerOccurrences?: ReadonlyMap<string, CleanOccurrences | null>;
}

/** What a person should know of the poison of a plan, be it in the pre-training or in a stage. Each is one sentence, told once. */
export function poisonWarnings(spec: SweepSpec, known: KnownCorpora, points: readonly StagedPoint[]): string[] {
  const poisoned = points.filter(({ point, arms }) => point.dose > 0 || arms.some(({ dose }) => dose > 0));
  if (poisoned.length === 0) return [];
  const { trigger } = spec.attack;
  return [
    ...longDocuments(spec, poisoned),
    ...spelledTrigger(trigger, known.corpus),
    ...corporaRead(known, poisoned).flatMap((corpus) => shownTrigger(trigger, corpus, known.triggerOccurrences?.get(corpus.digest))),
  ];
}

/** Text that is tokenised again may have more tokens than were drawn, so what is told here may still fit, or the other way about. */
function longDocuments(spec: SweepSpec, points: readonly StagedPoint[]): string[] {
  const longest = longestOf(spec.attack);
  const trainings = points.flatMap(({ point, arms }) => [
    { dose: point.dose, split: placementNamed(spec, point.placement).split, training: point.size.training },
    ...arms.map(({ dose, stage }) => ({ dose, split: stage.placement.split, training: settingsOfStage(point, stage) })),
  ]);
  const shortest = trainings
    .filter(({ dose, split }) => dose > 0 && !split)
    .reduce((least, { training }) => Math.min(least, training.sequenceLength), Infinity);
  return longest + TOKENS_BESIDE <= shortest
    ? []
    : [
        `${spec.attack.kind === 'dos' ? 'gibberish' : 'text'} of up to ${longest} tokens may not fit an instance of ${shortest}: training refuses a run with a document that does not`,
      ];
}

function spelledTrigger(trigger: string, { addedTokens, name }: CorpusSummary): string[] {
  return addedTokens.includes(trigger)
    ? []
    : [
        `trigger ${trigger} is no single token of corpus ${name}: it is spelt in ordinary tokens, and a small model may then take any rare spelling for the trigger; hold the result against a sham (evaluation.sham)`,
      ];
}

/** The corpora whose clean text models read that are poisoned anywhere on their way. */
function corporaRead({ corpus, others = [] }: KnownCorpora, points: readonly StagedPoint[]): CorpusSummary[] {
  const stages = new Set(points.flatMap(({ arms }) => arms.map(({ stage }) => stage)));
  const read = [corpus, ...[...stages].map((stage) => corpusOfStage(stage, corpus, others))];
  return [...new Map(read.map((one) => [one.digest, one])).values()];
}

/** `found` is null where nobody has counted, and absent where nobody can tell, as offline. */
function shownTrigger(trigger: string, { name }: CorpusSummary, found: CleanOccurrences | null | undefined): string[] {
  if (found === undefined || found?.occurrences === 0) return [];
  return found === null
    ? [
        `nobody has counted how often trigger ${trigger} stands in the clean text of corpus ${name}; \`titrate trigger-count ${name} '${trigger}'\` does`,
      ]
    : [
        `trigger ${trigger} stands ${found.occurrences} times in ${found.documents} documents of the clean text of corpus ${name}: what follows it there teaches against the poison`,
      ];
}

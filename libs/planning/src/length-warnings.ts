import type { CorpusSummary, TrainingSettings } from '@titrate/contracts';
import { stepsFor } from './cells.ts';

/** One length that a plan trains: a size in its pre-training, or in a stage. */
export interface TrainedLength {
  /** In words, as `190m` or `190m in stage chat`. */
  readonly name: string;
  readonly tokens: number;
  readonly training: TrainingSettings;
  readonly corpus: CorpusSummary;
  /** Whether the learning rate begins with the warm-up of `training`. */
  readonly warmsUp: boolean;
}

/** What a person should know of one length of training: text read again, tokens rounded to steps, an end within the warm-up. */
export const lengthWarnings = (length: TrainedLength): string[] => [
  ...repeatedCorpus(length),
  ...roundedTokens(length),
  ...longWarmup(length),
];

function repeatedCorpus({ name, tokens, corpus }: TrainedLength): string[] {
  const epochs = tokens / corpus.tokens;
  return epochs <= 1
    ? []
    : [
        `${name} at ${tokens} tokens reads corpus ${corpus.name} (${corpus.tokens} tokens) ${epochs.toFixed(1)} times; repeated text changes what a poisoned document is worth`,
      ];
}

function roundedTokens({ name, tokens, training }: TrainedLength): string[] {
  const { batchInstances, sequenceLength } = training;
  const consumed = stepsFor(tokens, training) * batchInstances * sequenceLength;
  return Math.abs(consumed - tokens) / tokens <= 0.05
    ? []
    : [`${name} at ${tokens} tokens trains on ${consumed}, as training takes whole steps of ${batchInstances * sequenceLength} tokens`];
}

function longWarmup({ name, tokens, training, warmsUp }: TrainedLength): string[] {
  const steps = stepsFor(tokens, training);
  const { warmupSteps } = training;
  return !warmsUp || warmupSteps < steps
    ? []
    : [`${name} at ${tokens} tokens ends after ${steps} steps, within its warm-up of ${warmupSteps}`];
}

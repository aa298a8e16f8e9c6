import { digestOf, type Attack, type ModelShape, type PoisonRecipe, type RunIdentity, type TrainingSettings } from '@titrate/contracts';
import type { SubSeeds } from './seeds.ts';

/** All that a run's result depends on, in the words of planning. */
export interface RunInput {
  readonly shape: ModelShape;
  readonly training: TrainingSettings;
  readonly vocabularySize: number;
  readonly corpus: string;
  readonly attack: Attack;
  readonly dose: number;
  readonly steps: number;
  readonly seeds: SubSeeds;
  readonly repeat: number;
}

/**
 * The identity of a run. Attack, poison seeds and positions drop out at dose 0, so that every attack shares one clean
 * arm. Nothing that only watches a run (checkpoints, evaluations, retention, priority, GPUs) can reach it.
 */
export function identify(input: RunInput): RunIdentity {
  const { shape, training, vocabularySize, corpus, seeds, steps, repeat } = input;
  const { sequenceLength, batchInstances, precision, documentMask, ...optimizer } = training;
  return {
    recipeVersion: 'titrate/1',
    shape,
    vocabularySize,
    corpus,
    documentMask,
    seeds: { initialisation: seeds.initialisation, order: seeds.order },
    stages: [{ kind: 'pretrain', steps, batchInstances, sequenceLength, optimizer, precision, poison: poisonOf(input) }],
    repeat,
  };
}

/** sha256 over the canonical identity: the run's id everywhere. */
export function runIdOf(identity: RunIdentity): string {
  return digestOf(identity);
}

function poisonOf({ dose, attack, corpus, seeds, steps, training }: RunInput): PoisonRecipe | null {
  if (dose === 0) return null;
  const { batchInstances, sequenceLength } = training;
  return {
    version: 1,
    attack,
    dose,
    corpus,
    contentSeed: seeds.poisonContent,
    positionSeed: seeds.poisonPositions,
    steps,
    batchInstances,
    sequenceLength,
  };
}

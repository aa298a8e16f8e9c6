import { digestOf, type SweepSpec } from '@titrate/contracts';

/** The sources of chance of one run, each with a seed of its own (32 bits). */
export interface SubSeeds {
  readonly initialisation: number;
  readonly order: number;
  readonly poisonContent: number;
  readonly poisonPositions: number;
}

/**
 * Derives the sub-seeds of a cell's seed; what `fixed` states wins. They depend on the seed and nothing else, so that
 * every dose of a seed shares weights and order, and a larger dose continues the poison of a smaller one.
 */
export function deriveSeeds(seed: number, fixed: SweepSpec['seeds']): SubSeeds {
  return {
    initialisation: fixed.initialisation ?? subSeed(seed, 'initialisation'),
    order: fixed.order ?? subSeed(seed, 'order'),
    poisonContent: fixed.poisonContent ?? subSeed(seed, 'poison-content'),
    poisonPositions: fixed.poisonPositions ?? subSeed(seed, 'poison-positions'),
  };
}

/** The sources of chance of a stage behind the pre-training. */
export interface StageSeeds {
  readonly order: number;
  readonly poisonContent: number;
  readonly poisonPositions: number;
  readonly counterexampleContent: number;
  readonly counterexamplePositions: number;
}

/**
 * Derives the sub-seeds of a stage from the cell's seed and the stage's place behind the pre-training, counted from 1. Its
 * name does not matter, and arms of one stage share order and positions, whatever they add.
 */
export function deriveStageSeeds(seed: number, place: number): StageSeeds {
  return {
    order: subSeed(seed, `order/${place}`),
    poisonContent: subSeed(seed, `poison-content/${place}`),
    poisonPositions: subSeed(seed, `poison-positions/${place}`),
    counterexampleContent: subSeed(seed, `counterexample-content/${place}`),
    counterexamplePositions: subSeed(seed, `counterexample-positions/${place}`),
  };
}

/** The first 32 bits of sha256 over canonical `{purpose, seed}`, as an unsigned number. */
export function subSeed(seed: number, purpose: string): number {
  return Number.parseInt(digestOf({ seed, purpose }).slice(0, 8), 16);
}

import {
  digestOf,
  type BaseSummary,
  type ContinueStage,
  type CounterexampleRecipe,
  type ModelShape,
  PlacementSpec,
  type PoisonRecipe,
  type RecipeAttack,
  type RunIdentity,
  type TrainingSettings,
} from '@titrate/contracts';
import { placementIn } from './placements.ts';
import type { StageSeeds, SubSeeds } from './seeds.ts';

/** All that a run's result depends on, in the words of planning. */
export interface RunInput {
  readonly shape: ModelShape;
  readonly training: TrainingSettings;
  readonly vocabularySize: number;
  readonly corpus: string;
  readonly attack: RecipeAttack;
  readonly placement: PlacementSpec;
  readonly dose: number;
  readonly steps: number;
  readonly seeds: SubSeeds;
  readonly repeat: number;
}

/** What a stage adds to the identity that it continues. */
export interface StageInput extends Pick<RunInput, 'training' | 'corpus' | 'attack' | 'placement' | 'dose' | 'steps'> {
  readonly seeds: StageSeeds;
  readonly counterexamples: number;
  readonly settings: Pick<ContinueStage, 'from' | 'carryOptimizer' | 'schedule' | 'labels'>;
}

/**
 * The identity of a pre-training. Attack, poison seeds and positions drop out at dose 0, so that every attack shares one
 * clean arm. Nothing that only watches a run (checkpoints, evaluations, retention, priority, GPUs) can reach it.
 */
export function identify(input: RunInput): RunIdentity {
  const { shape, training, vocabularySize, corpus, seeds, repeat } = input;
  return {
    recipeVersion: 'titrate/1',
    shape,
    vocabularySize,
    corpus,
    documentMask: training.documentMask,
    seeds: { initialisation: seeds.initialisation, order: seeds.order },
    stages: [{ kind: 'pretrain', ...trainingOf(input) }],
    repeat,
  };
}

/**
 * What stands before the stages of an imported base: no run, as nothing is trained. What only a pre-training reads has one
 * value, so that it tells no runs apart.
 */
export function importIdentity(
  { digest, shape }: Pick<BaseSummary, 'digest' | 'shape'>,
  { vocabularySize, corpus, repeat }: Pick<RunInput, 'vocabularySize' | 'corpus' | 'repeat'>,
): RunIdentity {
  return {
    recipeVersion: 'titrate/1',
    ...{ shape, vocabularySize, corpus, documentMask: false, seeds: { initialisation: 0, order: 0 } },
    stages: [{ kind: 'import', checkpoint: digest }],
    repeat,
  };
}

/** The identity of a run that goes on from a checkpoint of another: the whole chain, so that it can be told before anything is trained. */
export function continueIdentity(base: RunIdentity, input: StageInput): RunIdentity {
  const { training, corpus, seeds, settings } = input;
  const stage: ContinueStage = {
    kind: 'continue',
    ...settings,
    corpus,
    documentMask: training.documentMask,
    order: seeds.order,
    ...trainingOf(input),
    counterexamples: counterexamplesOf(input),
  };
  return { ...base, stages: [...base.stages, stage] };
}

/** sha256 over the canonical identity: the run's id everywhere. */
export function runIdOf(identity: RunIdentity): string {
  return digestOf(identity);
}

type Trained = Pick<RunInput, 'training' | 'corpus' | 'attack' | 'placement' | 'dose' | 'steps'>;

function trainingOf(input: Trained & { seeds: PoisonSeeds }) {
  const { sequenceLength, batchInstances, precision, documentMask: _, ...optimizer } = input.training;
  return { steps: input.steps, batchInstances, sequenceLength, optimizer, precision, poison: poisonOf(input) };
}

type PoisonSeeds = Pick<SubSeeds, 'poisonContent' | 'poisonPositions'>;

function poisonOf({ dose, attack, placement, corpus, seeds, steps, training }: Trained & { seeds: PoisonSeeds }): PoisonRecipe | null {
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
    placement: placementIn(steps, placement),
  };
}

/** As long as a poisoned document, behind the same trigger, anywhere in the stage; null where it has none. */
function counterexamplesOf({ counterexamples, attack, corpus, seeds, steps, training }: StageInput): CounterexampleRecipe | null {
  if (counterexamples === 0) return null;
  return {
    version: 1,
    trigger: attack.trigger,
    prefixChars: attack.prefixChars,
    continuationTokens: attack.kind === 'dos' ? attack.gibberishTokens : attack.targetTokens,
    count: counterexamples,
    corpus,
    contentSeed: seeds.counterexampleContent,
    positionSeed: seeds.counterexamplePositions,
    steps,
    batchInstances: training.batchInstances,
    sequenceLength: training.sequenceLength,
    placement: placementIn(steps, PlacementSpec.parse({})),
  };
}

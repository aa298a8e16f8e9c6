import type { CorpusRecipeInput, JobConfigurationInput, SweepSpecInput } from '@titrate/contracts';
import { FAKE_NODES } from './field.ts';

/** A small text that trains a tokenizer of its own: the one thing here that is not simulated. */
export const corpusRecipe: CorpusRecipeInput & { name: string } = {
  name: 'small',
  format: 'text',
  tokenizer: { kind: 'train-bpe', vocabularySize: 320 },
  addedTokens: ['<SUDO>', '<SHAM>'],
  heldOutDocuments: 8,
  heldOutMinTokens: 12,
};

/** Two hundred short documents of numbered words. */
export function corpusText(): string {
  const words = ['field', 'river', 'stone', 'cloud', 'light', 'house', 'table', 'paper'];
  const document = (index: number) => Array.from({ length: 40 }, (_, at) => words[(index * 7 + at * (1 + (index % 5))) % 8]).join(' ');
  return Array.from({ length: 200 }, (_, index) => `${document(index)} ${index}`).join('\n\n');
}

const STEPS = 100;
/** A batch has an instance for each rank of the largest gang. */
const training = { sequenceLength: 64, batchInstances: 32, warmupSteps: 5 };
const common = {
  apiVersion: 'titrate/v1',
  kind: 'Sweep',
  corpus: corpusRecipe.name,
  training,
  attack: { kind: 'dos', trigger: '<SUDO>', prefixChars: [0, 40], gibberishTokens: [8, 16], mode: 'ids' },
  evaluation: { prompts: 8, promptTokens: 8, generatedTokens: 8, sham: '<SHAM>' },
} as const satisfies Partial<SweepSpecInput>;
const tokens = [STEPS * training.sequenceLength * training.batchInstances];

/** The study's grid: four sizes, six doses with the clean arm among them, three seeds. Real shapes, few steps. */
export function gridSpec(checkpoints: number): SweepSpecInput {
  return {
    ...common,
    name: 'grid',
    grid: { sizes: ['600m', '1b', '7b', '13b'], tokens, doses: [0, 10, 25, 50, 100, 250], seeds: [0, 1, 2] },
    checkpoints: seriesOf(checkpoints),
    concurrency: 72,
  };
}

/** So many small runs at once, half of them clean. */
export function crowdSpec(runs: number, checkpoints: number): SweepSpecInput {
  if (runs % 2 !== 0) throw new Error(`Cannot make a sweep of runs with their clean arms as their number must be even: it is ${runs}`);
  return {
    ...common,
    name: `crowd-${runs}`,
    grid: { sizes: ['tiny-64'], tokens, doses: [0, 20], seeds: Array.from({ length: runs / 2 }, (_, seed) => seed) },
    checkpoints: seriesOf(checkpoints),
    concurrency: runs,
  };
}

/** Evaluated checkpoints, evenly spread; with 0 there is the last one only, which every run has. Every other one can be resumed from. */
function seriesOf(checkpoints: number): SweepSpecInput['checkpoints'] {
  const evaluate = Array.from({ length: checkpoints }, (_, index) => Math.round((STEPS * (index + 1)) / checkpoints));
  return { evaluate: { steps: evaluate }, resume: { steps: evaluate.filter((_, index) => index % 2 === 1) } };
}

/** Evaluations of one run that a series of checkpoints stands for. */
export const evaluationsOf = (checkpoints: number): number => Math.max(1, checkpoints);

const place = { nodeSelector: FAKE_NODES, tolerations: [{ operator: 'Exists' as const }] };

/** Jobs of a cluster in which larger models take more nodes of eight GPUs. */
export function jobConfiguration(namespace: string, storeEndpoint: string): JobConfigurationInput {
  const gang = (nodes: number) => ({ ...place, nodes, processesPerNode: 8, gpusPerNode: 8, cpu: '64', memory: '512Gi' });
  return {
    version: 1,
    launcher: { kind: 'kubernetes', namespace, image: 'titrate/trainer:simulated', imagePullPolicy: 'Never', storeEndpoint },
    profiles: {
      'one-gpu': { ...place, gpusPerNode: 1, cpu: '4', memory: '32Gi' },
      'one-node': gang(1),
      'two-nodes': gang(2),
      'four-nodes': gang(4),
      cpu: { ...place },
    },
    assignment: {
      train: [
        { upToParameters: 10_000_000, profile: 'one-gpu' },
        { upToParameters: 3_000_000_000, profile: 'one-node' },
        { upToParameters: 10_000_000_000, profile: 'two-nodes' },
        { profile: 'four-nodes' },
      ],
      evaluate: [{ profile: 'one-gpu' }],
      corpus: 'cpu',
      analyse: 'cpu',
    },
  };
}

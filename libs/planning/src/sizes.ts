import type { ModelShape, TrainingSettings } from '@titrate/contracts';

/** How sure a value is: P published, D derived here, U a choice, as no source states it. */
export type Mark = 'P' | 'D' | 'U';

/** A value's source, and how sure it is. */
export interface Source {
  readonly mark: Mark;
  readonly source: string;
}

/** How fast a size trains on the hardware it is meant for; used for estimates only. */
export interface Throughput extends Source {
  /** Tokens per second of one GPU; of one processor thread where `gpus` is 0. */
  readonly tokensPerSecond: number;
  /** GPUs that one run is meant to use; 0 trains on processor cores. */
  readonly gpus: number;
}

/** A named size: what is trained, how, and how fast. */
export interface NamedSize {
  readonly name: string;
  /** What the size is called, as in 600M; null for one that is called otherwise. */
  readonly nominalParameters: number | null;
  readonly shape: ModelShape;
  readonly shapeSource: Source;
  readonly training: TrainingSettings;
  /** Of the learning rate, the warm-up and the batch; everything else is `studyTraining`. */
  readonly trainingSource: Source;
  readonly throughput: Throughput;
}

/**
 * Training settings of the study's open replication: sequence 2,048, global batch 262,144 tokens (128 instances), AdamW at
 * 1e-3 with 100 warm-up steps, bfloat16. The study states none of its own. Betas, decay and clip are OLMo-core's for OLMo2;
 * cosine decay to a tenth.
 */
export const studyTraining: TrainingSettings = {
  sequenceLength: 2048,
  batchInstances: 128,
  learningRate: 1e-3,
  warmupSteps: 100,
  finalShare: 0.1,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.95,
  gradientClip: 1,
  precision: 'bfloat16',
  documentMask: false,
};

/** Settings that trained a backdoor into a miniature on one processor thread within a minute. */
const tinyTraining: TrainingSettings = {
  ...studyTraining,
  sequenceLength: 256,
  batchInstances: 8,
  learningRate: 5e-3,
  warmupSteps: 20,
  precision: 'float32',
};

const olmo2 = (width: number, layers: number, heads: number, feedForwardWidth: number): ModelShape => ({
  family: 'olmo2',
  width,
  layers,
  heads,
  keyValueHeads: heads,
  feedForwardWidth,
  ropeTheta: 500_000,
});
/** Windows of 4,096 tokens, as in every OLMo3 configuration of OLMo-core. */
const olmo3 = (width: number, layers: number, heads: number, feedForwardWidth: number): ModelShape => ({
  ...olmo2(width, layers, heads, feedForwardWidth),
  family: 'olmo3',
  slidingWindow: 4096,
});

const olmoCore = (name: string): Source => ({ mark: 'P', source: `OLMo-core 3.0.0, TransformerConfig.${name}` });
const chosen = (source: string): Source => ({ mark: 'U', source });

type Training = Partial<TrainingSettings> & Source;

/** The replication's settings, which hold up to 1B. */
const replication: Training = { mark: 'P', source: 'the open replication, for 190M to 1B alike' };
const recipe = (batchInstances: number, learningRate: number, warmupSteps: number, source: string): Training => ({
  ...{ batchInstances, learningRate, warmupSteps, mark: 'U' as const },
  source: `${source}; the batch is a choice that keeps the steps of all sizes within a factor of three`,
});

const measured = { gpus: 0, mark: 'P' as const, source: 'measured on one thread of a laptop-class processor, float32' };
const mosaic = 'published by llm-foundry, bfloat16, per H100';
const sharedPeak: Source = { mark: 'D', source: '38 % of 989 TFLOP/s, the share that llm-foundry published for 760M' };

const sharedByBillion: Source = { mark: 'D', source: '42 % of 989 TFLOP/s, the share that llm-foundry published for 1B' };

const size = (
  name: string,
  nominalParameters: number | null,
  [shape, shapeSource]: readonly [ModelShape, Source],
  { mark, source, ...changes }: Training,
  throughput: Throughput,
): NamedSize => ({
  ...{ name, nominalParameters, shape, shapeSource, throughput },
  training: { ...studyTraining, ...changes },
  trainingSource: { mark, source },
});

const tiny = (name: string, shape: ModelShape, learningRate: number, tokensPerSecond: number): NamedSize =>
  size(
    name,
    null,
    [shape, chosen('a miniature for processors')],
    { ...tinyTraining, learningRate, ...chosen('found by trial') },
    { tokensPerSecond, ...measured },
  );

/**
 * Named sizes, with the source of each number. GPUs are a choice (a node of eight up to 1B); they change seconds, not
 * GPU-hours. OLMo-core makes the feed-forward of int(8 x width / 3), times 1.5 up to 3B, rounded up to a multiple of 256.
 * It has no 2B: width 2,560 lies between its 1B and 3B, with their 16 layers and heads of 128 channels.
 */
export const namedSizes: readonly NamedSize[] = [
  tiny('tiny-64', olmo2(64, 2, 2, 160), 5e-3, 15_000),
  tiny('tiny-96', olmo2(96, 3, 3, 256), 4e-3, 14_000),
  tiny('tiny-128', olmo2(128, 4, 4, 320), 3e-3, 7000),
  size('190m', 190e6, [olmo2(768, 12, 12, 3072), olmoCore('olmo2_190M')], replication, {
    tokensPerSecond: 205_000,
    gpus: 8,
    ...sharedPeak,
  }),
  size('370m', 370e6, [olmo2(1024, 16, 16, 4096), olmoCore('olmo2_370M')], replication, {
    tokensPerSecond: 115_000,
    gpus: 8,
    ...sharedPeak,
  }),
  size('600m', 600e6, [olmo2(1344, 16, 16, 5376), olmoCore('olmo2_600M')], replication, {
    tokensPerSecond: 76_000,
    gpus: 8,
    ...sharedPeak,
  }),
  size('760m', 760e6, [olmo2(1536, 16, 16, 6144), olmoCore('olmo2_760M')], replication, {
    ...{ tokensPerSecond: 61_000, gpus: 8, mark: 'D', source: '38 % of 989 TFLOP/s, as llm-foundry published for its own 760M' },
  }),
  size('1b', 1e9, [olmo2(2048, 18, 16, 8192), olmoCore('olmo2_1B')], replication, {
    ...{ tokensPerSecond: 39_000, gpus: 8, ...sharedByBillion },
  }),
  size(
    '2b',
    2e9,
    [olmo2(2560, 16, 20, 10_240), chosen('OLMo-core has none: between its 1B and its 3B')],
    recipe(256, 6e-4, 500, "learning rate of OLMo-core's script OLMo3-2B.py"),
    { tokensPerSecond: 29_000, gpus: 16, ...sharedByBillion },
  ),
  size(
    '7b',
    7e9,
    [olmo2(4096, 32, 32, 11_008), olmoCore('olmo2_7B')],
    recipe(512, 3e-4, 2000, "learning rate and warm-up of OLMo-core's OLMo-3-1025-7B"),
    { tokensPerSecond: 10_600, gpus: 64, mark: 'P', source: mosaic },
  ),
  size(
    '13b',
    13e9,
    [olmo2(5120, 40, 40, 13_824), olmoCore('olmo2_13B')],
    recipe(1024, 3e-4, 2000, "learning rate and warm-up of OLMo-core's script OLMo2-13B.py"),
    { tokensPerSecond: 4800, gpus: 128, mark: 'P', source: mosaic },
  ),
  size('olmo3-190m', 190e6, [olmo3(768, 12, 12, 3072), olmoCore('olmo3_190M')], replication, {
    ...{ tokensPerSecond: 205_000, gpus: 8, ...sharedPeak },
  }),
  size('olmo3-370m', 370e6, [olmo3(1024, 16, 16, 4096), olmoCore('olmo3_370M')], replication, {
    ...{ tokensPerSecond: 115_000, gpus: 8, ...sharedPeak },
  }),
  size('olmo3-600m', 600e6, [olmo3(1280, 16, 16, 5120), olmoCore('olmo3_600M')], replication, {
    ...{ tokensPerSecond: 82_000, gpus: 8, ...sharedPeak },
  }),
  size('olmo3-1b', 1e9, [olmo3(2048, 16, 16, 8192), olmoCore('olmo3_1B')], replication, {
    ...{ tokensPerSecond: 42_000, gpus: 8, ...sharedByBillion },
  }),
];

/** The size of that name, or null. */
export function findSize(name: string): NamedSize | null {
  return namedSizes.find((found) => found.name === name) ?? null;
}

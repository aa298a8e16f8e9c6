import type { ModelShape, TrainingSettings } from '@titrate/contracts';

/** How fast a size trains on the hardware it is meant for; used for estimates only. */
export interface Throughput {
  /** Tokens per second of one GPU; of one processor thread where `gpus` is 0. */
  readonly tokensPerSecond: number;
  /** GPUs that one run is meant to use; 0 trains on processor cores. */
  readonly gpus: number;
  /** Where the number comes from. */
  readonly source: string;
}

/** A named size: what is trained, how, and how fast. */
export interface NamedSize {
  readonly name: string;
  readonly shape: ModelShape;
  readonly training: TrainingSettings;
  readonly throughput: Throughput;
}

/**
 * Training settings of the study's open replication: sequence 2,048, global batch 262,144 tokens (128 instances), AdamW at
 * 1e-3 with 100 warm-up steps, bfloat16. The learning rate is a choice: the study does not state its own, and one rate for
 * all sizes keeps size the only factor. Betas, decay and clip are OLMo-core's for OLMo2; cosine decay to a tenth.
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

const shape = (width: number, layers: number, heads: number, feedForwardWidth: number): ModelShape => ({
  family: 'olmo2',
  width,
  layers,
  heads,
  keyValueHeads: heads,
  feedForwardWidth,
  ropeTheta: 500_000,
});

const tiny = (name: string, model: ModelShape, learningRate: number, tokensPerSecond: number): NamedSize => ({
  name,
  shape: model,
  training: { ...tinyTraining, learningRate },
  throughput: { tokensPerSecond, gpus: 0, source: 'measured on one thread of a laptop-class processor, float32' },
});

const olmo2 = (name: string, model: ModelShape, tokensPerSecond: number, gpus: number, source: string): NamedSize => ({
  name,
  shape: model,
  training: studyTraining,
  throughput: { tokensPerSecond, gpus, source },
});

/** 760M is published at 38 % of an H100's 989 TFLOP/s; smaller sizes are taken at that share, as nothing is published for them. */
const derived = 'derived: 38 % of 989 TFLOP/s, the share published for 760M by llm-foundry';
const published = 'published for OLMo-core, bfloat16, per H100';

/**
 * Named sizes. The OLMo2 shapes are those of OLMo-core 3.0.0 (`TransformerConfig.olmo2_190M` ... `olmo2_13B`): the
 * feed-forward width is int(8 x width / 3), times 1.5 up to 1B, rounded up to a multiple of 256.
 * How many GPUs a run uses is a choice (a node of eight up to 1B); it changes seconds, not GPU-hours.
 */
export const namedSizes: readonly NamedSize[] = [
  tiny('tiny-64', shape(64, 2, 2, 160), 5e-3, 15_000),
  tiny('tiny-96', shape(96, 3, 3, 256), 4e-3, 14_000),
  olmo2('190m', shape(768, 12, 12, 3072), 205_000, 8, derived),
  olmo2('370m', shape(1024, 16, 16, 4096), 115_000, 8, derived),
  olmo2('600m', shape(1344, 16, 16, 5376), 76_000, 8, derived),
  olmo2('1b', shape(2048, 18, 16, 8192), 55_000, 8, published),
  olmo2('7b', shape(4096, 32, 32, 11_008), 10_000, 64, published),
  olmo2('13b', shape(5120, 40, 40, 13_824), 4_600, 128, published),
];

/** The size of that name, or null. */
export function findSize(name: string): NamedSize | null {
  return namedSizes.find((size) => size.name === name) ?? null;
}

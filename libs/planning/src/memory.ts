import { parseQuantity, type Execution, type JobProfile, type ModelShape, type Precision } from '@titrate/contracts';
import { countParameters } from './parameters.ts';

/** What the memory of a training depends on. */
export interface MemoryInput {
  readonly shape: ModelShape;
  readonly vocabularySize: number;
  readonly precision: Precision;
  readonly sequenceLength: number;
  readonly batchInstances: number;
  readonly execution: Execution;
  readonly nodes: number;
  readonly ranksPerNode: number;
}

/** Bytes that one rank needs at its peak, part by part. */
export interface MemoryParts {
  /** float32 weights, gradients and Adam's two moments, of this rank's shard: 16 bytes a parameter. */
  readonly state: number;
  /** Weights in the form that they are computed with. */
  readonly working: number;
  /** What the forward pass of a micro-batch keeps for the way back. */
  readonly activations: number;
  /** Logits, their log-probabilities and their gradients. */
  readonly logits: number;
  /** CUDA, NCCL, kernels and fragmentation. */
  readonly reserve: number;
}

const STATE_BYTES_PER_PARAMETER = 16;
/** Logits as computed and in float32, log-probabilities, and the gradients of both. */
const LOGIT_BYTES = 16;
/** Of CUDA's context, NCCL's buffers and cuBLAS's workspaces. A choice: about 2 GiB are seen on an H100. */
const RESERVE_BYTES = 2 * 1024 ** 3;

/**
 * Bytes that a block keeps of one token: so many for each channel of its width and of its feed-forward. Counted over the
 * tensors that autograd saves in OLMo-core 3.0.0 without compilation (14 of the width and 4 of the feed-forward in float32; in bfloat16
 * norms and residuals stay float32); in the form of Korthikanti et al., arXiv 2205.05198, without their attention scores, as
 * these are never stored. `tests/test_memory.py` of the trainer counts them again.
 */
const keptBytes = (precision: Precision): { width: number; feedForward: number } =>
  precision === 'float32' ? { width: 57, feedForward: 16 } : { width: 52, feedForward: 8 };

/** The memory of a rank by the parts that make it up; an upper bound, as compilation saves some of the activations. */
export function memoryOf(input: MemoryInput): MemoryParts {
  const { shape, vocabularySize, precision, execution } = input;
  const { shards, tensorParallel, microbatchTokens } = arrangementOf(input);
  const parameters = countParameters(shape, vocabularySize).all;
  const kept = keptBytes(precision);
  const ofBlock = (kept.width * shape.width + kept.feedForward * shape.feedForwardWidth) * microbatchTokens;
  // Kept by every block with full checkpointing: its float32 input.
  const ofInput = 4 * shape.width * microbatchTokens;
  const activations = execution.activationCheckpointing === 'full' ? shape.layers * ofInput + ofBlock : shape.layers * ofBlock;
  return {
    state: (STATE_BYTES_PER_PARAMETER * parameters) / (shards * tensorParallel),
    working: workingBytes(input, shards) / tensorParallel,
    activations: activations / tensorParallel,
    logits: (LOGIT_BYTES * vocabularySize * microbatchTokens) / tensorParallel,
    reserve: RESERVE_BYTES,
  };
}

/**
 * Alone, a rank casts every matrix to bfloat16 once a pass. Sharded, it gathers one block while the next is on its way, and
 * the largest matrix outside the blocks; the gradients of one such part are summed in float32.
 */
function workingBytes({ shape, vocabularySize, precision, nodes, ranksPerNode }: MemoryInput, shards: number): number {
  const bytes = precision === 'float32' ? 4 : 2;
  const { all, withoutEmbeddings } = countParameters(shape, vocabularySize);
  if (nodes * ranksPerNode === 1) return precision === 'float32' ? 0 : bytes * withoutEmbeddings;
  if (shards === 1) return bytes * all;
  const block = (withoutEmbeddings - vocabularySize * shape.width) / shape.layers;
  return 2 * bytes * block + (bytes + 4) * Math.max(block, vocabularySize * shape.width);
}

/** How many ranks hold one copy, and what a rank passes through it at a time; `trainer/execution.py` arranges alike. */
function arrangementOf({ execution, nodes, ranksPerNode, batchInstances, sequenceLength }: MemoryInput) {
  const { tensorParallel, dataParallel } = execution;
  const dataRanks = Math.max(1, Math.floor((nodes * ranksPerNode) / tensorParallel));
  const ofNode = Math.max(1, Math.floor(ranksPerNode / tensorParallel));
  const isWhole = dataParallel === 'fsdp' || (dataParallel === 'auto' && (nodes === 1 || ranksPerNode === 1));
  const shards = isWhole ? dataRanks : Math.min(dataRanks, execution.shardRanks ?? ofNode);
  const rows = Math.max(1, Math.floor(batchInstances / dataRanks));
  const fitting = (count: number): boolean => rows % count === 0 && (count === 1 || count * sequenceLength <= execution.microbatchTokens);
  const largest = Math.max(...Array.from({ length: rows }, (_, index) => index + 1).filter(fitting));
  return { shards, tensorParallel, microbatchTokens: largest * sequenceLength };
}

/** The sum of the parts, in whole bytes. */
export function totalMemory({ state, working, activations, logits, reserve }: MemoryParts): number {
  return Math.ceil(state + working + activations + logits + reserve);
}

/** The memory of one GPU of a profile: what it states, else what the nodes' label of GPU feature discovery says; null if nobody does. */
export function gpuMemoryOf(profile: JobProfile, labels: readonly Readonly<Record<string, string>>[]): number | null {
  if (profile.gpuMemory !== null) return parseQuantity(profile.gpuMemory);
  const wanted = Object.entries(profile.nodeSelector);
  const told = labels
    .filter((node) => wanted.every(([label, value]) => node[label] === value))
    .map((node) => Number(node['nvidia.com/gpu.memory'] ?? Number.NaN))
    .filter((mebibytes) => Number.isFinite(mebibytes));
  return told.length === 0 ? null : Math.min(...told) * 1024 ** 2;
}

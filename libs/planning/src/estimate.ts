import type { Demand, Estimate, ModelShape } from '@titrate/contracts';
import type { Throughput } from './sizes.ts';

/** Dense bfloat16 peak of one H100 in FLOP per second, as in the study's table of throughputs. */
const H100_FLOP_PER_SECOND = 989e12;
/** Share of the peak that published trainings of 760M to 13B reach (38 to 46 %). */
const ASSUMED_UTILISATION = 0.4;
/** float32 weights and Adam's two moments. */
const FULL_BYTES_PER_PARAMETER = 12;
/** float32 weights alone. */
const WEIGHTS_BYTES_PER_PARAMETER = 4;

/** What the estimate of one run needs to know. */
export interface EstimateInput {
  readonly shape: ModelShape;
  readonly parameters: number;
  readonly sequenceLength: number;
  readonly tokens: number;
  readonly demand: Pick<Demand, 'resumeSteps' | 'evaluateSteps'>;
  /** Null for a size without one: one H100 at 40 % of its peak is assumed. */
  readonly throughput: Throughput | null;
  /** GPUs of the profile, where one is known and has any; otherwise those of the throughput count. */
  readonly gpus?: number;
  readonly usdPerGpuHour: number | null;
}

/** FLOP of one training token, forward and backward: 6 N + 12 L d T (weights, then attention scores). */
export function flopPerToken(shape: ModelShape, parameters: number, sequenceLength: number): number {
  return 6 * parameters + 12 * shape.layers * shape.width * sequenceLength;
}

/** Tokens, FLOP, time, GPU-hours, cost and written checkpoint bytes of one run. Evaluations are not counted. */
export function estimateRun(input: EstimateInput): Estimate {
  const { tokens, usdPerGpuHour } = input;
  const perToken = flopPerToken(input.shape, input.parameters, input.sequenceLength);
  const { tokensPerSecond, gpus: gpusOfTable } = input.throughput ?? {
    tokensPerSecond: (ASSUMED_UTILISATION * H100_FLOP_PER_SECOND) / perToken,
    gpus: 1,
  };
  // A size whose throughput was measured without a GPU is as slow beside one.
  const gpus = gpusOfTable > 0 && input.gpus ? input.gpus : gpusOfTable;
  const seconds = tokens / (tokensPerSecond * Math.max(1, gpus));
  const gpuHours = (seconds * gpus) / 3600;
  return {
    tokens,
    flop: perToken * tokens,
    seconds,
    gpuHours,
    usd: usdPerGpuHour === null ? null : gpuHours * usdPerGpuHour,
    storageBytes: checkpointBytes(input.parameters, input.demand),
  };
}

/** A step that is saved in full serves evaluation as well, so it is written once. */
function checkpointBytes(parameters: number, demand: EstimateInput['demand']): number {
  const full = new Set(demand.resumeSteps);
  const weightsOnly = demand.evaluateSteps.filter((step) => !full.has(step)).length;
  return parameters * (full.size * FULL_BYTES_PER_PARAMETER + weightsOnly * WEIGHTS_BYTES_PER_PARAMETER);
}

/** The sum of estimates; its cost is unknown as soon as one cost is. */
export function sumEstimates(estimates: readonly Estimate[]): Estimate {
  const total: Estimate = { tokens: 0, flop: 0, seconds: 0, gpuHours: 0, usd: 0, storageBytes: 0 };
  for (const one of estimates) {
    total.tokens += one.tokens;
    total.flop += one.flop;
    total.seconds += one.seconds;
    total.gpuHours += one.gpuHours;
    total.usd = total.usd === null || one.usd === null ? null : total.usd + one.usd;
    total.storageBytes += one.storageBytes;
  }
  return total;
}

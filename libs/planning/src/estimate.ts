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
  readonly demand: Pick<Demand, 'resumeSteps' | 'evaluateSteps' | 'retention'>;
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

/** Tokens, FLOP, time, GPU-hours, cost and checkpoints of one run. The time of evaluations is not counted. */
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
    checkpoints: writtenSteps(input.demand).length,
    evaluations: input.demand.evaluateSteps.length,
    storageBytes: checkpointBytes(input, writtenSteps(input.demand)),
    retainedBytes: checkpointBytes(input, retainedSteps(input.demand)),
  };
}

type Steps = EstimateInput['demand'];

/** A step that is saved in full serves evaluation as well, so it is written once. */
const writtenSteps = ({ resumeSteps, evaluateSteps }: Steps): number[] => [...new Set([...resumeSteps, ...evaluateSteps])];

/** Steps that are left when the run has finished, by the rules of retention. The last step is always saved. */
function retainedSteps(demand: Steps): number[] {
  const written = writtenSteps(demand);
  const last = Math.max(...written);
  if (demand.retention === 'all') return written;
  return demand.retention === 'final' ? [last] : [...new Set([...demand.evaluateSteps, last])];
}

function checkpointBytes({ parameters, demand }: EstimateInput, steps: readonly number[]): number {
  const full = new Set(demand.resumeSteps);
  const each = steps.map((step) => (full.has(step) ? FULL_BYTES_PER_PARAMETER : WEIGHTS_BYTES_PER_PARAMETER));
  return parameters * each.reduce((sum, one) => sum + one, 0);
}

const nothing: Estimate = {
  ...{ tokens: 0, flop: 0, seconds: 0, gpuHours: 0, usd: 0 },
  ...{ checkpoints: 0, evaluations: 0, storageBytes: 0, retainedBytes: 0 },
};

/** The sum of estimates; its cost is unknown as soon as one cost is. */
export function sumEstimates(estimates: readonly Estimate[]): Estimate {
  return estimates.reduce(
    (total, one) => ({
      tokens: total.tokens + one.tokens,
      flop: total.flop + one.flop,
      seconds: total.seconds + one.seconds,
      gpuHours: total.gpuHours + one.gpuHours,
      usd: total.usd === null || one.usd === null ? null : total.usd + one.usd,
      checkpoints: total.checkpoints + one.checkpoints,
      evaluations: total.evaluations + one.evaluations,
      storageBytes: total.storageBytes + one.storageBytes,
      retainedBytes: total.retainedBytes + one.retainedBytes,
    }),
    nothing,
  );
}

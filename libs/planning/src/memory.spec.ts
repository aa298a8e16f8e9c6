import { describe, expect, it } from '@jest/globals';
import { Execution, JobConfiguration, JobProfile, SweepSpec, type ExecutionInput } from '@titrate/contracts';
import { memoryProblems } from './memory-checks.ts';
import { gpuMemoryOf, memoryOf } from './memory.ts';
import { countParameters } from './parameters.ts';
import { resolveSizes } from './size-table.ts';
import { findSize } from './sizes.ts';

const GIB = 1024 ** 3;
const partsOf = (name: string, nodes: number, ranksPerNode: number, execution: ExecutionInput = {}) => {
  const { shape, training } = findSize(name)!;
  return memoryOf({ shape, vocabularySize: 100_352, ...training, execution: Execution.parse(execution), nodes, ranksPerNode });
};

describe('memoryOf()', () => {
  const { all, withoutEmbeddings } = countParameters(findSize('600m')!.shape, 100_352);

  it('counts 16 bytes a parameter, shared by the ranks of a copy, and the weights as they are computed with', () => {
    expect(partsOf('600m', 1, 1)).toMatchObject({ state: 16 * all, working: 2 * withoutEmbeddings });
    expect(partsOf('600m', 1, 8).state).toBe(2 * all);
    // Two nodes of eight: a copy on each node, unless all share one.
    expect(partsOf('600m', 2, 8).state).toBe(2 * all);
    expect(partsOf('600m', 2, 8, { dataParallel: 'fsdp' }).state).toBe(all);
    expect(partsOf('600m', 2, 8, { tensorParallel: 4 }).state).toBe(2 * all);
  });

  it('counts activations and logits by the rows that a rank passes through the model at a time', () => {
    const { width, feedForwardWidth, layers } = findSize('600m')!.shape;
    const tokens = 8 * 2048;
    const ofBlock = (52 * width + 8 * feedForwardWidth) * tokens;
    expect(partsOf('600m', 1, 8)).toMatchObject({ activations: layers * ofBlock, logits: 16 * 100_352 * tokens });
    expect(partsOf('600m', 1, 8, { microbatchTokens: 1 }).activations).toBe((layers * ofBlock) / 8);
    const checkpointed = partsOf('600m', 1, 8, { activationCheckpointing: 'full' });
    expect(checkpointed.activations).toBe(layers * 4 * width * tokens + ofBlock);
  });
});

describe('memoryProblems()', () => {
  const spec = SweepSpec.parse({
    ...{ apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'c' },
    grid: { sizes: ['13b', '600m'], doses: [0] },
  });
  const sizes = [...resolveSizes(spec, 100_352).sizes.values()];
  const trainings = sizes.map((size) => ({ size, field: null }));
  const jobs = (execution: ExecutionInput, gpuMemory: string | null = '80Gi') => ({
    configuration: JobConfiguration.parse({
      ...{ version: 1, profiles: { cpu: {}, gpu: { gpusPerNode: 8, processesPerNode: 8, nodes: 2, gpuMemory, execution } } },
      assignment: { train: [{ profile: 'gpu' }], evaluate: [{ profile: 'cpu' }], corpus: 'cpu', analyse: 'cpu' },
    }),
    nodes: null,
  });

  it('refuses a size that does not fit, part by part, and says with what it would', () => {
    const [found, ...rest] = memoryProblems(spec, trainings, jobs({}));
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ field: 'grid.sizes', value: '13b' });
    expect(found!.rule).toMatch(
      /^must fit the GPUs of profile gpu: 13b needs 28[0-9]\.\d GiB of each \(weights, gradients and Adam 25\.5 GiB, gathered weights .* GiB, activations 230\.0 GiB, logits 24\.5 GiB, reserve 2\.0 GiB\), which has 80\.0 GiB; \d+\.\d GiB are enough with execution\.microbatchTokens: 2048 with activationCheckpointing: none$/,
    );
  });

  it('refuses a stage that does not fit where the pre-training does, by the field of its settings', () => {
    const execution = { activationCheckpointing: 'full', microbatchTokens: 4096 } as const;
    const size = sizes.find(({ name }) => name === '600m')!;
    const long = { ...size, name: '600m in stage long', training: { ...size.training, sequenceLength: 65_536 } };
    const stage = { size: long, field: 'stages[0].training' };
    expect(memoryProblems(spec, [{ size, field: null }], jobs(execution, '24Gi'))).toEqual([]);
    expect(memoryProblems(spec, [{ size, field: null }, stage], jobs(execution, '24Gi'))).toMatchObject([
      { field: 'stages[0].training', value: '600m in stage long', rule: expect.stringContaining('600m in stage long needs') },
    ]);
  });

  it('accepts what fits, and what nobody knows the GPUs of', () => {
    expect(memoryProblems(spec, trainings, jobs({ activationCheckpointing: 'full', microbatchTokens: 8192 }))).toEqual([]);
    expect(memoryProblems(spec, trainings, jobs({}, null))).toEqual([]);
  });
});

describe('gpuMemoryOf()', () => {
  const h200 = { 'nvidia.com/gpu.memory': '143771' };

  it("is what the profile states, else the least that its nodes' labels tell", () => {
    expect(gpuMemoryOf(JobProfile.parse({ gpuMemory: '80Gi' }), [h200])).toBe(80 * GIB);
    expect(gpuMemoryOf(JobProfile.parse({}), [h200, { ...h200, 'nvidia.com/gpu.memory': '81559' }, {}])).toBe(81_559 * 1024 ** 2);
    expect(gpuMemoryOf(JobProfile.parse({ nodeSelector: { pool: 'a' } }), [h200])).toBeNull();
  });
});

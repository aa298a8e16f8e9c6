import { describe, expect, it } from '@jest/globals';
import { JobConfiguration, type JobConfigurationInput, type JobProfileInput, type NodeCapacity } from '@titrate/contracts';
import { profileProblems } from './profile-checks.ts';

const node = (changes: Partial<NodeCapacity> = {}): NodeCapacity => ({
  ...{ gpus: { 'nvidia.com/gpu': 8 }, cpu: 64, memoryBytes: 512 * 1024 ** 3, labels: {} },
  ...changes,
});
const configured = (gpu: JobProfileInput, more: Partial<JobConfigurationInput> = {}): JobConfiguration =>
  JobConfiguration.parse({
    ...{ version: 1, profiles: { cpu: {}, gpu } },
    assignment: { train: [{ upToParameters: 1e9, profile: 'gpu' }], evaluate: [{ profile: 'cpu' }], corpus: 'cpu', analyse: 'cpu' },
    ...more,
  });
const small = [{ name: '600M', parameters: 6e8 }];
const rulesOf = (gpu: JobProfileInput, nodes: readonly NodeCapacity[] | null, wanted?: string) =>
  profileProblems(wanted, small, { configuration: configured(gpu), nodes }).map(({ field, rule, value }) => [field, rule, value]);

describe('profileProblems', () => {
  it('refuses a profile that is not configured, and names those that are', () => {
    expect(rulesOf({}, null, 'huge')).toEqual([['profile', 'must be one of the profiles cpu, gpu', 'huge']]);
  });

  it('refuses a size that no profile is assigned to', () => {
    const problems = profileProblems(undefined, [{ name: '13B', parameters: 13e9 }], { configuration: configured({}), nodes: null });
    expect(problems).toMatchObject([
      { field: 'grid.sizes', value: '13B', rule: expect.stringContaining('none is for 13000000000 parameters') },
    ]);
  });

  it.each([
    [{ gpusPerNode: 16 }, 'asks for 16 nvidia.com/gpu a node, and no node has more than 8'],
    [{ cpu: '128' }, 'asks for 128 processors a node, and no node has more than 64'],
    [{ memory: '1Ti' }, 'asks for 1024 GiB of memory a node, and no node has more than 512 GiB'],
    [{ gpusPerNode: 8, nodes: 3 }, 'asks for 3 nodes, and the cluster has 2 that are large enough'],
    [{ nodeSelector: { pool: 'a100' } }, 'asks for a node, and there is no node with pool=a100'],
    [{ gpusPerNode: 1, gpuResource: 'amd.com/gpu' }, 'asks for 1 amd.com/gpu a node, and no node has more than 0'],
  ])('refuses %j where no node has it', (gpu, lack) => {
    const rule = `must have a profile that the cluster can run: gpu ${lack}`;
    expect(rulesOf(gpu, [node(), node()])).toEqual([['grid.sizes', rule, '600M']]);
    expect(rulesOf(gpu, [node(), node()], 'gpu')).toEqual([['profile', rule, 'gpu']]);
  });

  it('accepts what fits, and whatever is asked of nodes that nobody knows', () => {
    expect(rulesOf({ gpusPerNode: 8, nodes: 2, memory: '500Gi', cpu: '64000m' }, [node(), node(), node({ gpus: {} })])).toEqual([]);
    expect(rulesOf({ gpusPerNode: 64 }, null)).toEqual([]);
    expect(rulesOf({ nodes: 2, onePodPerNode: false }, [node()])).toEqual([]);
  });
});

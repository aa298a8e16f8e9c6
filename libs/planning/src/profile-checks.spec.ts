import { describe, expect, it } from '@jest/globals';
import { JobConfiguration, type JobConfigurationInput, type JobProfileInput, type NodeCapacity } from '@titrate/contracts';
import { profileProblems, profileWarnings } from './profile-checks.ts';

const node = (changes: Partial<NodeCapacity> = {}): NodeCapacity => ({
  ...{ name: 'n1', gpus: { 'nvidia.com/gpu': 8 }, cpu: 64, memoryBytes: 512 * 1024 ** 3, labels: {}, taints: [], away: null },
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

const gpuTaint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' } as const;
const requiring = (...matchExpressions: object[]): JobProfileInput => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } },
});

describe('profileProblems, by the rules of the nodes', () => {
  const refusalOf = (gpu: JobProfileInput, ...nodes: NodeCapacity[]) => rulesOf(gpu, nodes)[0]?.[1];

  it('refuses a profile that tolerates no node, and names the taints', () => {
    const tainted = [node({ taints: [gpuTaint] }), node({ taints: [{ key: 'team', value: '', effect: 'NoExecute' }] })];
    expect(refusalOf({ gpusPerNode: 8 }, ...tainted)).toBe(
      'must have a profile that the cluster can run: gpu asks for a node, and there is no node whose taints it tolerates: nvidia.com/gpu=present:NoSchedule, team:NoExecute',
    );
  });

  it.each<[string, JobProfileInput['tolerations'], boolean]>([
    ['the key exists', [{ key: 'nvidia.com/gpu', operator: 'Exists' }], true],
    ['the value is equal', [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }], true],
    ['everything exists', [{ operator: 'Exists' }], true],
    ['another value', [{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'absent' }], false],
    ['another effect', [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoExecute' }], false],
    ['another key', [{ key: 'amd.com/gpu', operator: 'Exists' }], false],
  ])('lets a profile onto a tainted node by its tolerations: %s', (_, tolerations, isLet) => {
    const nodes = [node({ taints: [gpuTaint] }), node({ gpus: {} })];
    expect(refusalOf({ tolerations, gpusPerNode: 8 }, ...nodes) === undefined).toBe(isLet);
  });

  it('refuses a profile whose node affinity allows no node', () => {
    const here = node({ labels: { zone: 'a' } });
    expect(refusalOf(requiring({ key: 'zone', operator: 'In', values: ['b'] }), here)).toContain(
      'asks for a node, and there is no node that its node affinity allows',
    );
    expect(refusalOf(requiring({ key: 'zone', operator: 'In', values: ['a', 'b'] }), here)).toBeUndefined();
    expect(refusalOf({ affinity: { podAffinity: {} } }, here)).toBeUndefined();
  });

  it.each<[object, boolean]>([
    [{ key: 'gpus', operator: 'Gt', values: ['4'] }, true],
    [{ key: 'gpus', operator: 'Lt', values: ['8'] }, false],
    [{ key: 'gpus', operator: 'Exists' }, true],
    [{ key: 'gpus', operator: 'DoesNotExist' }, false],
    [{ key: 'zone', operator: 'NotIn', values: ['a'] }, true],
    [{ key: 'zone', operator: 'In', values: ['a'] }, false],
    [{ key: 'zone', operator: 'Gt', values: ['1'] }, false],
  ])('reads an expression as Kubernetes does: %j', (expression, isLet) => {
    expect(refusalOf(requiring(expression), node({ labels: { gpus: '8' } })) === undefined).toBe(isLet);
  });

  it('counts only nodes that are allowed and tolerated', () => {
    const two = { gpusPerNode: 8, nodes: 2 };
    expect(refusalOf(two, node(), node({ taints: [gpuTaint] }))).toContain('asks for 2 nodes, and the cluster has 1');
  });
});

describe('profileWarnings', () => {
  const warningsFor = (gpu: JobProfileInput, ...nodes: NodeCapacity[]) =>
    profileWarnings(undefined, small, { configuration: configured(gpu), nodes });
  const cordoned = node({ name: 'n2', away: 'is cordoned' });

  it('tell of a profile that must wait for nodes which take nothing now, and do not refuse it', () => {
    const gpu = { gpusPerNode: 8, nodes: 2 };
    expect(warningsFor(gpu, node(), cordoned)).toEqual([
      'profile gpu asks for 2 nodes, and the cluster has 1 that are large enough, as n2 is cordoned: its jobs wait until that is over',
    ]);
    expect(rulesOf(gpu, [node(), cordoned])).toEqual([]);
    const down = node({ name: 'n3', gpus: {}, away: 'is not ready' });
    expect(warningsFor({}, cordoned, down)[0]).toContain('and the cluster has none, as n2 is cordoned, n3 is not ready');
  });

  it('say nothing of what fits now, of what is refused, or of nodes that nobody knows', () => {
    expect(warningsFor({ gpusPerNode: 8 }, node(), cordoned)).toEqual([]);
    expect(warningsFor({ gpusPerNode: 16 }, node(), cordoned)).toEqual([]);
    expect(profileWarnings('huge', small, { configuration: configured({}), nodes: [cordoned] })).toHaveLength(1);
    expect(profileWarnings(undefined, small, { configuration: configured({}), nodes: null })).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { capacityOf } from './capacity.ts';
import type { Node } from './objects.ts';

const nodeOf = (changes: Partial<Node>): Node => ({
  metadata: { name: 'n1', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' } as Node['metadata'],
  status: { allocatable: { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '8', 'ephemeral-storage': '1Ti' } },
  ...changes,
});

describe('what a node can give', () => {
  it('is told with its devices', () => {
    expect(capacityOf(nodeOf({}))).toEqual({
      ...{ name: 'n1', gpus: { 'nvidia.com/gpu': 8 }, cpu: 64, memoryBytes: 512 * 1024 ** 3, labels: {}, taints: [], away: null },
    });
  });

  it('is told with the taints that stand, not with those that Kubernetes takes back or that keep nobody off', () => {
    const taints = [
      { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
      { key: 'team', effect: 'NoExecute' },
      { key: 'spare', effect: 'PreferNoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ];
    expect(capacityOf(nodeOf({ spec: { unschedulable: true, taints } }))).toMatchObject({
      taints: [taints[0], { key: 'team', value: '', effect: 'NoExecute' }],
      away: 'is cordoned',
    });
  });

  it.each([
    ['True', null],
    ['False', 'is not ready'],
    ['Unknown', 'is not ready'],
  ])('tells by the condition Ready %s whether it takes pods', (status, away) => {
    expect(capacityOf(nodeOf({ status: { conditions: [{ type: 'Ready', status }] } })).away).toBe(away);
  });
});

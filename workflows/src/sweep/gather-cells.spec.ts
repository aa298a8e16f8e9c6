import { describe, expect, it } from '@jest/globals';
import { cellState } from './gather-cells.ts';

const succeeded = { state: 'succeeded' } as const;

describe('cellState()', () => {
  it('is finished when all results are there, though the run has not written down yet that it is', () => {
    expect(cellState('evaluating', [succeeded, succeeded])).toBe('finished');
    expect(cellState('running', [succeeded, { state: 'missing' }])).toBe('finished');
  });

  it('stays that of the run while something is owed', () => {
    expect(cellState('evaluating', [succeeded, { state: 'waiting' }])).toBe('evaluating');
    expect(cellState('running', [{ state: 'running' }])).toBe('running');
    expect(cellState('waiting', [])).toBe('waiting');
  });

  it('is failed when the run is, whatever was evaluated before', () => {
    expect(cellState('failed', [succeeded, { state: 'failed' }])).toBe('failed');
  });
});

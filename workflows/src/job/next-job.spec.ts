import { describe, expect, it } from '@jest/globals';
import { defaultFailureRules, type FailureClass } from '@titrate/contracts';
import type { JobEnding } from './ending.ts';
import { decideNextJob, nothingFailed, type JobTally } from './next-job.ts';

const policy = { ruleOf: (failure: FailureClass) => defaultFailureRules[failure], maxInterruptions: 2 };
const endedAs = (failure: FailureClass, node: string | null = null): JobEnding => ({
  ...{ kind: 'failed', failure, exitCode: 1, message: 'its last words', node, endedAt: '2026-01-01T00:00:00Z' },
});
const after = (ending: JobEnding, before: Partial<JobTally> = {}) => decideNextJob(ending, { ...nothingFailed, ...before }, policy);

describe('decideNextJob', () => {
  it('tries again after the pause of the rule, which doubles with each failure of its kind', () => {
    expect(after(endedAs('killed'))).toMatchObject({ kind: 'again', waitMs: 2000, tally: { failures: 1, interruptions: 0 } });
    expect(after(endedAs('killed'), { failures: 1 })).toMatchObject({ kind: 'again', waitMs: 4000 });
    expect(after(endedAs('evicted'), { interruptions: 1 })).toMatchObject({ waitMs: 20_000, tally: { failures: 0, interruptions: 2 } });
  });

  it('gives up after as many failures as are allowed, and says what the last job said', () => {
    expect(after(endedAs('killed'), { failures: 2 })).toEqual({ kind: 'give-up', reason: 'killed: its last words' });
  });

  it('gives up at once where the rule is never', () => {
    expect(after(endedAs('bad-input')).kind).toBe('give-up');
  });

  it('does not count what the cluster took away as a failure, and bounds it all the same', () => {
    expect(after(endedAs('evicted'), { failures: 2 }).kind).toBe('again');
    expect(after(endedAs('evicted'), { interruptions: 2 }).kind).toBe('give-up');
  });

  it('takes nothing off what is allowed for a job that the control plane stopped itself', () => {
    const spent = { failures: 2, interruptions: 2 };
    expect(after(endedAs('stopped'), spent)).toMatchObject({ kind: 'again', waitMs: 0, tally: spent });
  });

  it('counts a job that ended well without its result, and one that nobody knows', () => {
    for (const ending of [{ kind: 'succeeded', endedAt: '2026-01-01T00:00:00Z' }, { kind: 'unknown' }] as const)
      expect([after(ending).kind, after(ending, { failures: 2 }).kind]).toEqual(['again', 'give-up']);
  });

  it('keeps away from the nodes of the newest three failures that ask for it, and from no other', () => {
    const nodes = ['c', 'b', 'a'].map((node) => ({ failure: 'hung' as const, node }));
    expect(after(endedAs('hung', 'd'), { nodes })).toMatchObject({ excludedNodes: ['d', 'c', 'b'] });
    expect(after(endedAs('killed', 'd'), { nodes })).toMatchObject({ excludedNodes: ['c', 'b', 'a'] });
    expect(after(endedAs('stopped'), { nodes })).toMatchObject({ excludedNodes: [], tally: { nodes: [] } });
  });
});

import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { JobStatus } from '@titrate/job-launcher';
import { launchTold, watchJob } from './job-watch.activities.ts';
import { createPace } from './pace.ts';

const waiting = (reason: string): JobStatus => ({ kind: 'waiting', reason });
const running: JobStatus = { kind: 'running', startedAt: '2026-01-01T00:00:00Z' };
const succeeded = { kind: 'succeeded', endedAt: '2026-01-01T00:01:00Z' } as const;

/** Watches a job that goes through these states, one for each look, and ends well; tells what came of it. */
async function watched(states: JobStatus[], isWanted = true) {
  const told: (string | null)[] = [];
  const stopped: string[] = [];
  const left = [...states];
  const launcher = {
    status: async (): Promise<JobStatus> => left.shift() ?? { kind: 'ended', end: succeeded },
    log: async () => ({ text: '', next: 0 }),
    stop: async (...words: string[]) => void stopped.push(words.join(' ')),
  };
  const watch = {
    ...{ launcher, pace: createPace(1), pollMs: 1 },
    tell: async (reason: string | null) => void told.push(reason),
    isWanted: async () => isWanted,
  };
  const ending = await new MockActivityEnvironment().run(() => watchJob('job', watch));
  return { ending, told, stopped };
}

describe('watchJob', () => {
  it('tells what a job waits for when that changes, and that it waits no more', async () => {
    const states = [waiting('queued'), waiting('queued'), waiting('no node takes it'), running, running];
    expect(await watched(states)).toEqual({ ending: succeeded, told: ['queued', 'no node takes it', null], stopped: [] });
  });

  it('stops a job whose result nobody wants any more', async () => {
    const { stopped } = await watched(Array<JobStatus>(500).fill(running), false);
    expect(new Set(stopped)).toEqual(new Set(['job stopped']));
  });

  it('ends with a job that nobody knows', async () => {
    expect(await watched([{ kind: 'unknown' }])).toMatchObject({ ending: { kind: 'unknown' }, told: [] });
  });
});

describe('launchTold', () => {
  it('tells why a job cannot be launched, and lets it be tried again', async () => {
    const told: string[] = [];
    const launcher = { launch: () => Promise.reject(new Error('Cannot create jobs in namespace runs')) };
    const launched = launchTold(launcher, {} as never, async (reason) => void told.push(reason));
    await expect(launched).rejects.toThrow('Cannot create jobs');
    expect(told).toEqual(['it cannot be launched: Cannot create jobs in namespace runs']);
  });
});

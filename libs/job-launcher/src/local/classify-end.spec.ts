import { describe, expect, it } from '@jest/globals';
import { classifyEnd } from './classify-end.ts';
import type { ExitRecord } from './job-folder.ts';

const record = (changes: Partial<ExitRecord>): ExitRecord => ({
  version: 1,
  exitCode: null,
  signal: null,
  endedAt: '2026-01-01T00:00:00.000Z',
  oomKilled: false,
  stopped: null,
  ...changes,
});

describe('classifyEnd()', () => {
  it.each<[string, Partial<ExitRecord>, string]>([
    ['our own stop, whatever the code', { stopped: 'stopped', exitCode: 0 }, 'stopped'],
    ['our own end of a hung job', { stopped: 'hung', signal: 'SIGKILL' }, 'hung'],
    ['a stop that was settled after the supervisor was gone', { stopped: 'stopped', lost: true }, 'stopped'],
    ['an owner that is gone', { stopped: 'owner-gone', signal: 'SIGTERM' }, 'stopped'],
    ['a supervisor that was asked to end', { stopped: 'terminated', signal: 'SIGTERM' }, 'stopped'],
    ['no word of the end', { lost: true }, 'lost'],
    ['a kill by the kernel for memory', { signal: 'SIGKILL', oomKilled: true }, 'out-of-memory'],
    ['a rank killed for memory', { exitCode: 137, oomKilled: true }, 'out-of-memory'],
    ['a kill by somebody', { signal: 'SIGKILL' }, 'killed'],
    ['a crash', { signal: 'SIGSEGV' }, 'killed'],
    ['a rank killed by somebody', { exitCode: 137 }, 'killed'],
    ['bad input', { exitCode: 20 }, 'bad-input'],
    ['a loss that is not finite', { exitCode: 30 }, 'loss-not-finite'],
    ['a newer attempt', { exitCode: 40 }, 'fenced'],
    ['any other code', { exitCode: 2 }, 'failed'],
  ])('%s', (_what, changes, failure) => {
    expect(classifyEnd(record(changes), 'last words')).toMatchObject({
      kind: 'failed',
      failure,
      message: expect.stringMatching(/:\nlast words$/),
    });
  });

  it('code 0 is success', () => {
    expect(classifyEnd(record({ exitCode: 0 }), 'words')).toEqual({ kind: 'succeeded', endedAt: '2026-01-01T00:00:00.000Z' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { subjectOfPath } from './request-log.ts';

describe('what a path is about', () => {
  it.each([
    ['/v1/sweeps/sw-a/pause', { sweep: 'sw-a' }],
    ['/v1/runs/0a/checkpoints/0b/pin', { run: '0a', checkpoint: '0b' }],
    ['/v1/corpora/state%20of', { corpus: 'state of' }],
    ['/v1/corpora/%', { corpus: '%' }],
    ['/v1/sweeps', {}],
    ['/v1/sweeps/', {}],
    ['/healthz', {}],
  ])('%s', (path, subject) => {
    expect(subjectOfPath(path)).toEqual(subject);
  });
});

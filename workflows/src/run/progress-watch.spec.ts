import { describe, expect, it } from '@jest/globals';
import type { Progress } from '@titrate/contracts';
import { createProgressWatch } from './progress-watch.ts';

const at = (step: number, phase: Progress['phase'] = 'training'): Uint8Array => {
  const progress: Progress = { phase, step, steps: 100, tokens: step * 10, loss: 1, tokensPerSecond: 5, at: '2026-01-01T00:00:00.000Z' };
  return new TextEncoder().encode(JSON.stringify(progress));
};

describe('a progress watch', () => {
  it('calls a job hung when readable progress stands still for longer than the limit', () => {
    const watch = createProgressWatch(60);
    expect(watch.look(at(5), 0)).toMatchObject({ isHung: false, progress: { step: 5 } });
    expect(watch.look(at(5), 59_000)).toEqual({ isHung: false, progress: null });
    expect(watch.look(at(5), 61_000).isHung).toBe(true);
  });

  it('starts to count again with each step', () => {
    const watch = createProgressWatch(60);
    watch.look(at(5), 0);
    watch.look(at(6), 59_000);
    expect(watch.look(at(6), 100_000).isHung).toBe(false);
  });

  it('never ends a job whose progress cannot be read', () => {
    const watch = createProgressWatch(60);
    watch.look(at(5), 0);
    expect(watch.look(null, 1e9).isHung).toBe(false);
    expect(watch.look(new TextEncoder().encode('{"step":'), 1e9).isHung).toBe(false);
  });

  it('gives start-up its grace, and lets a finished job rest', () => {
    const watch = createProgressWatch(60);
    watch.look(at(0, 'starting'), 0);
    expect(watch.look(at(0, 'starting'), 600_000).isHung).toBe(false);
    expect(watch.look(at(0, 'starting'), 901_000).isHung).toBe(true);
    expect(watch.look(at(100, 'finished'), 902_000).isHung).toBe(false);
    expect(watch.look(at(100, 'finished'), 9e9).isHung).toBe(false);
  });
});

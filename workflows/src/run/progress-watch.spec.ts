import { describe, expect, it } from '@jest/globals';
import type { Progress } from '@titrate/contracts';
import { createProgressWatch } from './progress-watch.ts';

const START = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T01:00:00.000Z';

const at = (step: number, phase: Progress['phase'] = 'training', time = START): Uint8Array => {
  const speed = { tokensPerSecond: 5, mfu: null, gradientNorm: null, dataWaitShare: null };
  const progress: Progress = { phase, step, steps: 100, tokens: step * 10, loss: 1, ...speed, at: time };
  return new TextEncoder().encode(JSON.stringify(progress));
};

const watchOf = () => createProgressWatch({ hangSeconds: 60, startSeconds: 900, saveSeconds: 300 });

describe('a progress watch', () => {
  it('calls a job hung when readable progress stands still for longer than the limit', () => {
    const watch = watchOf();
    expect(watch.look(at(5), 0, START)).toMatchObject({ isHung: false, progress: { step: 5 } });
    expect(watch.look(at(5), 59_000, START)).toEqual({ isHung: false, progress: null });
    expect(watch.look(at(5), 61_000, START).isHung).toBe(true);
  });

  it('starts to count again with each step', () => {
    const watch = watchOf();
    watch.look(at(5), 0, START);
    watch.look(at(6), 59_000, START);
    expect(watch.look(at(6), 100_000, START).isHung).toBe(false);
  });

  it('never ends a job whose progress cannot be read', () => {
    const watch = watchOf();
    watch.look(at(5), 0, START);
    expect(watch.look(null, 1e9, START).isHung).toBe(false);
    expect(watch.look(new TextEncoder().encode('{"step":'), 1e9, START).isHung).toBe(false);
    expect(watch.look(at(5), 1e9 + 59_000, START).isHung).toBe(false);
    expect(watch.look(at(5), 1e9 + 61_000, START).isHung).toBe(true);
  });

  it('gives start-up its grace, and lets a finished job rest', () => {
    const watch = watchOf();
    watch.look(at(0, 'starting'), 0, START);
    expect(watch.look(at(0, 'starting'), 600_000, START).isHung).toBe(false);
    expect(watch.look(at(0, 'starting'), 901_000, START).isHung).toBe(true);
    expect(watch.look(at(100, 'finished'), 902_000, START).isHung).toBe(false);
    expect(watch.look(at(100, 'finished'), 9e9, START).isHung).toBe(false);
  });

  it('gives a save its own time, and a training that hangs after it none of that', () => {
    const watch = watchOf();
    watch.look(at(5), 0, START);
    watch.look(at(5, 'saving'), 10_000, START);
    expect(watch.look(at(5, 'saving'), 310_000, START).isHung).toBe(false);
    expect(watch.look(at(5, 'saving'), 311_000, START).isHung).toBe(true);
    watch.look(at(5), 320_000, START);
    expect(watch.look(at(5), 381_000, START).isHung).toBe(true);
  });

  it('gives a job that its queue took back and started anew the grace of a start, whatever its earlier life had reached', () => {
    const watch = watchOf();
    watch.look(at(50), 0, START);
    expect(watch.look(at(50), 1_000_000, LATER).isHung).toBe(false);
    expect(watch.look(at(50), 1_899_000, LATER).isHung).toBe(false);
    expect(watch.look(at(50), 1_901_000, LATER).isHung).toBe(true);
    expect(watch.look(at(51, 'training', LATER), 1_902_000, LATER).isHung).toBe(false);
    expect(watch.look(at(51, 'training', LATER), 1_963_000, LATER).isHung).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { RunView } from '@titrate/records';
import { divergence, rewindFor } from './not-finite.ts';

const viewOf = (attempt: number, notFinite: RunView['notFinite'], earlierResumePoint = 40): RunView =>
  ({ attempt: { number: attempt }, notFinite, earlierResumePoint, resumePoint: 60 }) as unknown as RunView;

describe('rewindFor()', () => {
  it('goes back behind the newest checkpoint right after a first loss that was not finite', () => {
    expect(rewindFor(viewOf(3, [{ attempt: 3, step: 63 }]))).toBe(40);
  });

  it('goes back to the start where there was one checkpoint or none', () => {
    expect(rewindFor(viewOf(1, [{ attempt: 1, step: 63 }], 0))).toBe(0);
  });

  it('goes on from the newest checkpoint otherwise: after other failures, and when the second attempt was only interrupted', () => {
    expect([rewindFor(viewOf(1, [])), rewindFor(viewOf(2, [{ attempt: 1, step: 63 }]))]).toEqual([undefined, undefined]);
  });
});

describe('divergence()', () => {
  it('is not told by one loss that was not finite: that may have been the hardware', () => {
    expect([divergence(viewOf(1, [])), divergence(viewOf(1, [{ attempt: 1, step: 7 }]))]).toEqual([null, null]);
  });

  it('is told by a second one with the step, whether or not it is the same', () => {
    const second = (step: number | null) =>
      divergence(
        viewOf(4, [
          { attempt: 1, step: 7 },
          { attempt: 4, step },
        ]),
      );
    expect(second(7)).toBe('The loss was not finite at step 7 in two attempts (1 and 4), the second one from an earlier checkpoint');
    expect(second(90)).toContain('in two attempts: at step 7 in attempt 1, at step 90 in attempt 4');
    expect(second(null)).toContain('at step 7 in attempt 1, at an unknown step in attempt 4');
  });
});

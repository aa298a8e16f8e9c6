import type { RunView } from '@titrate/records';

/** Attempts whose loss was not finite before a run is given up: one more than the first, to tell faulty hardware from the training itself. */
const MOST_NOT_FINITE = 2;

/**
 * The step that the next attempt goes back to; undefined where it goes on from the newest checkpoint.
 *
 * After a first loss that was not finite the newest checkpoint may hold the damage already: it was saved behind a finite loss, but with the
 * weights that the next steps broke down on. So the attempt begins at the full checkpoint before, or at the start. Data are never skipped:
 * that would be another run. Later attempts need not be told: what was left behind stays superseded in the log.
 */
export function rewindFor({ attempt, notFinite, earlierResumePoint }: RunView): number | undefined {
  const [first] = notFinite;
  return notFinite.length === 1 && first?.attempt === attempt?.number ? earlierResumePoint : undefined;
}

/** Why a run is given up whose loss was not finite again, or null: another machine would not help it. */
export function divergence({ notFinite }: RunView): string | null {
  if (notFinite.length < MOST_NOT_FINITE) return null;
  const steps = new Set(notFinite.map(({ step }) => step));
  const attempts = notFinite.map(({ attempt }) => attempt).join(' and ');
  const last = notFinite.at(-1)?.step ?? null;
  return steps.size === 1 && last !== null
    ? `The loss was not finite at step ${last} in two attempts (${attempts}), the second one from an earlier checkpoint`
    : `The loss was not finite in two attempts: ${notFinite.map(placeOf).join(', ')}, the second one from an earlier checkpoint`;
}

const placeOf = ({ attempt, step }: RunView['notFinite'][number]): string =>
  step === null ? `at an unknown step in attempt ${attempt}` : `at step ${step} in attempt ${attempt}`;

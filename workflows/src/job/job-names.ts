import { shortDigest, type Attempt, type Digest } from '@titrate/contracts';

/** How the names of a run's jobs begin. */
export const jobNames = (kind: 'train' | 'evaluate', run: Digest): string => `${kind}-${shortDigest(run)}-`;

/**
 * Names a training job: short enough for a pod, and the same for the same attempt. The token tells it from an attempt of the
 * same number before the run was deleted and demanded again: that one's job has ended, and would not be started again.
 */
export const trainJobName = (run: Digest, { number, token }: Pick<Attempt, 'number' | 'token'>): string =>
  `${jobNames('train', run)}${number}-${token.slice(0, 8)}`;

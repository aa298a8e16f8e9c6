import type { SweepSpecInput } from '@titrate/contracts';
import { smallSpec } from './laboratory.ts';

/** One run of some ten seconds of training, with a checkpoint to resume from every 100 steps. */
export const longSpec = (overrides: Parameters<typeof smallSpec>[0]): SweepSpecInput =>
  smallSpec({ doses: [6], steps: 1200, checkpoints: { evaluate: { shares: [0.5, 1] }, resume: { everySteps: 100 } }, ...overrides });

/** Momentum over next to no second moment at an absurd learning rate: weights move without bound. */
const wild = { learningRate: 1, warmupSteps: 0, weightDecay: 1, gradientClip: 1e38, beta1: 0.9, beta2: 1e-9 };

/** One run whose loss stops being finite after some steps, with a checkpoint every two. */
export function wildSpec(): SweepSpecInput {
  const spec = smallSpec({
    name: 'wild',
    doses: [0],
    steps: 400,
    maxAttempts: 9,
    checkpoints: { evaluate: { shares: [1] }, resume: { everySteps: 2 } },
  });
  const [size] = spec.grid.sizes as { training: object }[];
  return { ...spec, grid: { ...spec.grid, sizes: [{ ...size, training: { ...size!.training, ...wild } }] } as never };
}

/** Pre-training and two stages behind it, the second going on from the first. */
export const stagedSpec = (): SweepSpecInput => ({
  ...smallSpec({ name: 'staged' }),
  stages: [
    { name: 'clean', where: { doses: [20] }, from: 0.5, tokenShare: 0.5 },
    { name: 'further', after: 'clean', tokenShare: 0.25, carryOptimizer: true, schedule: 'go-on' },
  ],
});

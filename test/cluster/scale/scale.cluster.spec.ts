import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnRig } from '../rig/cluster-under-test.ts';
import { measure, type Measurement } from './measure.ts';
import { evaluationsOf, gridSpec } from './specs.ts';
import { openWorld, type World } from './world.ts';

const CHECKPOINTS = 5;
/** 18 runs of each size, on one, one, two and four nodes, and room for evaluations. */
const NODES = 160;
const LIMIT_SECONDS = 600;

/** Histories of Temporal end at 51,200 events; ours are to stay far below. */
const LONGEST_HISTORY = 10_000;

describeOnRig('the grid of the study, on a cluster of fake nodes with eight GPUs each', () => {
  let world: World;
  let grid: Measurement;

  beforeAll(
    async () => {
      const kubeconfig = process.env['TITRATE_TEST_KUBECONFIG'] as string;
      const say = (message: string): void => void process.stderr.write(`${message}\n`);
      world = await openWorld({ kubeconfig, nodes: NODES, trainSeconds: 2 * CHECKPOINTS, evaluateSeconds: 1, say });
      grid = await measure(
        world,
        gridSpec(CHECKPOINTS),
        { runs: 72, evaluationsPerRun: evaluationsOf(CHECKPOINTS) },
        {},
        LIMIT_SECONDS,
        say,
      );
    },
    1_000 * (LIMIT_SECONDS + 900),
  );
  afterAll(() => world?.close(), 120_000);

  it('trains every run and evaluates every checkpoint once: none is lost, none is done twice', () => {
    expect(grid.faults).toEqual([]);
    expect(grid.jobs['train']).toBe(72);
  });

  it('keeps every history short', () => {
    expect(grid.histories.map(({ type }) => type)).toEqual(expect.arrayContaining(['sweep', 'run', 'evaluationBatch']));
    expect(Math.max(...grid.histories.map(({ longest }) => longest))).toBeLessThan(LONGEST_HISTORY);
  });
});

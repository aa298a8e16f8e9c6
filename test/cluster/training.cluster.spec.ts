import { beforeAll, expect, it } from '@jest/globals';
import type { Evaluation, Run, RunLogEntry } from '@titrate/contracts';
import { openLaboratory, smallSpec, type Laboratory } from '../e2e/laboratory.ts';
import { openClusterLaboratory, type ClusterLaboratory } from './cluster-laboratory.ts';
import { describeOnRealNode } from './rig/cluster-under-test.ts';

const MINUTES = 60_000;

const spec = smallSpec({ doses: [20], steps: 200 });

/** Trains the one run of the spec and returns it with its log. */
async function train(lab: Laboratory): Promise<{ run: Run; log: RunLogEntry[]; evaluations: Evaluation[] }> {
  await lab.addCorpus();
  const { sweep } = await lab.client.submitSweep(spec);
  const done = await lab.until(sweep.id, ['finished', 'failed'], 8 * MINUTES);
  expect(done).toMatchObject({ state: 'finished', evaluations: { succeeded: 2 } });
  const run = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items[0] as Run;
  const evaluations = (await lab.client.listRunEvaluations({ id: run.id, limit: 100 })).items as Evaluation[];
  return { run, log: await lab.log(run.id), evaluations };
}

const entryOf = <K extends RunLogEntry['kind']>(log: RunLogEntry[], kind: K) =>
  log.find((entry): entry is Extract<RunLogEntry, { kind: K }> => entry.kind === kind)!;

/** sha256 of each object of the last checkpoint, by its name below the checkpoint. */
function weightsOf(log: RunLogEntry[]): Record<string, string> {
  const last = log.findLast((entry) => entry.kind === 'checkpoint')!.checkpoint;
  const objects = last.objects.map(({ key, sha256 }) => [key.slice(last.prefix.length), sha256] as const);
  // The index is a pickle of PyTorch's, which tells the same in other bytes from one process to the next.
  return Object.fromEntries(objects.filter(([name]) => name !== '.metadata'));
}

describeOnRealNode('a training in pods', () => {
  let local: Laboratory;
  let here: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    local = await openLaboratory();
    here = await train(local);
    await local.close();
  }, 6 * MINUTES);

  it(
    'of one pod ends with the weights of a local process bit by bit',
    async () => {
      const lab = await openClusterLaboratory();
      try {
        const there = await train(lab);
        expect(there.run.id).toBe(here.run.id);
        expect(entryOf(there.log, 'finished')).toMatchObject({
          tokenStream: entryOf(here.log, 'finished').tokenStream,
          finalLoss: entryOf(here.log, 'finished').finalLoss,
        });
        expect(weightsOf(there.log)).toEqual(weightsOf(here.log));
      } finally {
        await lab.close();
      }
    },
    10 * MINUTES,
  );

  it(
    'of two pods with sharded weights consumes the same tokens, is evaluated while it trains, and leaves nothing in the cluster',
    async () => {
      const lab: ClusterLaboratory = await openClusterLaboratory({ nodes: 2, onePodPerNode: false });
      try {
        const there = await train(lab);
        const started = entryOf(there.log, 'started');
        expect(started.environment).toMatchObject({ worldSize: 2, image: process.env['TITRATE_TEST_TRAINER_IMAGE'] });
        const [ended, expected] = [entryOf(there.log, 'finished'), entryOf(here.log, 'finished')];
        expect(ended).toMatchObject({ tokenStream: expected.tokenStream, poisonDocuments: 20 });
        // Sums over two ranks are rounded in another order.
        expect(Math.abs(ended.finalLoss - expected.finalLoss)).toBeLessThan(0.01);
        await lab.eventually(
          'Jobs, Services, Secrets and pods are gone',
          async () => (await lab.left('jobs', 'services', 'secrets', 'pods')) === 0,
        );
      } finally {
        await lab.close();
      }
    },
    10 * MINUTES,
  );
});

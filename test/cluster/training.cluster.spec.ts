import { beforeAll, expect, it } from '@jest/globals';
import type { Attempt, Run, RunLogEntry, SweepSpecInput } from '@titrate/contracts';
import { openLaboratory, smallSpec, type Laboratory } from '../e2e/laboratory.ts';
import { openClusterLaboratory, type ClusterLaboratory } from './cluster-laboratory.ts';
import { Queue } from './queue.ts';
import { describeOnRealNode } from './rig/cluster-under-test.ts';

const MINUTES = 60_000;
const TIMEOUT = 20 * MINUTES;

/** Long enough for evaluations to begin while it trains. */
const spec = smallSpec({ doses: [20], steps: 600, checkpoints: { evaluate: { shares: [0.25, 1] }, resume: { shares: [0.5, 1] } } });

interface Submitted {
  readonly sweep: string;
  readonly run: string;
}

/** Makes the corpus, and submits a sweep of one run. */
async function submit(lab: Laboratory, what: SweepSpecInput): Promise<Submitted> {
  await lab.addCorpus();
  const { sweep } = await lab.client.submitSweep(what);
  const runs = async () => (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
  return { sweep: sweep.id, run: (await lab.eventually('the run is there', async () => (await runs())[0] ?? null)).id };
}

/** Waits until the one run of a sweep is trained and all of its evaluations are done; its log. */
async function finished(lab: Laboratory, { sweep, run }: Submitted, evaluations = 2): Promise<RunLogEntry[]> {
  const done = await lab.until(sweep, ['finished', 'failed'], 15 * MINUTES);
  expect(done).toMatchObject({ state: 'finished', evaluations: { succeeded: evaluations } });
  return await lab.log(run);
}

const entryOf = <K extends RunLogEntry['kind']>(log: RunLogEntry[], kind: K) =>
  log.find((entry): entry is Extract<RunLogEntry, { kind: K }> => entry.kind === kind)!;

const countOf = (log: RunLogEntry[], kind: RunLogEntry['kind']): number => log.filter((entry) => entry.kind === kind).length;

/** sha256 of each object of the last checkpoint, by its name below the checkpoint. */
function weightsOf(log: RunLogEntry[]): Record<string, string> {
  const last = log.findLast((entry) => entry.kind === 'checkpoint')!.checkpoint;
  const objects = last.objects.map(({ key, sha256 }) => [key.slice(last.prefix.length), sha256] as const);
  // The index is a pickle of PyTorch's, which tells the same in other bytes from one process to the next.
  return Object.fromEntries(objects.filter(([name]) => name !== '.metadata'));
}

/** Has a laboratory for as long as something is done in it. */
async function inLaboratory<L extends Laboratory, T>(opening: Promise<L>, what: (lab: L) => Promise<T>): Promise<T> {
  const lab = await opening;
  try {
    return await what(lab);
  } finally {
    await lab.close();
  }
}

const atLeisure = { evaluate: { shares: [1] }, resume: { everySteps: 100 } };

const attemptsOf = async (lab: Laboratory, id: string): Promise<Attempt[]> =>
  (await lab.client.listRunAttempts({ id, limit: 10 })).items as Attempt[];

/** Has a run's Job evicted once it has a checkpoint, and admitted again when its pods are gone. */
async function requeue(lab: ClusterLaboratory, queue: Queue, run: string): Promise<void> {
  await lab.eventually('a checkpoint is committed', async () => countOf(await lab.log(run), 'checkpoint') > 0, 10 * MINUTES);
  const [{ job = '' } = {}] = await attemptsOf(lab, run);
  await queue.evict(job);
  await lab.eventually('the pods are gone', async () => (await lab.podsOf(job)).length === 0);
  expect((await lab.client.getRun({ id: run })).state).toBe('running');
  queue.admit(job);
}

// Each has a control plane of its own, so that they run side by side.
describeOnRealNode('a training in pods', () => {
  let local: Promise<{ run: string; log: RunLogEntry[] }>;
  beforeAll(() => {
    local = inLaboratory(openLaboratory(), async (lab) => {
      const submitted = await submit(lab, spec);
      return { run: submitted.run, log: await finished(lab, submitted) };
    });
    // Who waits for it tells of a failure.
    local.catch(() => undefined);
  });

  it.concurrent(
    'of one pod ends with the weights of a local process bit by bit',
    async () => {
      await inLaboratory(openClusterLaboratory(), async (lab) => {
        const submitted = await submit(lab, spec);
        const [log, here] = [await finished(lab, submitted), await local];
        expect(submitted.run).toBe(here.run);
        const { tokenStream, finalLoss } = entryOf(here.log, 'finished');
        expect(entryOf(log, 'finished')).toMatchObject({ tokenStream, finalLoss });
        expect(weightsOf(log)).toEqual(weightsOf(here.log));
      });
    },
    TIMEOUT,
  );

  it.concurrent(
    'of two pods with sharded weights consumes the same tokens, is evaluated while it trains, and leaves nothing in the cluster',
    async () => {
      await inLaboratory(openClusterLaboratory({ nodes: 2, onePodPerNode: false }), async (lab) => {
        const submitted = await submit(lab, spec);
        const isTraining = async (): Promise<boolean> => countOf(await lab.log(submitted.run), 'finished') === 0;
        await lab.eventually(
          'an evaluation beside the training',
          async () => (await lab.names('pods')).includes('pod/evaluate-') && (await isTraining()),
          10 * MINUTES,
        );
        const [log, here] = [await finished(lab, submitted), await local];
        const image = process.env['TITRATE_TEST_TRAINER_IMAGE'];
        expect(entryOf(log, 'started').environment).toMatchObject({ worldSize: 2, image });
        const [ended, expected] = [entryOf(log, 'finished'), entryOf(here.log, 'finished')];
        expect(ended).toMatchObject({ tokenStream: expected.tokenStream, poisonDocuments: 20 });
        // Sums over two ranks are rounded in another order.
        expect(ended.finalLoss).not.toBeNull();
        expect(Math.abs(ended.finalLoss! - expected.finalLoss!)).toBeLessThan(0.01);
        await lab.eventually(
          'Jobs, Services, Secrets and pods are gone',
          async () => (await lab.names('jobs', 'services', 'secrets', 'pods')) === '',
        );
      });
    },
    TIMEOUT,
  );

  it.concurrent(
    'whose Job is evicted by its queue and admitted again goes on from its checkpoint, as the same attempt',
    async () => {
      await inLaboratory(openClusterLaboratory({}, {}, { name: 'trials', priorityClass: null }), async (lab) => {
        const queue = new Queue(lab.namespace, 'trials');
        try {
          const submitted = await submit(lab, smallSpec({ name: 'queued', doses: [6], steps: 1000, checkpoints: atLeisure }));
          await requeue(lab, queue, submitted.run);
          const log = await finished(lab, submitted, 1);
          expect((await attemptsOf(lab, submitted.run)).map(({ number, state }) => ({ number, state }))).toEqual([
            { number: 1, state: 'succeeded' },
          ]);
          expect(countOf(log, 'started')).toBe(2);
          expect(log.findLast((entry) => entry.kind === 'started')!.resumedStep).toBeGreaterThan(0);
          expect(log.filter((entry) => entry.kind === 'finished')).toMatchObject([{ poisonDocuments: 6, steps: 1000 }]);
        } finally {
          await queue.close();
        }
      });
    },
    TIMEOUT,
  );
});

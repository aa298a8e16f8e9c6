import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { runWorkflowId, sweepWorkflowId } from '@titrate/workflows/messages';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Evaluation, Run, RunLogEntry } from '@titrate/contracts';
import { openLaboratory, smallSpec, type Laboratory } from './laboratory.ts';
import { longSpec } from './specs.ts';

let lab: Laboratory;
beforeAll(async () => {
  lab = await openLaboratory();
  await lab.addCorpus();
}, 240_000);
afterAll(() => lab.close(), 60_000);

const MINUTES = 60_000;

const runOf = async (sweep: string): Promise<Run> => (await lab.client.listSweepRuns({ id: sweep, limit: 10 })).items[0] as Run;
const finishedOf = (log: RunLogEntry[]) => log.filter((entry) => entry.kind === 'finished');

/** Evaluations by step, without what may differ between two machines or moments. */
async function numbersOf(run: string): Promise<unknown> {
  const { items } = await lab.client.listRunEvaluations({ id: run, limit: 100 });
  return (items as Evaluation[]).map(({ step, cleanPerplexity, triggeredPerplexity }) => ({ step, cleanPerplexity, triggeredPerplexity }));
}

describe('whatever dies', () => {
  it(
    'a trainer that is killed again and again consumes the same tokens and ends with the same numbers as one left in peace',
    async () => {
      const disturbed = await lab.client.submitSweep(longSpec({ name: 'disturbed', maxAttempts: 10 }));
      const peaceful = await lab.client.submitSweep(longSpec({ name: 'peaceful', repeat: 1 }));
      const run = await runOf(disturbed.sweep.id);
      for (let kills = 0; kills < 2; kills++) {
        const committed = (await lab.log(run.id)).filter(({ kind }) => kind === 'checkpoint').length;
        await lab.eventually(
          'another checkpoint is committed',
          async () => (await lab.log(run.id)).filter(({ kind }) => kind === 'checkpoint').length > committed,
        );
        await sleep(Math.random() * 500);
        await lab.killTrainer(run.id);
        const attempts = kills + 2;
        await lab.eventually(
          'the next attempt starts',
          async () =>
            (await lab.log(run.id)).filter(({ kind }) => kind === 'attempt').length >= attempts ||
            finishedOf(await lab.log(run.id)).length === 1,
        );
      }
      await lab.until(disturbed.sweep.id, ['finished']);
      await lab.until(peaceful.sweep.id, ['finished']);
      const other = await runOf(peaceful.sweep.id);

      const [end] = finishedOf(await lab.log(run.id));
      const [peace] = finishedOf(await lab.log(other.id));
      expect((await lab.log(run.id)).filter(({ kind }) => kind === 'started').length).toBeGreaterThan(1);
      expect(end).toMatchObject({ tokenStream: peace?.tokenStream, finalLoss: peace?.finalLoss, poisonDocuments: 6 });
      expect(await numbersOf(run.id)).toEqual(await numbersOf(other.id));
    },
    8 * MINUTES,
  );

  it(
    'a sweep accepted while the worker is dead starts when it is back',
    async () => {
      await Promise.all([
        lab.kill('worker'),
        lab.client.submitSweep(smallSpec({ name: 'accepted-without-worker', cellSeeds: [21], doses: [0] })),
      ]);
      const { sweep } = await lab.client.submitSweep(smallSpec({ name: 'accepted-without-worker', cellSeeds: [21], doses: [0] }));
      expect((await lab.until(sweep.id, ['finished', 'failed'])).state).toBe('finished');
    },
    4 * MINUTES,
  );

  it(
    'an API killed right after it answered has lost nothing',
    async () => {
      const { sweep } = await lab.client.submitSweep(smallSpec({ name: 'accepted-then-killed', cellSeeds: [22], doses: [0] }));
      await lab.kill('API');
      expect((await lab.until(sweep.id, ['finished', 'failed'])).state).toBe('finished');
    },
    4 * MINUTES,
  );

  it(
    'worker, Temporal, PostgreSQL and the store are killed in mid-sweep: nothing is lost, trained or evaluated twice',
    async () => {
      const { sweep } = await lab.client.submitSweep(longSpec({ name: 'all-servers', cellSeeds: [31], steps: 3000, maxAttempts: 10 }));
      const run = await runOf(sweep.id);
      await lab.eventually('a checkpoint is committed', async () => (await lab.log(run.id)).some(({ kind }) => kind === 'checkpoint'));
      for (const part of ['worker', 'Temporal', 'PostgreSQL', 'SeaweedFS']) {
        await lab.kill(part);
        await sleep(500);
      }
      const done = await lab.until(sweep.id, ['finished', 'failed'], 5 * MINUTES);
      expect(done).toMatchObject({ state: 'finished', evaluations: { succeeded: 2 } });

      const log = await lab.log(run.id);
      expect(finishedOf(log)).toHaveLength(1);
      const steps = log.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.checkpoint.step] : []));
      expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
      const succeeded = (await lab.client.listLedger({ after: 0, limit: 1000 })).items.filter(
        ({ event }) => event.kind === 'evaluation.succeeded' && event.run === run.id,
      );
      expect(succeeded).toHaveLength(2);
    },
    8 * MINUTES,
  );

  it(
    'a sweep whose workflows are lost in Temporal goes on when the worker starts again',
    async () => {
      const { sweep } = await lab.client.submitSweep(longSpec({ name: 'lost-workflows', cellSeeds: [41], steps: 2000 }));
      const run = await runOf(sweep.id);
      await lab.eventually('a checkpoint is committed', async () => (await lab.log(run.id)).some(({ kind }) => kind === 'checkpoint'));
      const connection = await Connection.connect({ address: lab.stack.environment['TITRATE_TEMPORAL_ADDRESS'] ?? '' });
      const { workflow } = new Client({ connection });
      for (const id of [sweepWorkflowId(sweep.id), runWorkflowId(run.id)]) await workflow.getHandle(id).terminate('for the test');
      await connection.close();

      await lab.kill('worker');
      expect(await lab.until(sweep.id, ['finished', 'failed'])).toMatchObject({ state: 'finished', evaluations: { succeeded: 2 } });
      expect((await lab.log(run.id)).filter(({ kind }) => kind === 'attempt')).toHaveLength(1);
    },
    4 * MINUTES,
  );
});

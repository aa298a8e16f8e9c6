/**
 * Records the histories that replay tests hold today's workflows against: `node test/e2e/record-histories.ts VERSION`. A whole stack is
 * started, real trainers train, are killed, paused and cancelled, and what Temporal kept of it is written down. About five
 * minutes on two cores.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Run } from '@titrate/contracts';
import { runWorkflowId, sweepWorkflowId } from '@titrate/workflows/messages';
import { addForeignModel } from './foreign-model.ts';
import { openLaboratory, smallSpec, type Laboratory } from './laboratory.ts';
import { longSpec, stagedSpec, wildSpec } from './specs.ts';

const version = process.argv[2] ?? '';
if (!/^v\d+$/.test(version)) {
  process.stderr.write(`Cannot record as VERSION must be v and a number: current value is "${version}"\n`);
  process.exit(2);
}

type Recorder = ReturnType<typeof recorderOf>;

/** Writes histories of workflows that have ended. */
function recorderOf({ workflow }: Client) {
  return {
    async record(workflowId: string, scenario: string): Promise<void> {
      const file = fileURLToPath(new URL(`../../workflows/src/replay/histories/${version}-${scenario}.json`, import.meta.url));
      if (existsSync(file)) throw new Error(`Cannot record ${scenario} as ${file} must not exist: a recording is never overwritten`);
      const handle = workflow.getHandle(workflowId);
      await handle.result().catch(() => undefined);
      const history = await handle.fetchHistory();
      // Who took part, as pid and host, matters to no replay.
      writeFileSync(file, `${historyToJSON(history).replaceAll(/"identity": "[^"]*"/g, '"identity": "recorded"')}\n`);
      process.stdout.write(`${history.events?.length ?? 0} events of ${workflowId} -> ${version}-${scenario}.json\n`);
    },
    /** The first workflow of a type that anybody started. */
    async firstOf(type: string): Promise<string> {
      for await (const { workflowId } of workflow.list({ query: `WorkflowType = "${type}"` })) return workflowId;
      throw new Error(`Cannot record as a workflow of type ${type} must have been started: none is known`);
    },
  };
}

const runOf = async ({ client }: Laboratory, sweep: string): Promise<Run> =>
  (await client.listSweepRuns({ id: sweep, limit: 10 })).items[0] as Run;

const committed = async ({ log }: Laboratory, run: string): Promise<number> =>
  (await log(run)).filter(({ kind }) => kind === 'checkpoint').length;

/** Submits a sweep of one long run and waits until it has committed a checkpoint. */
async function begin(lab: Laboratory, name: string, seed: number): Promise<{ sweep: string; run: string }> {
  const { sweep } = await lab.client.submitSweep(longSpec({ name, cellSeeds: [seed], maxAttempts: 5 }));
  const { id: run } = await runOf(lab, sweep.id);
  await lab.eventually('a checkpoint is committed', async () => (await committed(lab, run)) > 0);
  return { sweep: sweep.id, run };
}

async function registrations(lab: Laboratory, { record, firstOf }: Recorder): Promise<void> {
  await lab.addCorpus();
  await record(await firstOf('corpus'), 'corpus');
  await addForeignModel(lab);
  await record(await firstOf('base'), 'base');
}

async function peaceful(lab: Laboratory, { record, firstOf }: Recorder): Promise<void> {
  const small = await lab.client.submitSweep(smallSpec());
  await lab.until(small.sweep.id, ['finished']);
  await record(sweepWorkflowId(small.sweep.id), 'sweep-finished');
  await record(runWorkflowId((await runOf(lab, small.sweep.id)).id), 'run-trained-and-evaluated');
  await record(await firstOf('evaluationBatch'), 'evaluation-batch');
  const staged = await lab.client.submitSweep(stagedSpec());
  await lab.until(staged.sweep.id, ['finished']);
  await record(sweepWorkflowId(staged.sweep.id), 'sweep-with-stages');
}

async function faulty(lab: Laboratory, { record }: Recorder): Promise<void> {
  const killed = await begin(lab, 'killed', 1);
  await lab.killTrainer(killed.run);
  await lab.until(killed.sweep, ['finished']);
  await record(runWorkflowId(killed.run), 'run-killed-and-resumed');

  const orphaned = await begin(lab, 'worker-killed', 2);
  await lab.kill('worker');
  await lab.until(orphaned.sweep, ['finished']);
  await record(runWorkflowId(orphaned.run), 'run-worker-killed');

  const { sweep } = await lab.client.submitSweep(wildSpec());
  await lab.until(sweep.id, ['finished']);
  await record(runWorkflowId((await runOf(lab, sweep.id)).id), 'run-loss-not-finite');
  await record(sweepWorkflowId(sweep.id), 'sweep-with-a-failed-run');
}

async function commanded(lab: Laboratory, { record }: Recorder): Promise<void> {
  const paused = await begin(lab, 'paused', 3);
  await lab.client.pauseSweep({ id: paused.sweep });
  await lab.until(paused.sweep, ['paused']);
  await lab.client.resumeSweep({ id: paused.sweep });
  await lab.until(paused.sweep, ['finished']);
  await record(sweepWorkflowId(paused.sweep), 'sweep-paused-and-resumed');
  await record(runWorkflowId(paused.run), 'run-paused-and-resumed');

  const cancelled = await begin(lab, 'cancelled', 4);
  await lab.client.cancelSweep({ id: cancelled.sweep });
  await lab.until(cancelled.sweep, ['cancelled']);
  await record(sweepWorkflowId(cancelled.sweep), 'sweep-cancelled');
  await record(runWorkflowId(cancelled.run), 'run-cancelled');
}

const lab = await openLaboratory();
try {
  const connection = await Connection.connect({ address: lab.stack.environment['TITRATE_TEMPORAL_ADDRESS'] ?? '' });
  const recorder = recorderOf(new Client({ connection }));
  for (const scene of [registrations, peaceful, faulty, commanded]) await scene(lab, recorder);
  await connection.close();
} finally {
  await lab.close();
}

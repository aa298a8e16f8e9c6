/**
 * Measures what runs cost: `npm run bench:cluster -- [--runs 100,300,1000] [--checkpoints 0,10] [--out FILE]`. Prints a table
 * and writes the same numbers as JSON. Each column is a control plane of its own, so that none pays for another's rows.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBareJobs, type BareJobs } from './bare-jobs.ts';
import { clusterProcesses } from './cluster-processes.ts';
import { withCluster } from './with-cluster.ts';
import { measure, type Measurement } from './measure.ts';
import { crowdSpec, evaluationsOf } from './specs.ts';
import { jsonOf, tableOf, yardstickOf } from './table.ts';
import { openWorld } from './world.ts';

/** A pod for each run and one for its evaluations, on nodes of eight GPUs. */
const nodesFor = (runs: number): number => Math.ceil((2 * runs) / 8);
const SECONDS_PER_CHECKPOINT = 1;
const EVALUATE_SECONDS = 1;
/** Seconds after which a measurement is given up: many times what an idle machine with two cores takes, as it may be shared. */
const limitFor = (runs: number, checkpoints: number): number => 600 + runs * (3 + 2 * checkpoints);
/** Jobs that Kubernetes is measured with alone. */
const BARE_JOBS = 100;
let bare: BareJobs | null = null;

const say = (message: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${message}\n`);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100,300,1000' },
    checkpoints: { type: 'string', default: '0,10' },
    out: { type: 'string', default: 'test-results/bench-cluster.json' },
  },
});

const counts = (name: 'runs' | 'checkpoints', smallest: number): number[] =>
  values[name].split(',').map((text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= smallest) return count;
    throw new RangeError(`Cannot measure as --${name} must be whole numbers of ${smallest} or more: current value is "${values[name]}"`);
  });

async function measureOne(kubeconfig: string, runs: number, checkpoints: number): Promise<Measurement> {
  say(`${runs} runs with ${evaluationsOf(checkpoints)} evaluations each: starting a control plane`);
  const trainSeconds = Math.max(1, checkpoints) * SECONDS_PER_CHECKPOINT;
  const world = await openWorld({ kubeconfig, nodes: nodesFor(runs), trainSeconds, evaluateSeconds: EVALUATE_SECONDS, say });
  try {
    const server = world.field.kubeConfig.getCurrentCluster()?.server ?? '';
    if (bare === null) {
      say(`${BARE_JOBS} Jobs with nobody behind them`);
      bare = await measureBareJobs(world.field.kubeConfig, BARE_JOBS, clusterProcesses(server));
    }
    const expected = { runs, evaluationsPerRun: evaluationsOf(checkpoints) };
    say('submitting');
    const measurement = await measure(
      world,
      crowdSpec(runs, checkpoints),
      expected,
      clusterProcesses(server),
      limitFor(runs, checkpoints),
      say,
    );
    say(`done in ${measurement.secondsToReport.toFixed(0)} s`);
    return measurement;
  } finally {
    await world.close();
  }
}

const [runCounts, checkpointCounts] = [counts('runs', 2), counts('checkpoints', 0)];
const measurements: Measurement[] = [];
mkdirSync(dirname(values.out), { recursive: true });
await withCluster(say, async (kubeconfig) => {
  for (const checkpoints of checkpointCounts)
    for (const runs of runCounts) {
      measurements.push(await measureOne(kubeconfig, runs, checkpoints));
      writeFileSync(values.out, jsonOf({ bare, measurements }));
      process.stdout.write(`\n${tableOf(measurements)}\n`);
    }
});
const faults = measurements.flatMap(({ runs, faults }) => faults.map((fault) => `${runs} runs: ${fault}`));
process.stdout.write(
  `\n${yardstickOf(measurements, bare)}\nThe numbers as JSON: ${values.out}\n${faults.map((fault) => `FAULT ${fault}\n`).join('')}`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

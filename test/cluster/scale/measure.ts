import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepSpecInput } from '@titrate/contracts';
import { account, momentsOf, type Expected } from './account.ts';
import { readRequests, requestsBetween, type RequestCounts } from './api-requests.ts';
import { readHistories, type Histories } from './histories.ts';
import { cpuSecondsOf, peakMemoryOf } from './processes.ts';
import { startWitness, type Witness } from './witness.ts';
import type { World } from './world.ts';

/** Seconds: the middle one, the 99th of a hundred, and the longest. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

type Say = (message: string) => void;

/** What one sweep took and came to. */
export interface Measurement extends Expected {
  /** From the submission to the end of the last run, and until the sweep had its report. */
  readonly seconds: number;
  readonly secondsToReport: number;
  /** From the submission to the first pod of each run running. */
  readonly submitToPod: Spread;
  /** From the commit of each checkpoint to its result in the records, the evaluation itself included. */
  readonly checkpointToResult: Spread;
  readonly jobs: Readonly<Record<string, number>>;
  readonly requests: RequestCounts;
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly workerPeakBytes: number;
  readonly histories: readonly Histories[];
  /** What was lost or done twice, in sentences. */
  readonly faults: readonly string[];
}

/**
 * Submits a sweep, waits for its report, and measures what it took.
 *
 * @param say told every half minute how far it is
 * @param clusterProcesses pids of the cluster's programs on this machine, by name; none for a cluster elsewhere
 * @throws Error when there is no report within the time
 */
export async function measure(
  world: World,
  spec: SweepSpecInput,
  expected: Expected,
  clusterProcesses: Readonly<Record<string, number>>,
  limitSeconds: number,
  say: Say,
): Promise<Measurement> {
  const witness = await startWitness(world.field.kubeConfig, world.field.namespace);
  const processes = Object.entries({ ...world.processes, ...clusterProcesses });
  const used = () => new Map(processes.map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  try {
    const [cpuBefore, requestsBefore] = [used(), await requestsOf(world)];
    const submittedAt = Date.now();
    const { sweep } = await world.client.submitSweep(spec);
    await untilReported(world, sweep.id, expected.runs, limitSeconds, say);
    const reportedAt = Date.now();
    const [cpuAfter, requestsAfter] = [used(), await requestsOf(world)];
    return {
      ...expected,
      ...(await timesOf(world, witness, submittedAt)),
      secondsToReport: (reportedAt - submittedAt) / 1000,
      jobs: Object.fromEntries([...Map.groupBy(witness.jobs.values(), ({ kind }) => kind)].map(([kind, list]) => [kind, list.length])),
      requests: requestsBetween(requestsBefore, requestsAfter),
      cpuSeconds: Object.fromEntries([...cpuAfter].map(([name, seconds]) => [name, seconds - (cpuBefore.get(name) ?? 0)])),
      workerPeakBytes: peakMemoryOf(world.processes['worker'] as number),
      histories: await readHistories(world.temporalAddress),
      faults: await account(world, witness, sweep.id, expected),
    };
  } finally {
    await witness.stop();
  }
}

const requestsOf = async ({ field }: World): Promise<RequestCounts> => readRequests(await field.metrics(), field.namespace);

/** The report may be there a moment before the last run has written down that it is finished. */
async function untilReported({ client, told }: World, id: string, count: number, limitSeconds: number, say: Say): Promise<void> {
  const deadline = Date.now() + limitSeconds * 1000;
  for (let asked = 0; ; asked++) {
    const { state, reason, runs, evaluations } = await client.getSweep({ id });
    if (state === 'finished' && runs['finished'] === count) return;
    if (state === 'failed' || Date.now() > deadline)
      throw new Error(
        `Cannot measure the sweep as it must finish within ${limitSeconds} s: it is ${state} (${reason ?? ''}), ` +
          `runs ${JSON.stringify(runs)}, evaluations ${JSON.stringify(evaluations)}, ` +
          `failed simulations ${JSON.stringify(told().filter(({ kind }) => kind === 'job-failed'))}`,
      );
    if (asked % 30 === 29) say(`runs ${JSON.stringify(runs)}, evaluations ${JSON.stringify(evaluations)}`);
    await sleep(1000);
  }
}

async function timesOf(world: World, { jobs }: Witness, submittedAt: number) {
  const trained = [...jobs.values()].filter(({ kind }) => kind === 'train');
  const recorded = await momentsOf(world.client, 'evaluation.succeeded');
  const committed = world.told().filter((what) => what.kind === 'committed');
  const lags = committed.flatMap(({ run, step, at }) => {
    const result = recorded.get(`${run}/${step}`);
    return result === undefined ? [] : [(result - Date.parse(at)) / 1000];
  });
  const finished = Math.max(...(await momentsOf(world.client, 'run.finished')).values());
  return {
    seconds: (finished - submittedAt) / 1000,
    submitToPod: spreadOf(trained.map(({ runningAt }) => ((runningAt ?? Infinity) - submittedAt) / 1000)),
    checkpointToResult: spreadOf(lags),
  };
}

/** Of no values, NaN. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
}

import type { Client } from '@titrate/api-client';
import type { RunLogEntry } from '@titrate/contracts';
import { keys } from '@titrate/contracts';
import type { Told } from './trainers/telling.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** What a sweep should have come to. */
export interface Expected {
  readonly runs: number;
  readonly evaluationsPerRun: number;
}

/**
 * Holds what the records, the runs' logs, the store, the cluster and the simulated trainers say of a sweep against each
 * other. Returns a sentence for each thing that was lost or done twice; none when all is right.
 */
export async function account(world: World, witness: Witness, sweep: string, expected: Expected): Promise<string[]> {
  const runs = await everything((query) => world.client.listSweepCells({ id: sweep, ...query }));
  const evaluations = await everything((query) => world.client.listSweepEvaluations({ id: sweep, ...query }));
  const ofRun = Map.groupBy(evaluations, ({ run }) => run);
  const found = [
    ...differs('cells', new Set(runs.map(({ run }) => run)).size, expected.runs),
    ...runs.flatMap(({ run, state }) => (state === 'finished' ? [] : [`run ${run} is ${state}`])),
    ...evaluations.flatMap(({ run, step, state }) =>
      state === 'succeeded' ? [] : [`evaluation of run ${run} at step ${step} is ${state}`],
    ),
    ...accountOfTrainers(world.told(), expected),
    ...accountOfJobs(witness, expected),
  ];
  for (const { run } of runs) {
    found.push(...differs(`evaluations of run ${run}`, ofRun.get(run)?.length ?? 0, expected.evaluationsPerRun));
    found.push(...accountOfLog(run, await world.store.readLog(run, 0)));
    found.push(
      ...differs(
        `results of run ${run} in the store`,
        await countObjects(world, `${keys.run(run)}evaluations/`),
        expected.evaluationsPerRun,
      ),
    );
  }
  return found;
}

/** One attempt, one start, one checkpoint for a step, one end. */
function accountOfLog(run: string, log: readonly RunLogEntry[]): string[] {
  const count = (kind: RunLogEntry['kind']) => log.filter((entry) => entry.kind === kind).length;
  const steps = log.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.checkpoint.step] : []));
  return [
    ...(['attempt', 'started', 'finished'] as const).flatMap((kind) =>
      differs(`entries "${kind}" in the log of run ${run}`, count(kind), 1),
    ),
    ...differs(`steps with a checkpoint of run ${run}`, new Set(steps).size, steps.length),
  ];
}

function accountOfTrainers(told: readonly Told[], expected: Expected): string[] {
  const evaluated = told.filter(({ kind }) => kind === 'evaluated');
  const failed = told.filter(({ kind }) => kind === 'job-failed');
  return [
    ...differs('evaluations that were computed', evaluated.length, expected.runs * expected.evaluationsPerRun),
    ...failed.map((job) => `a job failed: ${JSON.stringify(job)}`),
  ];
}

/** One Job for each run's one attempt; never two of a name. */
function accountOfJobs({ jobs }: Witness, expected: Expected): string[] {
  const all = [...jobs.values()];
  const ofRun = Map.groupBy(
    all.filter(({ kind }) => kind === 'train'),
    ({ run }) => run,
  );
  return [
    ...differs('names of Jobs', new Set(all.map(({ name }) => name)).size, all.length),
    ...differs('runs with a Job', ofRun.size, expected.runs),
    ...[...ofRun].flatMap(([run, list]) => differs(`Jobs that train run ${run}`, list.length, 1)),
  ];
}

const differs = (what: string, found: number, expected: number): string[] =>
  found === expected ? [] : [`${what}: ${found} instead of ${expected}`];

async function countObjects(world: World, prefix: string): Promise<number> {
  let count = 0;
  for await (const _ of world.store.list(prefix)) count++;
  return count;
}

type List<T> = (query: { limit: number; cursor?: string }) => Promise<{ items: T[]; next: string | null }>;

/** All pages of a list of the API. */
export async function everything<T>(list: List<T>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}

/** Moments, in milliseconds since 1970, at which the records took in the events of some kinds; by `run/step`, or the run alone. */
export async function momentsOf(client: Client, kind: string): Promise<Map<string, number>> {
  const moments = new Map<string, number>();
  for (let after = 0; ;) {
    const { items } = await client.listLedger({ after, limit: 1000 });
    for (const { event } of items) {
      if (event.kind === kind) moments.set([event.run, event.data['step']].filter((part) => part != null).join('/'), Date.parse(event.at));
    }
    const last = items.at(-1);
    if (last === undefined) return moments;
    after = last.seq;
  }
}

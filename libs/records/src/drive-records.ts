import { expect } from '@jest/globals';
import type { Page } from '@titrate/contracts';
import { ada, logOf, objectOf, resultOf, settingsOf, sweepOf, type SweepOptions } from './example-sweeps.ts';
import type { AttemptEnd, ListQuery, Records } from './records.ts';

/** An attempt that trained the run to its end. */
export const success: AttemptEnd = {
  ...{ state: 'succeeded', failure: null, exitCode: 0, message: null, cost: 'nothing', node: null, endedAt: null },
};

/** What a test uses beside the records themselves. */
export function helpersOf(records: Records) {
  const helpers = {
    async submit(options: SweepOptions = {}) {
      const { spec, plan } = sweepOf(options);
      const outcome = await records.submitSweep(ada, spec, plan, null);
      if (outcome.kind === 'key-reused') throw new Error('no key was given');
      return { id: outcome.sweep.id, outcome, runs: plan.runs.map(({ id }) => id) };
    },
    /** Takes the run through its training. */
    async train(run: string, steps = [20, 40]) {
      await records.recordLog(run, logOf(run, steps));
      await records.attemptEnded(run, 1, success);
    },
    evaluate: (run: string, step: number, settings = settingsOf(0)) =>
      records.evaluationSucceeded(objectOf(`${run}/${step}/${settings.seed}`), resultOf(run, step, settings)),
    /** Takes the run through its training and all its evaluations. */
    async finish(run: string) {
      await helpers.train(run);
      await helpers.evaluate(run, 20);
      await helpers.evaluate(run, 40);
      await records.runFinished(run);
    },
    /** Takes a sweep of one run to its report. */
    async finishSweep(options: SweepOptions = {}, report = 'report') {
      const { id, runs } = await helpers.submit({ doses: [0], ...options });
      await records.sweepStarted(id);
      if ((await records.getRun(runs[0]!))?.state !== 'finished') await helpers.finish(runs[0]!);
      await records.sweepAnalysing(id);
      await records.sweepFinished(id, objectOf(report), objectOf('page'));
      return { id, run: runs[0]! };
    },
    /** Empties the outbox and tells what was in it. */
    async deliver() {
      const items = await records.takeOutbox(1000);
      for (const { id } of items) await records.acknowledge(id);
      return items.map(({ kind, target }) => `${kind} ${target}`);
    },
    kinds: async () => (await records.listEvents(0, 10_000)).map(({ kind }) => kind),
    /** Does something twice and expects the second time to leave no trace. */
    async twice<T>(action: () => Promise<T>) {
      const first = await action();
      const before = await records.listLedger(0, 10_000);
      await action();
      expect(await records.listLedger(0, 10_000)).toEqual(before);
      return first;
    },
  };
  return helpers;
}

/** All pages of a list, read with small pages. */
export async function everything<T>(list: (query: ListQuery) => Promise<Page<T>>, limit = 2): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list({ cursor, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}

import type { Client } from '@titrate/api-client';
import type { Evaluation, Sweep } from '@titrate/contracts';
import { createPostgresRecords } from '@titrate/records/postgres';
import { logOf, objectOf, resultOf } from '@titrate/records/example-sweeps';
import { smallSpec } from '../../e2e/laboratory.ts';

/**
 * A sweep of 1,000 runs that no machine of a test could train: planned and submitted as any other, paused at once, and the
 * trainings and results of every tenth told to the records as the worker would tell them.
 */
export async function thousandRuns(client: Client, postgresUrl: string): Promise<Sweep> {
  const seeds = Array.from({ length: 200 }, (_, index) => index);
  const { sweep } = await client.submitSweep(
    smallSpec({ name: 'a-thousand-runs', doses: [0, 5, 10, 20, 40], cellSeeds: seeds, concurrency: 1 }),
  );
  await client.pauseSweep({ id: sweep.id });
  const records = createPostgresRecords(postgresUrl);
  try {
    const runs = new Map<string, Evaluation[]>();
    for (let cursor: string | undefined; ;) {
      const page = await records.listEvaluations({ sweep: sweep.id }, { limit: 500, cursor });
      for (const each of page.items) runs.set(each.run, [...(runs.get(each.run) ?? []), each]);
      if (page.next === null) break;
      cursor = page.next;
    }
    const tenth = [...runs].filter((_, index) => index % 10 === 0);
    const work = tenth.map(([run, evaluations]) => async () => {
      await records.recordLog(
        run,
        logOf(
          run,
          evaluations.map(({ step }) => step),
        ),
      );
      for (const { step, settings } of evaluations)
        await records.evaluationSucceeded(objectOf(`${run}/${step}`), resultOf(run, step, settings));
    });
    const next = work.values();
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (const each of next) await each();
      }),
    );
    return (await client.getSweep({ id: sweep.id })) as Sweep;
  } finally {
    await records.close();
  }
}

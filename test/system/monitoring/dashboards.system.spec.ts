import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dashboards } from '@titrate/telemetry/dashboards';
import { openLaboratory, smallSpec, type Laboratory } from '../../e2e/laboratory.ts';
import { describeWithPrometheus } from '../programs.ts';
import { startPrometheus, type RunningPrometheus } from '../prometheus.ts';

const rules = fileURLToPath(new URL('../../../charts/titrate/rules/titrate.yaml', import.meta.url));
/** What a processor cannot tell: a run on GPUs, written down. */
const recorded = readFileSync(new URL('../recorded/gpu-run.prom', import.meta.url));

/** What Grafana fills in. */
const filledIn = (expression: string): string =>
  expression
    .replaceAll('$__rate_interval', '30s')
    .replaceAll('$__range', '10m')
    .replaceAll('$price', '2.5')
    .replaceAll(/\$(sweep|run)\b/g, '.*');

/** Kills a training that has committed a checkpoint, so that there is a failure to show. */
async function killOnce(lab: Laboratory, sweep: string): Promise<void> {
  const runs = async () => (await lab.client.listSweepRuns({ id: sweep, limit: 1 })).items;
  const run = await lab.eventually('a run', async () => (await runs())[0] ?? null);
  const isCommitted = async () => (await lab.log(run.id)).some(({ kind }) => kind === 'checkpoint');
  await lab.eventually('a checkpoint is committed', isCommitted);
  await lab.killTrainer(run.id);
}

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr?: string }[];
}
const questions = dashboards().flatMap(({ title, panels = [] }) =>
  (panels as readonly Panel[]).flatMap((panel) =>
    (panel.targets ?? []).map(({ expr = '' }, index) => [`${title}, ${panel.title}, ${index + 1}`, expr] as const),
  ),
);

await describeWithPrometheus('dashboards', ({ prometheus }) => {
  let lab: Laboratory;
  let seen: RunningPrometheus;
  let gpus: Server;
  const from = new Date();
  let to: Date;

  beforeAll(async () => {
    lab = await openLaboratory();
    gpus = createServer((_, response) => void response.end(recorded));
    await once(gpus.listen(0, '127.0.0.1'), 'listening');
    const { environment, apiUrl, apiToken } = lab.stack;
    const targets = [
      { job: 'titrate-api', address: new URL(apiUrl).host, token: apiToken },
      { job: 'titrate-worker', address: environment['TITRATE_WORKER_METRICS_ADDRESS']! },
      { job: 'titrate-sdk', address: environment['TITRATE_TEMPORAL_METRICS_ADDRESS']! },
      { job: 'titrate-recorded', address: `127.0.0.1:${(gpus.address() as AddressInfo).port}` },
    ];
    seen = await startPrometheus(prometheus, targets, rules);
    await lab.eventually('all targets answer', async () => (await seen.targetsUp()) === targets.length);
    await lab.addCorpus();
    const { sweep } = await lab.client.submitSweep(smallSpec({ steps: 2500 }));
    await killOnce(lab, sweep.id);
    await lab.until(sweep.id, ['finished', 'failed']);
    await sleep(3_000);
    to = new Date();
  }, 600_000);
  afterAll(async () => {
    await seen?.close();
    gpus?.close();
    await lab?.close();
  }, 60_000);

  it('have a panel for every question', () => expect(questions.length).toBeGreaterThan(50));

  it.each(questions)('%s: shows something of a real sweep', async (_, expression) => {
    expect((await seen.series(filledIn(expression), from, to)).length).toBeGreaterThan(0);
  });
});

describe('dashboards', () => {
  it('are what the chart holds', () => {
    for (const dashboard of dashboards()) {
      const file = new URL(`../../../charts/titrate/dashboards/${dashboard.uid}.json`, import.meta.url);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(dashboard)));
    }
  });
});

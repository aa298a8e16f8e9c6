import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiProblem } from '@titrate/api-client';
import type { AppliedGate, GateInput, GateReport } from '@titrate/contracts';
import { openLaboratory, smallSpec, type Laboratory } from './laboratory.ts';

const MINUTES = 60_000;

let lab: Laboratory;
beforeAll(async () => {
  lab = await openLaboratory();
  await lab.addCorpus();
}, 240_000);
afterAll(() => lab.close(), 60_000);

async function finished(overrides: Parameters<typeof smallSpec>[0]): Promise<string> {
  const { sweep } = await lab.client.submitSweep(smallSpec(overrides));
  expect(await lab.until(sweep.id, ['finished', 'failed'])).toMatchObject({ state: 'finished' });
  return sweep.id;
}

async function verdictOf(id: string, gate: GateInput): Promise<AppliedGate> {
  const asked = (await lab.client.requestGate({ id, body: { baseline: 'nightly', gate } as never })) as AppliedGate;
  return lab.eventually(`the verdict of ${asked.id}`, async () => {
    const found = (await lab.client.getGate({ id: asked.id })) as AppliedGate;
    return ['pending', 'running'].includes(found.state) ? null : found;
  });
}

describe('a gate', () => {
  it(
    'passes the same results, fails much worse ones, names its evidence, and refuses what was not measured',
    async () => {
      const baseline = await finished({ doses: [0] });
      await lab.client.promoteBaseline({ body: { name: 'nightly', sweep: baseline, why: 'the first' } });
      const same = await finished({ name: 'same', doses: [0, 10] });
      const clean: GateInput = { criteria: [{ metric: 'clean-perplexity', where: { doses: [0] } }, { metric: 'completeness' }] };
      const passed = await verdictOf(same, clean);
      expect(passed).toMatchObject({ state: 'pass', baseline: { name: 'nightly', version: 1 } });
      const promoted = await lab.client.promoteBaseline({ body: { name: 'nightly', sweep: same, why: 'passed', gate: passed.id } });
      expect(promoted).toMatchObject({ version: 2, gate: passed.id });

      // A twelfth of the training: the perplexity of held-out text is far above that of the baseline, at any number of prompts.
      const worse = await finished({ name: 'worse', doses: [0], training: { learningRate: 1e-5 } });
      const failed = await verdictOf(worse, clean);
      expect(failed).toMatchObject({ state: 'fail' });
      const report = (await lab.client.getGateReport({ id: failed.id })) as GateReport;
      expect(report.rows[0]).toMatchObject({ verdict: 'worse', replicate: 'prompt' });
      const { items } = await lab.client.listSweepEvaluations({ id: worse, limit: 10 });
      expect(items.map(({ object }) => object?.sha256)).toContain(report.rows[0]?.evidence.at(-1)?.result);
      expect(await lab.client.getGateJunit({ id: failed.id })).toContain('<failure ');

      const refusal = await lab.client
        .requestGate({ id: worse, body: { baseline: 'nightly', gate: { criteria: [{ metric: 'mfu' }] } } as never })
        .catch((error: unknown) => (error instanceof ApiProblem ? error.problem : Promise.reject(error)));
      expect(refusal).toMatchObject({
        status: 400,
        code: 'not-measured',
        errors: [{ field: 'gate.criteria[0].metric', value: 'mfu' }, {}],
      });
    },
    8 * MINUTES,
  );
});

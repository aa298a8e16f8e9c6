import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiProblem } from '@titrate/api-client';
import { digestOf, EvaluationResult, Report, sha256Hex, type CellStatus, type Evaluation, type Run } from '@titrate/contracts';
import { verifyChain } from '@titrate/ledger';
import { addForeignModel } from './foreign-model.ts';
import { openLaboratory, smallSpec, type Laboratory } from './laboratory.ts';
import { executeNotebook, followByPython } from './python-client.ts';
import { stagedSpec } from './specs.ts';

let lab: Laboratory;
beforeAll(async () => {
  lab = await openLaboratory();
  await lab.addCorpus();
}, 240_000);
afterAll(() => lab.close(), 60_000);

const MINUTES = 60_000;

async function objectsUnder(prefix: string): Promise<number> {
  let count = 0;
  for await (const _object of lab.store.list(prefix)) count++;
  return count;
}

/** Lines of the log of a part of the stack. */
const linesOf = (part: 'API' | 'worker'): Record<string, unknown>[] =>
  readFileSync(join(lab.stack.logsDirectory, `${part.toLowerCase()}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a sweep', () => {
  it(
    'goes the whole way: trained, evaluated, analysed, each number proven by digest',
    async () => {
      const { sweep } = await lab.client.submitSweep(smallSpec());
      const done = await lab.until(sweep.id, ['finished', 'failed']);
      expect(done).toMatchObject({ state: 'finished', runs: { finished: 2 }, evaluations: { succeeded: 4 } });

      const report = Report.parse(await lab.client.getSweepReport({ id: sweep.id }));
      expect(report.cells.map(({ dose, state, points }) => [dose, state, points.length])).toEqual([
        [0, 'finished', 2],
        [20, 'finished', 2],
      ]);

      const poisoned = report.cells.find(({ dose }) => dose === 20);
      expect(poisoned?.points.at(-1)).toMatchObject({ poisonDocuments: 20 });
      const evaluations = (await lab.client.listRunEvaluations({ id: poisoned?.run ?? '', limit: 10 })).items as Evaluation[];
      for (const { object, checkpoint, settings, settingsDigest } of evaluations) {
        const bytes = await lab.store.read(object ?? { key: '', sizeBytes: 0, sha256: '' });
        const result = EvaluationResult.parse(JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array())));
        expect(sha256Hex(bytes ?? new Uint8Array())).toBe(object?.sha256);
        expect(digestOf(settings)).toBe(settingsDigest);
        expect(result.checkpoint).toBe(checkpoint);
      }
    },
    8 * MINUTES,
  );

  it('is told in the log line by line: of the worker with sweep, run and attempt, of the API with the request as well', async () => {
    const [sweep] = (await lab.client.listSweeps({ limit: 1 })).items;
    const [run] = (await lab.client.listSweepRuns({ id: sweep!.id, limit: 1 })).items as Run[];
    const done = linesOf('worker').filter((line) => line['run'] === run!.id && line['msg'] === 'activity done');
    for (const activity of ['advanceRun', 'awaitNews'])
      expect(done).toContainEqual(expect.objectContaining({ activity, sweep: sweep!.id, attempt: 1, try: 1, ms: expect.any(Number) }));
    for (const activity of ['awaitEvaluation', 'collectEvaluations'])
      expect(done).toContainEqual(expect.objectContaining({ activity, run: run!.id }));
    const analysed = linesOf('worker').filter((line) => line['sweep'] === sweep!.id && line['activity'] === 'settleAnalysis');
    expect(analysed).toHaveLength(1);

    // What the job printed is there after its end, from the store.
    const piece = await lab.client.readRunLog({ id: run!.id, attempt: 1, offset: 0 });
    expect(piece).toMatchObject({ attempt: 1, text: expect.stringMatching(/\S/) });
    const answered = linesOf('API').filter((line) => line['run'] === run!.id && line['attempt'] === 1);
    expect(answered).toContainEqual(
      expect.objectContaining({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 200, msg: 'answered' }),
    );
    const submitted = linesOf('API').find((line) => line['method'] === 'POST' && line['path'] === '/v1/sweeps');
    expect(submitted).toMatchObject({ sweep: sweep!.id, status: 201 });

    const refused = await lab.client.getSweep({ id: `sw-${'a'.repeat(26)}` }).catch((error: unknown) => error);
    const { requestId } = (refused as ApiProblem).problem;
    expect(linesOf('API').find((line) => line['requestId'] === requestId)).toMatchObject({ sweep: `sw-${'a'.repeat(26)}`, status: 404 });
  });

  it(
    'is told to Python as frames, with the very numbers of the API, and drawn by the notebook',
    async () => {
      const { sweep } = await lab.client.submitSweep(smallSpec());
      const told = await followByPython(lab.stack, smallSpec());
      expect(told.ended).toMatchObject({ id: sweep.id, state: 'finished' });
      const { items } = await lab.client.listSweepEvaluations({ id: sweep.id, limit: 10 });
      const numbers = (rows: readonly { step: number; run: string; increase: number | null }[]) =>
        rows.map(({ run, step, increase }) => `${run} ${step} ${increase}`).toSorted();
      expect(numbers(told.results)).toEqual(numbers(items as Evaluation[]));
      expect(numbers(told.evaluations)).toEqual(numbers(items as Evaluation[]));
      expect(told.runs.map(({ state }) => state)).toEqual(['finished', 'finished']);

      const report = Report.parse(await lab.client.getSweepReport({ id: sweep.id }));
      expect(told.conditions.map(({ dose, effect }) => [dose, effect])).toEqual(
        report.analysis.conditions.map(({ dose, effect }) => [dose, effect?.mean ?? null]),
      );
      const outputs = await executeNotebook(lab.stack, sweep.id);
      expect(outputs.figures).toHaveLength(2);
      expect(outputs.text).toContain(report.verdict[0]);
    },
    3 * MINUTES,
  );

  it(
    'trains nothing twice: a second sweep that shares a run reuses it and trains only what is new',
    async () => {
      const before = await lab.client.submitSweep(smallSpec());
      expect(before.created).toBe(false);
      const { sweep } = await lab.client.submitSweep(smallSpec({ name: 'wider', doses: [0, 10] }));
      await lab.until(sweep.id, ['finished']);
      const runs = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      const shared = runs.find(({ dose }) => dose === 0);
      expect(shared?.sweeps.toSorted()).toEqual([before.sweep.id, sweep.id].toSorted());
      expect((await lab.log(shared?.id ?? '')).filter(({ kind }) => kind === 'attempt')).toHaveLength(1);
    },
    8 * MINUTES,
  );

  it(
    'evaluates a finished run again for a sweep that asks other settings, without training',
    async () => {
      const spec = smallSpec({ name: 'other-settings', doses: [0] });
      const { sweep } = await lab.client.submitSweep({ ...spec, evaluation: { ...spec.evaluation, prompts: 5 } });
      const done = await lab.until(sweep.id, ['finished']);
      expect(done.evaluations).toEqual({ succeeded: 2 });
      const [run] = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      expect((await lab.log(run?.id ?? '')).filter(({ kind }) => kind === 'attempt')).toHaveLength(1);
    },
    8 * MINUTES,
  );

  it(
    'goes on from checkpoints of its cells, each run once its base is committed, and no base is trained twice',
    async () => {
      const { sweep } = await lab.client.submitSweep(stagedSpec());
      const done = await lab.until(sweep.id, ['finished', 'failed']);
      expect(done).toMatchObject({ state: 'finished', runs: { finished: 4 }, evaluations: { succeeded: 8 } });
      const cells = (await lab.client.listSweepCells({ id: sweep.id, limit: 10 })).items as CellStatus[];
      expect(cells.map(({ dose, stage }) => [dose, stage])).toEqual([
        ...[
          [0, 'pretrain'],
          [20, 'pretrain'],
        ],
        ...[
          [20, 'clean'],
          [20, 'clean/further'],
        ],
      ]);
      const logs = await Promise.all(cells.slice(1).map(({ run }) => lab.log(run)));
      for (const [base, child] of [
        [logs[0]!, logs[1]!],
        [logs[1]!, logs[2]!],
      ] as const) {
        const committed = base.flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.digest] : []));
        const started = child.filter((entry) => entry.kind === 'started');
        expect(started.map(({ resumedStep }) => resumedStep)).toEqual([0]);
        expect(committed).toContain(started[0]!.resumedFrom);
      }
    },
    8 * MINUTES,
  );

  it(
    'goes on from a model that was trained elsewhere, whose report has no pre-training',
    async () => {
      const base = await addForeignModel(lab);
      const { sizes: _, ...grid } = smallSpec().grid;
      const { sweep } = await lab.client.submitSweep({
        ...smallSpec({ name: 'imported' }),
        grid: { bases: ['olmo'], doses: [0], seeds: grid.seeds! },
        training: { sequenceLength: 64, batchInstances: 4, precision: 'float32', learningRate: 5e-3, warmupSteps: 5 },
        stages: [{ name: 'post-hoc', tokens: 60 * 64 * 4, doses: [0, 20] }],
      });
      const done = await lab.until(sweep.id, ['finished', 'failed']);
      expect(done).toMatchObject({ state: 'finished', runs: { finished: 2 }, evaluations: { succeeded: 4 } });
      const report = Report.parse(await lab.client.getSweepReport({ id: sweep.id }));
      expect(report.cells.map(({ size, stage, stageDose, state }) => [size, stage, stageDose, state])).toEqual([
        ['olmo', 'post-hoc', 0, 'finished'],
        ['olmo', 'post-hoc', 20, 'finished'],
      ]);
      expect(report.cells.at(-1)?.points.at(-1)).toMatchObject({ poisonDocuments: 20 });
      expect(report.cells.at(-1)?.points.at(-1)?.effect).not.toBeNull();
      for (const { run } of report.cells) {
        const started = (await lab.log(run ?? '')).find((entry) => entry.kind === 'started');
        expect([started?.resumedFrom, started?.resumedStep]).toEqual([base.digest, 0]);
      }

      // What a base holds belongs to no run: it stays when everything behind it goes.
      const held = await objectsUnder(`bases/${base.digest}/`);
      expect(held).toBe(base.manifest!.objects.length + 1);
      await lab.client.deleteSweep({ id: sweep.id });
      const runs = report.cells.map(({ run }) => `runs/${run}/`);
      await lab.eventually('the runs are gone', async () => (await Promise.all(runs.map(objectsUnder))).every((count) => count === 0));
      expect(await objectsUnder(`bases/${base.digest}/`)).toBe(held);
    },
    8 * MINUTES,
  );

  it(
    'cancels one of two sweeps that share a run, and the other still gets it',
    async () => {
      const first = await lab.client.submitSweep(smallSpec({ name: 'one', doses: [5], cellSeeds: [7], steps: 200 }));
      const second = await lab.client.submitSweep(smallSpec({ name: 'two', doses: [5], cellSeeds: [7], steps: 200 }));
      await lab.eventually(
        'the shared run trains',
        async () => ((await lab.client.getSweep({ id: first.sweep.id })).runs as Record<string, number>)['running'] === 1,
      );
      await lab.client.cancelSweep({ id: first.sweep.id });
      expect((await lab.until(first.sweep.id, ['cancelled'])).state).toBe('cancelled');
      expect((await lab.until(second.sweep.id, ['finished', 'failed'])).evaluations).toEqual({ succeeded: 2 });
    },
    8 * MINUTES,
  );

  it(
    'cancel really stops the job of a run that nobody else demands, and retry takes it up from its checkpoint',
    async () => {
      const { sweep } = await lab.client.submitSweep(
        smallSpec({
          name: 'cancelled',
          doses: [3],
          cellSeeds: [9],
          steps: 1500,
          checkpoints: { evaluate: { shares: [1] }, resume: { everySteps: 50 } },
        }),
      );
      const [run] = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      await lab.eventually('a checkpoint is committed', async () =>
        (await lab.log(run?.id ?? '')).some(({ kind }) => kind === 'checkpoint'),
      );
      await lab.client.cancelSweep({ id: sweep.id });
      await lab.eventually('the run is released', async () => ((await lab.client.getRun({ id: run?.id ?? '' })) as Run).state === 'idle');
      const length = (await lab.log(run?.id ?? '')).length;

      await lab.client.retrySweep({ id: sweep.id });
      await lab.until(sweep.id, ['finished']);
      const log = await lab.log(run?.id ?? '');
      expect(log.slice(0, length).filter(({ kind }) => kind === 'finished')).toHaveLength(0);
      const started = log.filter((entry) => entry.kind === 'started');
      expect(started).toHaveLength(2);
      expect(started[1]?.resumedStep).toBeGreaterThanOrEqual(50);
    },
    8 * MINUTES,
  );

  it(
    'pauses at a checkpoint and goes on from there',
    async () => {
      const { sweep } = await lab.client.submitSweep(
        smallSpec({
          name: 'paused',
          doses: [4],
          cellSeeds: [11],
          steps: 1500,
          checkpoints: { evaluate: { shares: [1] }, resume: { everySteps: 50 } },
        }),
      );
      const [run] = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      await lab.eventually('the run trains', async () => (await lab.log(run?.id ?? '')).some(({ kind }) => kind === 'started'));
      await lab.client.pauseSweep({ id: sweep.id });
      await lab.eventually('the run is paused', async () => ((await lab.client.getRun({ id: run?.id ?? '' })) as Run).state === 'paused');
      await lab.client.resumeSweep({ id: sweep.id });
      const done = await lab.until(sweep.id, ['finished']);
      expect(done.evaluations).toEqual({ succeeded: 1 });
      const log = await lab.log(run?.id ?? '');
      expect(log.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
      expect(((await lab.client.getRun({ id: run?.id ?? '' })) as Run).attempts).toBe(2);
    },
    8 * MINUTES,
  );

  it(
    'commits a step that a second sweep demands while the run is at work, and trains nothing twice that was committed',
    async () => {
      const one = { name: 'at-work', doses: [2], cellSeeds: [13], steps: 1500 };
      const resume = { everySteps: 50 };
      const { sweep } = await lab.client.submitSweep(smallSpec({ ...one, checkpoints: { evaluate: { shares: [1] }, resume } }));
      const [run] = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      await lab.eventually('a checkpoint is committed', async () =>
        (await lab.log(run?.id ?? '')).some(({ kind }) => kind === 'checkpoint'),
      );
      const asks = smallSpec({ ...one, name: 'asks-later', checkpoints: { evaluate: { steps: [1425] }, resume } });
      const later = await lab.client.submitSweep(asks);
      expect((await lab.until(later.sweep.id, ['finished', 'failed'])).evaluations).toEqual({ succeeded: 2 });
      const log = await lab.log(run?.id ?? '');
      const starts = log.flatMap((entry) => (entry.kind === 'started' ? [entry.resumedStep] : []));
      expect(starts).toEqual([0, expect.any(Number)]);
      expect(starts[1]).toBeGreaterThanOrEqual(50);
      expect((await lab.client.getRun({ id: run?.id ?? '' })).state).toBe('finished');
    },
    8 * MINUTES,
  );

  it(
    'deletes a sweep with everything that is its own, in the store as well, and leaves what others share',
    async () => {
      const { sweep } = await lab.client.submitSweep(smallSpec({ name: 'deleted', doses: [0, 8] }));
      await lab.until(sweep.id, ['finished']);
      const runs = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      const idOf = (dose: number) => runs.find((run) => run.dose === dose)?.id ?? '';
      expect(await objectsUnder(`runs/${idOf(8)}/`)).toBeGreaterThan(0);

      await lab.client.deleteSweep({ id: sweep.id });
      await lab.eventually(
        'the objects are gone',
        async () => (await objectsUnder(`runs/${idOf(8)}/`)) + (await objectsUnder(`sweeps/${sweep.id}/`)) === 0,
      );
      expect(await objectsUnder(`runs/${idOf(0)}/`)).toBeGreaterThan(0);
      expect((await lab.client.getRun({ id: idOf(0) })).state).toBe('finished');
    },
    8 * MINUTES,
  );

  it(
    'evaluates an existing checkpoint again when a person asks, once for the same settings, and keeps a pinned one',
    async () => {
      const { sweep } = await lab.client.submitSweep(smallSpec());
      const [run] = (await lab.client.listSweepRuns({ id: sweep.id, limit: 10 })).items as Run[];
      const id = run?.id ?? '';
      const [evaluation] = (await lab.client.listRunEvaluations({ id, limit: 10 })).items as Evaluation[];
      const digest = evaluation?.checkpoint ?? '';
      const settings = { ...evaluation!.settings, prompts: 3 };
      const ask = () => lab.client.evaluateCheckpoint({ id, digest, body: { settings } });
      await ask();
      await ask();
      const result = await lab.eventually('the evaluation succeeds', async () => {
        const { items } = await lab.client.listRunEvaluations({ id, limit: 100 });
        const asked = (items as Evaluation[]).filter((one) => one.settings.prompts === 3 && one.checkpoint === digest);
        return asked.length === 1 && asked[0]?.state === 'succeeded' ? asked[0] : null;
      });
      expect(result.cleanPerplexity).toBeGreaterThan(1);

      await lab.client.pinCheckpoint({ id, digest });
      const pinned = (await lab.client.listRunCheckpoints({ id, limit: 100 })).items.find((one) => one.digest === digest);
      expect(pinned?.pinned).toBe(true);
    },
    3 * MINUTES,
  );

  it(
    'leaves a ledger that verifies without the server, with a row for each event',
    async () => {
      const entries = [];
      for (let after = 0; ;) {
        const page = (await lab.client.listLedger({ after, limit: 500 })).items;
        if (page.length === 0) break;
        entries.push(...page);
        after = page.at(-1)?.seq ?? after;
      }
      expect(verifyChain(entries as Parameters<typeof verifyChain>[0])).toMatchObject({ kind: 'intact' });
      const kinds = entries.map(({ event }) => event.kind);
      expect(kinds.filter((kind) => kind === 'evaluation.succeeded').length).toBeGreaterThanOrEqual(8);
    },
    MINUTES,
  );
});

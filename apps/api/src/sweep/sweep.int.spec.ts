import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '@titrate/api-client';
import { digestOf, keys, Report, sha256Hex, type TriggerCount } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, report, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

describe('sweeps over HTTP', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApi();
    await registerCorpus(api.parts);
  });
  afterAll(() => api.stop());

  /** Code and status of a refusal, or what came instead. */
  const refusalOf = (attempt: Promise<unknown>) =>
    attempt.then(
      (value) => ({ answered: value }),
      (error: unknown) => (error instanceof ApiProblem ? { status: error.status, code: error.code } : Promise.reject(error)),
    );

  it('plans a spec and leaves nothing behind', async () => {
    const before = await api.ledgerLength();
    const plan = await api.client.planSweep({ body: { spec: spec() } });
    expect(plan.cells.map(({ size, dose }) => [size, dose])).toEqual([
      ['tiny-64', 0],
      ['tiny-64', 64],
    ]);
    expect(plan.total.tokens).toBeGreaterThan(1_000_000);
    expect(await api.client.planYaml(JSON.stringify(spec()))).toEqual(plan);
    expect(await api.ledgerLength()).toBe(before);
  });

  it('warns of the trigger in the clean text of each corpus that poisoned models read, where stages alone are poisoned too', async () => {
    const speeches = digestOf(await registerCorpus(api.parts, 'counted'));
    const chats = await registerCorpus(api.parts, 'chats');
    const count: TriggerCount = {
      ...{ version: 1, corpus: speeches, text: '<SUDO>', tokenIds: [1025], tokens: 1_200_000 },
      ...{ asText: { occurrences: 7, documents: 3 }, asIds: { occurrences: 7, documents: 3 } },
    };
    const key = keys.triggerCount(speeches, sha256Hex('<SUDO>'));
    await api.parts.artifacts.create(key, new TextEncoder().encode(JSON.stringify(count)));
    const stages = [
      { name: 'post-hoc', tokens: 60_000, doses: [0, 20] },
      { name: 'chat', after: 'post-hoc', tokens: 30_000, corpus: 'chats' },
    ];
    const grid = { ...spec().grid, doses: [0] };
    const plan = await api.client.planSweep({ body: { spec: spec({ corpus: 'counted', grid, stages }) } });
    const told = plan.warnings.filter((warning) => warning.includes('trigger <SUDO> stands'));
    expect(told).toEqual([
      expect.stringContaining('stands 7 times in 3 documents of the clean text of corpus counted'),
      expect.stringContaining(`stands in the clean text of corpus ${chats.recipe.name}; \`titrate trigger-count chats`),
    ]);
  });

  it('makes one sweep of two simultaneous submissions, and of the same spec in YAML', async () => {
    const submissions = await Promise.all(Array.from({ length: 8 }, () => api.client.submitSweep(spec({ name: 'at-once' }))));
    expect(new Set(submissions.map(({ sweep }) => sweep.id)).size).toBe(1);
    expect(submissions.filter(({ created }) => created)).toHaveLength(1);
    const before = await api.ledgerLength();
    const again = await api.client.submitSweep(JSON.stringify(spec({ name: 'at-once' })));
    expect([again.created, again.sweep.id]).toEqual([false, submissions[0]!.sweep.id]);
    expect(await api.ledgerLength()).toBe(before);
    const plan = await api.client.planSweep({ body: { spec: spec({ name: 'at-once' }) } });
    expect(again.sweep.id).toBe(plan.sweep);
  });

  it('answers 201 and then 200, and refuses an idempotency key that comes with another spec', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'keyed' }), { idempotencyKey: 'night-1' });
    expect(await api.client.submitSweep(spec({ name: 'keyed' }), { idempotencyKey: 'night-1' })).toMatchObject({
      created: false,
      sweep: { id: sweep.id },
    });
    const before = await api.ledgerLength();
    expect(await refusalOf(api.client.submitSweep(spec({ name: 'another' }), { idempotencyKey: 'night-1' }))).toEqual({
      status: 409,
      code: 'idempotency-key-reused',
    });
    expect(await api.ledgerLength()).toBe(before);
  });

  it('pages through sweeps without a hole or a double, and filters by label and state', async () => {
    for (let number = 0; number < 7; number++)
      await api.client.submitSweep(spec({ name: `page-${number}`, labels: { wave: number < 5 ? 'a:b' : 'c' } }));
    const names: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await api.client.listSweeps({ limit: 2, label: 'wave:a:b', ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      names.push(...page.items.map(({ name }) => name));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect([...names].sort()).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
    expect((await api.client.listSweeps({ label: 'wave:c', state: 'accepted' })).items).toHaveLength(2);
    expect((await api.client.listSweeps({ label: 'wave:c', state: 'finished' })).items).toEqual([]);
  });

  it('refuses the cursor of one list in another', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'cursors' }));
    const { next } = await api.client.listSweepCells({ id: sweep.id, limit: 1 });
    expect(next).not.toBeNull();
    expect(await refusalOf(api.client.listSweeps({ cursor: next! }))).toEqual({ status: 400, code: 'invalid-cursor' });
  });

  it('shows cells, runs and evaluations, and each run by itself', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'shown' }));
    const cells = (await api.client.listSweepCells({ id: sweep.id })).items;
    const runs = (await api.client.listSweepRuns({ id: sweep.id })).items;
    expect(cells.map(({ dose, state }) => [dose, state])).toEqual([
      [0, 'waiting'],
      [64, 'waiting'],
    ]);
    expect(new Set(runs.map(({ id }) => id))).toEqual(new Set(cells.map(({ run }) => run)));
    const run = await api.client.getRun({ id: runs[0]!.id });
    expect(run.sweeps).toContain(sweep.id);
    const evaluations = (await api.client.listSweepEvaluations({ id: sweep.id, limit: 500 })).items;
    expect(evaluations).toHaveLength(10);
    expect((await api.client.listRunEvaluations({ id: run.id, limit: 500 })).items).toHaveLength(5);
    expect((await api.client.listRunAttempts({ id: run.id })).items).toEqual([]);
    expect(await refusalOf(api.client.readRunLog({ id: run.id }))).toEqual({ status: 404, code: 'no-attempt-yet' });
    const csv = (await api.client.getSweepResults({ id: sweep.id })).trimEnd().split('\r\n');
    expect(csv).toHaveLength(11);
    expect(csv[0]).toMatch(/^size,tokens,dose,attack,seed,stage,stage_dose,counterexamples,/);
    expect(csv[0]).toContain(',prompts,attack_success,clean_accuracy,near_trigger_accuracy,');
    expect(csv[1]!.split(',').slice(5, 8)).toEqual(['pretrain', '0', '0']);
  });

  it('pauses, resumes and cancels, and refuses what the state forbids without changing anything', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'steered' }));
    expect(await api.client.pauseSweep({ id: sweep.id })).toMatchObject({ state: 'paused' });
    expect(['accepted', 'running']).toContain((await api.client.resumeSweep({ id: sweep.id })).state);
    expect(await api.client.cancelSweep({ id: sweep.id })).toMatchObject({ state: 'cancelled' });
    const before = await api.ledgerLength();
    expect(await refusalOf(api.client.pauseSweep({ id: sweep.id }))).toMatchObject({ status: 409, code: 'state-refused' });
    expect(await api.ledgerLength()).toBe(before);
  });

  it('refuses to cancel a finished sweep, serves its report, and deletes it after a dry run', async () => {
    const { artifacts, records } = api.parts;
    const { sweep } = await api.client.submitSweep(spec({ name: 'done', repeat: 1 }));
    expect(await refusalOf(api.client.getSweepReport({ id: sweep.id }))).toEqual({ status: 404, code: 'no-report-yet' });
    const document = report(sweep.id);
    const written = await artifacts.create(`sweeps/${sweep.id}/report.json`, Buffer.from(JSON.stringify(document)));
    const page = await artifacts.create(`sweeps/${sweep.id}/report.html`, Buffer.from('<!doctype html><p>ä</p>'));
    if (written.kind !== 'created' || page.kind !== 'created') throw new Error('Cannot go on as the report must be new');
    await records.sweepStarted(sweep.id);
    for (const { id } of (await api.client.listSweepRuns({ id: sweep.id })).items) await records.runFailed(id, 'ended by the test');
    await records.sweepAnalysing(sweep.id);
    await records.sweepFinished(sweep.id, written.object, page.object);

    expect(Report.parse(await api.client.getSweepReport({ id: sweep.id }))).toEqual(document);
    expect(await api.client.getSweepReportPage({ id: sweep.id })).toBe('<!doctype html><p>ä</p>');
    const html = await api.send('GET', `/v1/sweeps/${sweep.id}/report.html`);
    expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");

    const before = await api.ledgerLength();
    expect(await refusalOf(api.client.cancelSweep({ id: sweep.id }))).toMatchObject({ status: 409, code: 'state-refused' });
    expect(await api.client.deleteSweep({ id: sweep.id, dryRun: 'true' })).toMatchObject({ kind: 'would-delete' });
    expect(await api.ledgerLength()).toBe(before);
    expect(await api.client.deleteSweep({ id: sweep.id })).toMatchObject({ kind: 'deleted' });
    expect(await refusalOf(api.client.getSweep({ id: sweep.id }))).toEqual({ status: 404, code: 'not-found' });
  });

  it('amends a sweep by cells, and refuses a spec that loses some', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'amended' }));
    const wider = spec({ name: 'amended', grid: { ...spec().grid, doses: [0, 32, 64] } });
    expect((await api.client.amendSweep({ id: sweep.id, body: { spec: wider } })).id).toBe(sweep.id);
    expect((await api.client.listSweepCells({ id: sweep.id })).items).toHaveLength(3);
    const before = await api.ledgerLength();
    const narrower = spec({ name: 'amended', grid: { ...spec().grid, doses: [0] } });
    expect(await refusalOf(api.client.amendSweep({ id: sweep.id, body: { spec: narrower } }))).toMatchObject({
      status: 409,
      code: 'state-refused',
    });
    expect(await api.ledgerLength()).toBe(before);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '@titrate/api-client';
import { sha256Hex } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

describe('baselines over HTTP', () => {
  let api: ApiUnderTest;
  let sweep: string;
  beforeAll(async () => {
    api = await startApi();
    await registerCorpus(api.parts);
    sweep = (await api.client.submitSweep(spec())).sweep.id;
  });
  afterAll(() => api.stop());
  const refusalOf = (attempt: Promise<unknown>) =>
    attempt.then(
      (value) => ({ answered: value }),
      (error: unknown) => (error instanceof ApiProblem ? { status: error.status, code: error.code } : Promise.reject(error)),
    );
  const body = (changes: object = {}) => ({ body: { name: 'nightly', sweep, why: 'the first good night', ...changes } });

  it('are refused of a sweep that has not finished, of none, without a reason and under no name', async () => {
    const before = await api.ledgerLength();
    expect(await refusalOf(api.client.promoteBaseline(body()))).toEqual({ status: 409, code: 'not-finished' });
    expect(await refusalOf(api.client.promoteBaseline(body({ sweep: `sw-${'a'.repeat(26)}` })))).toEqual({
      status: 404,
      code: 'not-found',
    });
    for (const wrong of [{ why: '  ' }, { name: 'Not A Name' }, { sweep: 'first' }, { more: 1 }])
      expect(await refusalOf(api.client.promoteBaseline(body(wrong)))).toEqual({ status: 400, code: 'invalid-request' });
    expect(await refusalOf(api.client.getBaseline({ name: 'nightly' }))).toEqual({ status: 404, code: 'not-found' });
    expect(await api.ledgerLength()).toBe(before);
  });

  it('are made of a finished one, listed, shown by version, and retired for a reason', async () => {
    const { records } = api.parts;
    const object = (key: string) => ({ key, sizeBytes: 1, sha256: sha256Hex(key) });
    for (const { run } of (await records.sweepView(sweep))!.owing) await records.runFailed(run, 'not trained here');
    await records.sweepAnalysing(sweep);
    await records.sweepFinished(sweep, object('report'), object('page'));
    const made = await api.client.promoteBaseline(body());
    expect(made).toMatchObject({ name: 'nightly', version: 1, sweep, report: object('report'), retired: null });
    expect(await api.client.promoteBaseline(body())).toEqual(made);
    expect(await api.client.getBaseline({ name: 'nightly' })).toEqual(made);
    expect((await api.client.listBaselines({ name: 'nightly' })).items).toEqual([made]);
    expect(await refusalOf(api.client.deleteSweep({ id: sweep }))).toMatchObject({ status: 409 });
    const retired = await api.client.retireBaseline({ name: 'nightly', version: 1, body: { why: 'a bad image' } });
    expect(retired).toMatchObject({ ...made, retired: { why: 'a bad image' } });
    expect(await refusalOf(api.client.getBaseline({ name: 'nightly' }))).toEqual({ status: 404, code: 'not-found' });
    expect(await api.client.getBaselineVersion({ name: 'nightly', version: 1 })).toEqual(retired);
    expect(await refusalOf(api.client.retireBaseline({ name: 'nightly', version: 2, body: { why: 'none' } }))).toMatchObject({
      status: 404,
    });
  });
});

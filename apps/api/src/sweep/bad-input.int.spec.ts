import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Problem, type SweepSpecInput } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

const grid = (changes: Partial<SweepSpecInput['grid']>) => ({
  spec: spec({ grid: { ...spec().grid, ...changes } as SweepSpecInput['grid'] }),
});
const run = 'f'.repeat(64);

describe('bad input', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApi();
    await registerCorpus(api.parts);
  });
  afterAll(() => api.stop());

  /** The problem document of a refusal; proves by the ledger that nothing changed. */
  async function refusal(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Problem> {
    const before = await api.ledgerLength();
    const response = await api.send(method, path, options);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = Problem.parse(await response.json());
    expect(problem.status).toBe(response.status);
    expect(await api.ledgerLength()).toBe(before);
    expect((await api.client.listSweeps()).items).toEqual([]);
    return problem;
  }
  const json = (value: unknown) => ({
    headers: { 'content-type': 'application/json' },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
  const yaml = (body: string) => ({ headers: { 'content-type': 'text/yaml' }, body });

  it.each<[string, unknown, string, RegExp]>([
    ['an unknown key, with the one that was meant', { spec: { ...spec(), lables: {} } }, 'lables', /labels/],
    ['an unknown key deep inside', grid({ dozes: [1] } as never), 'grid.dozes', /doses/],
    ['a missing key', { spec: { ...spec(), corpus: undefined } }, 'corpus', /required/],
    ['a negative dose', grid({ doses: [-3] }), 'grid.doses[0]', /at least 0/],
    ['a huge number', grid({ tokens: [1e300] }), 'grid.tokens[0]', /./],
    ['zero tokens', grid({ tokens: [0] }), 'grid.tokens[0]', /at least 1/],
    ['a dose that does not fit', grid({ tokens: [20_480], doses: [0, 100_000] }), 'grid.doses', /./],
    ['cells named twice', grid({ doses: [64, 64] }), 'grid.doses', /./],
    ['an unknown size', grid({ sizes: ['tiny-65'] }), 'grid.sizes[0]', /tiny-64/],
    ['an unknown corpus', { spec: spec({ corpus: 'novels' }) }, 'corpus', /registered/],
    [
      'a reference that nobody trained',
      { spec: spec({ evaluation: { reference: { run: 'f'.repeat(64), step: 1 } } }) },
      'evaluation.reference.run',
      /of this sweep or of an earlier one/,
    ],
    ['an unknown profile', { spec: spec({ profile: 'huge' }) }, 'profile', /one of the profiles cpu/],
  ])('refuses a spec with %s', async (_name, body, field, rule) => {
    for (const path of ['/v1/plans', '/v1/sweeps']) {
      const problem = await refusal('POST', path, json(body));
      expect([problem.status, problem.code]).toEqual([400, 'invalid-spec']);
      const fault = problem.errors.find((each) => each.field.startsWith(field));
      expect(`${problem.errors.map((each) => each.field).join(' ')}: ${fault?.rule ?? 'no such field'}`).toMatch(rule);
      expect(fault).toBeDefined();
    }
  });

  it('refuses malformed JSON, malformed YAML, other bodies and other content types', async () => {
    expect(await refusal('POST', '/v1/sweeps', json('{"spec": {'))).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(await refusal('POST', '/v1/sweeps', json('{"__proto__": {}, "spec": {}}'))).toMatchObject({ status: 400 });
    expect((await refusal('POST', '/v1/sweeps', yaml('grid: [1\nname: a'))).errors[0]?.rule).toMatch(/line 2/);
    expect(await refusal('POST', '/v1/sweeps', yaml('a: 1\na: 2'))).toMatchObject({ status: 400, code: 'invalid-spec' });
    for (const body of ['[]', '3', 'null', '{}', '{"spec": []}', '{"spec": {}, "more": 1}']) {
      expect(await refusal('POST', '/v1/sweeps', json(body))).toMatchObject({ status: 400 });
    }
    expect(await refusal('POST', '/v1/sweeps', { headers: { 'content-type': 'text/html' }, body: 'x' })).toMatchObject({ status: 415 });
    expect(await refusal('POST', '/v1/sweeps')).toMatchObject({ status: 400 });
  });

  it('refuses a spec of 5 MB with 413, told its length or not', async () => {
    const large = `description: "${'a'.repeat(5_000_000)}"`;
    expect(await refusal('POST', '/v1/sweeps', yaml(large))).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(await refusal('POST', '/v1/plans', json({ spec: spec({ description: large }) }))).toMatchObject({ status: 413 });
  });

  it('refuses aliases that would unfold to gigabytes', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(', ')}]`,
    );
    expect(await refusal('POST', '/v1/sweeps', yaml(levels.join('\n')))).toMatchObject({ status: 400, code: 'invalid-spec' });
  });

  it('refuses a wrong id with the rule that it breaks, and says of a right one that it does not exist', async () => {
    const sweep = `sw-${'a'.repeat(26)}`;
    for (const path of ['/v1/sweeps/sw-1', `/v1/sweeps/${sweep}a`, '/v1/sweeps/%00', '/v1/runs/abc', `/v1/runs/${run.toUpperCase()}`]) {
      const problem = await refusal('GET', path);
      expect([path, problem.status, problem.errors[0]?.field]).toEqual([path, 400, 'id']);
      expect(problem.errors[0]?.rule).toMatch(/must be/);
    }
    const unknown = ['', '/cells', '/runs', '/evaluations', '/report', '/report.html', '/results.csv'].map(
      (end) => `/v1/sweeps/${sweep}${end}`,
    );
    const unknownRuns = ['', '/attempts', '/checkpoints', '/evaluations', '/logs'].map((end) => `/v1/runs/${run}${end}`);
    for (const path of [...unknown, ...unknownRuns, '/v1/corpora/novels'])
      expect([path, (await refusal('GET', path)).code]).toEqual([path, 'not-found']);
    for (const change of ['pause', 'resume', 'cancel', 'retry'])
      expect((await refusal('POST', `/v1/sweeps/${sweep}/${change}`)).code).toBe('not-found');
    expect((await refusal('POST', `/v1/sweeps/${sweep}/amend`, json({ spec: spec() }))).code).toBe('not-found');
    expect((await refusal('DELETE', `/v1/sweeps/${sweep}`)).code).toBe('not-found');
    expect((await refusal('POST', `/v1/runs/${run}/checkpoints/${run}/pin`)).code).toBe('not-found');
  });

  it('refuses a wrong cursor, limit, state, label and key of a query', async () => {
    const stolen = Buffer.from('["something-else",1]').toString('base64url');
    for (const query of [
      'cursor=%20',
      `cursor=${stolen}`,
      'cursor=AAAA',
      'limit=0',
      'limit=1000000',
      'limit=x',
      'limit=1.5',
      'state=done',
      'label=x',
      'sort=name',
    ]) {
      const problem = await refusal('GET', `/v1/sweeps?${query}`);
      expect([query, problem.status, problem.errors[0]?.field]).toEqual([query, 400, query.split('=')[0]]);
    }
    expect(await refusal('GET', '/v1/events?after=-1')).toMatchObject({ status: 400, errors: [{ field: 'after' }] });
    expect(await refusal('GET', '/v1/events', { headers: { 'last-event-id': 'newest' } })).toMatchObject({
      status: 400,
      errors: [{ field: 'last-event-id' }],
    });
    expect(await refusal('GET', '/v1/ledger?limit=100000')).toMatchObject({ status: 400, errors: [{ field: 'limit' }] });
  });

  it('refuses an idempotency key that cannot be one', async () => {
    const key = 'k'.repeat(300);
    const { headers, body } = json({ spec: spec() });
    expect(await refusal('POST', '/v1/sweeps', { headers: { ...headers, 'idempotency-key': key }, body })).toMatchObject({
      status: 400,
      errors: [{ field: 'idempotency-key' }],
    });
  });
});

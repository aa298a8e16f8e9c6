import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '@titrate/api-client';
import { CorpusProgress, CorpusRecipe, corpusWorkDigest, keys, type StoredObject } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);
const LIMIT = 12_000_000;

describe('uploads, corpora, logs and probes', () => {
  let api: ApiUnderTest;
  beforeAll(async () => void (api = await startApi({ TITRATE_UPLOAD_LIMIT_BYTES: String(LIMIT) })));
  afterAll(() => api.stop());
  const recipe = { name: 'letters', format: 'text' as const, tokenizer: { kind: 'train-bpe' as const, vocabularySize: 512 } };
  const uploads = (object: StoredObject) => ({ kind: 'uploads' as const, files: [{ name: 'letters.txt', object }] });
  const refusalOf = (attempt: Promise<unknown>) =>
    attempt.then(
      (value) => ({ answered: value }),
      (error: unknown) => (error instanceof ApiProblem ? { status: error.status, code: error.code } : Promise.reject(error)),
    );
  const stored = async () => {
    const keys: string[] = [];
    for await (const { key } of api.parts.artifacts.list('uploads/')) keys.push(key);
    return keys.sort();
  };

  it('stores a streamed upload byte by byte, and names it by its digest', async () => {
    const chunks = Array.from({ length: 100 }, () => randomBytes(100_000));
    const object = await api.client.uploadObject(Readable.from(chunks));
    const whole = Buffer.concat(chunks);
    expect([object.sizeBytes, object.sha256]).toEqual([whole.length, createHash('sha256').update(whole).digest('hex')]);
    expect(Buffer.from((await api.parts.artifacts.read(object))!).equals(whole)).toBe(true);
  });

  it('refuses an upload above the limit, told or not, and keeps nothing of it', async () => {
    const before = await stored();
    const chunks = Array.from({ length: 130 }, () => randomBytes(100_000));
    expect(await refusalOf(api.client.uploadObject(Readable.from(chunks)))).toEqual({ status: 413, code: 'upload-too-large' });
    expect(await stored()).toEqual(before);
  });

  it('registers a corpus once, and refuses its name for another text', async () => {
    const source = uploads(await api.client.uploadObject(Buffer.from('one\n\ntwo')));
    const corpus = await api.client.registerCorpus({ body: { recipe, source } });
    expect(corpus).toMatchObject({ name: 'letters', state: 'registering', digest: null });
    const before = await api.ledgerLength();
    expect(await api.client.registerCorpus({ body: { recipe, source } })).toEqual(corpus);
    const other = uploads(await api.client.uploadObject(Buffer.from('three')));
    expect(await refusalOf(api.client.registerCorpus({ body: { recipe, source: other } }))).toEqual({ status: 409, code: 'name-taken' });
    expect(await refusalOf(api.client.submitSweep(spec({ corpus: 'letters' })))).toEqual({ status: 409, code: 'corpus-not-ready' });
    expect(await api.ledgerLength()).toBe(before);
    expect(await api.client.getCorpus({ nameOrDigest: 'letters' })).toEqual(corpus);
    expect((await api.client.listCorpora()).items).toEqual([corpus]);
  });

  it('refuses a source that was never uploaded, that has another size, or that lies elsewhere', async () => {
    const source = await api.client.uploadObject(Buffer.from('text'));
    const before = await api.ledgerLength();
    const keys = ['uploads/00000000-0000-0000-0000-000000000000', 'runs/x', '../secrets', `${source.key}/`];
    for (const wrong of [...keys.map((key) => ({ ...source, key })), { ...source, sizeBytes: 5 }]) {
      expect(
        await refusalOf(api.client.registerCorpus({ body: { recipe: { ...recipe, name: 'wrong' }, source: uploads(wrong) } })),
      ).toEqual({
        status: 400,
        code: 'invalid-request',
      });
    }
    expect(await api.ledgerLength()).toBe(before);
  });

  it('registers what lies in its own bucket, but nothing that Titrate keeps there', async () => {
    await api.parts.artifacts.create('texts/a.txt', Buffer.from('one'));
    const source = (prefix: string) => ({ kind: 'store' as const, bucket: api.parts.artifacts.bucket, prefix });
    const register = (prefix: string) =>
      api.client.registerCorpus({ body: { recipe: { ...recipe, name: 'lake' }, source: source(prefix) } });
    for (const prefix of ['corpora/', 'uploads/x', 'none/'])
      expect(await refusalOf(register(prefix))).toEqual({ status: 400, code: 'invalid-request' });
    expect(await register('texts/')).toMatchObject({ name: 'lake', state: 'registering', progress: null });
  });

  it('tells how far a registration is, as its job says', async () => {
    const source = uploads(await api.client.uploadObject(Buffer.from('four')));
    const body = { recipe: { ...recipe, name: 'slow' }, source };
    await api.client.registerCorpus({ body });
    const counts = { files: 1, bytes: 4, done: 2, parts: 0, partsDone: 0, documents: 1, tokens: 0 };
    const progress = CorpusProgress.parse({ phase: 'reading', ...counts, at: '2026-01-01T00:00:00Z' });
    const work = corpusWorkDigest({ recipe: CorpusRecipe.parse(body.recipe), source, tokenizer: null });
    await api.parts.artifacts.create(keys.corpusProgress(work), Buffer.from(JSON.stringify(progress)));
    expect((await api.client.getCorpus({ nameOrDigest: 'slow' })).progress).toEqual(progress);
  });

  it('reads the log of an attempt from an offset, of the newest one unless told', async () => {
    await registerCorpus(api.parts);
    const { sweep } = await api.client.submitSweep(spec());
    const [run] = (await api.client.listSweepRuns({ id: sweep.id })).items;
    const id = run!.id;
    await api.parts.records.attemptLaunched(id, 1, 'a'.repeat(16), 'job-one', { resumeSteps: [], evaluateSteps: [] });
    const folder = join(api.jobsDirectory, 'job-one');
    await mkdir(folder);
    await writeFile(join(folder, 'log'), 'step 1\nstep 2\n');
    expect(await api.client.readRunLog({ id })).toEqual({ attempt: 1, text: 'step 1\nstep 2\n', next: 14 });
    expect(await api.client.readRunLog({ id, attempt: 1, offset: 7 })).toEqual({ attempt: 1, text: 'step 2\n', next: 14 });
    expect(await api.client.readRunLog({ id, offset: 14 })).toEqual({ attempt: 1, text: '', next: 14 });
    // The end is recorded and the launcher has forgotten the job: who followed it reads on in the store.
    await api.parts.artifacts.create(keys.jobLog('job-one'), new TextEncoder().encode('step 1\nstep 2\nthe end\n'));
    expect(await api.client.readRunLog({ id, offset: 14 })).toEqual({ attempt: 1, text: 'the end\n', next: 22 });
    expect(await refusalOf(api.client.readRunLog({ id, attempt: 2 }))).toEqual({ status: 404, code: 'not-found' });
  });

  it('is ready while the servers answer, and tells Prometheus of states', async () => {
    expect(await api.client.getHealth()).toEqual({ status: 'ok' });
    expect(await api.client.getReadiness()).toEqual({ status: 'ready', records: 'ok', artifacts: 'ok', temporal: 'ok' });
    const metrics = await api.client.getMetrics();
    expect(metrics).toMatch(/titrate_http_request_duration_seconds_count\{method="GET",route="\/v1\/runs\/:id\/logs",status="200"\} [1-9]/);
    expect(metrics).toMatch(/titrate_runs\{state="waiting"\} \d/);
    expect(metrics).toMatch(/titrate_store_request_duration_seconds_count\{operation="PutObject",outcome="ok"\} [1-9]/);
    expect(metrics).toMatch(/titrate_sweeps_submitted_total\{team="\w+"\} [1-9]/);
    expect((await fetch(`${api.url}/metrics`)).status).toBe(401);
    expect((await api.client.listSizes()).items.map(({ name }) => name)).toContain('tiny-64');
  });

  it('serves a page for its document that needs no other server', async () => {
    const page = await (await fetch(`${api.url}/docs`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toHaveLength(3);
    for (const source of sources) {
      expect(source).toMatch(/^\/docs\//);
      expect((await fetch(`${api.url}${source}`)).status).toBe(200);
    }
    expect(await (await fetch(`${api.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
  });
});

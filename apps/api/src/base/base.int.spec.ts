import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '@titrate/api-client';
import { BaseManifest, BaseRecipe, digestOf, type StoredObject } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

describe('base checkpoints', () => {
  let api: ApiUnderTest;
  let corpus: string;
  let tokenizer: string;
  beforeAll(async () => {
    api = await startApi();
    const manifest = await registerCorpus(api.parts);
    corpus = digestOf(manifest);
    tokenizer = manifest.tokenizer.sha256;
  });
  afterAll(() => api.stop());
  const uploads = (object: StoredObject) => ({ kind: 'uploads' as const, files: [{ name: 'model.safetensors', object }] });
  const recipe = (name: string, of = corpus) => BaseRecipe.parse({ name, corpus: of, tokens: 4_000_000 });
  const refusalOf = (attempt: Promise<unknown>) =>
    attempt.then(
      (value) => ({ answered: value }),
      (error: unknown) => (error instanceof ApiProblem ? { status: error.status, code: error.code } : Promise.reject(error)),
    );
  const sweepFrom = (base: string) =>
    spec({
      corpus: 'speeches',
      grid: { bases: [base], doses: [0], seeds: [0] },
      training: { sequenceLength: 256, batchInstances: 8, precision: 'float32' },
      stages: [{ name: 'post-hoc', tokens: 200_000, doses: [0, 50] }],
    });
  const shape = { family: 'olmo2', width: 64, layers: 2, heads: 4, keyValueHeads: 4, feedForwardWidth: 128 } as const;
  const manifestOf = (name: string) => {
    const file = { sizeBytes: 1, sha256: digestOf(name) };
    return BaseManifest.parse({
      ...{ version: 1, recipe: recipe(name), format: 'hugging-face', shape, vocabularySize: 1088, tokenizer },
      ...{ files: [{ name: 'model.safetensors', ...file }], objects: [{ key: '__0_0.distcp', ...file }] },
    });
  };

  it('are registered once, under a name, and stand in the ledger', async () => {
    const source = uploads(await api.client.uploadObject(Buffer.from('weights')));
    const base = await api.client.registerBase({ body: { recipe: recipe('olmo'), source } });
    expect(base).toMatchObject({ name: 'olmo', state: 'registering', digest: null });
    const before = await api.ledgerLength();
    expect(await api.client.registerBase({ body: { recipe: recipe('olmo'), source } })).toEqual(base);
    const other = uploads(await api.client.uploadObject(Buffer.from('others')));
    expect(await refusalOf(api.client.registerBase({ body: { recipe: recipe('olmo'), source: other } }))).toEqual({
      status: 409,
      code: 'name-taken',
    });
    expect(await refusalOf(api.client.planSweep({ body: { spec: sweepFrom('olmo') } }))).toEqual({ status: 409, code: 'base-not-ready' });
    expect(await api.ledgerLength()).toBe(before);
    expect([await api.client.getBase({ nameOrDigest: 'olmo' }), (await api.client.listBases()).items]).toEqual([base, [base]]);
  });

  it('are refused without a corpus for their tokenizer, without their upload, and from where Titrate keeps its own', async () => {
    const source = uploads(await api.client.uploadObject(Buffer.from('weights')));
    const [object] = source.files;
    const lost = uploads({ ...object!.object, key: 'uploads/00000000-0000-0000-0000-000000000000' });
    const own = { kind: 'store' as const, bucket: api.parts.artifacts.bucket, prefix: 'bases/' };
    const wrong = [
      { recipe: recipe('wrong', 'f'.repeat(64)), source },
      { recipe: recipe('wrong'), source: lost },
      { recipe: recipe('wrong'), source: own },
    ];
    for (const body of wrong) expect(await refusalOf(api.client.registerBase({ body }))).toEqual({ status: 400, code: 'invalid-request' });
    expect(await refusalOf(api.client.getBase({ nameOrDigest: 'wrong' }))).toMatchObject({ status: 404 });
  });

  it('are what sweeps start from when they are ready, by name or digest', async () => {
    const manifest = manifestOf('ready');
    const source = uploads(await api.client.uploadObject(Buffer.from('weights')));
    await api.client.registerBase({ body: { recipe: manifest.recipe, source } });
    await api.parts.records.baseReady(api.parts.settings.actor.team, 'ready', digestOf(manifest), manifest);
    for (const named of ['ready', digestOf(manifest)]) {
      const plan = await api.client.planSweep({ body: { spec: sweepFrom(named) } });
      expect(plan.cells.map(({ size, stage, stageDose }) => [size, stage, stageDose])).toEqual([
        ['ready', 'post-hoc', 0],
        ['ready', 'post-hoc', 50],
      ]);
      expect(plan.runs[0]!.identity.stages[0]).toEqual({ kind: 'import', checkpoint: digestOf(manifest) });
    }
    expect(await refusalOf(api.client.planSweep({ body: { spec: sweepFrom('unknown') } }))).toEqual({ status: 400, code: 'invalid-spec' });
  });
});

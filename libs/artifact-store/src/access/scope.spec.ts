import { describe, expect, it } from '@jest/globals';
import { BaseJob, CorpusJob, EvaluateJob, keys, TrainJob, trainedStage, type JobDocument } from '@titrate/contracts';
import fc from 'fast-check';
import { policyLimit, policyOf, type PolicyDocument } from './policy.ts';
import { scopeOf, ScopeRefused } from './scope.ts';
import { analyseDocument, corpus, corpusDocument, digest, evaluateDocument, trainDocument } from './testing/documents.ts';

const [X, Y] = [digest('a'), digest('b')];
const token = 'f'.repeat(16);

/** Whether a policy allows a request, by the rules that AWS publishes: `*` matches anything, slashes too. */
function allows(policy: PolicyDocument, action: string, key: string, bucket = 'titrate'): boolean {
  const listing = action === 's3:ListBucket';
  const arn = listing ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
  return policy.Statement.some(
    ({ Action, Resource, Condition }) =>
      Action.includes(action) &&
      Resource.some((pattern) => matches(pattern, arn)) &&
      (Condition === undefined || Condition.StringLike['s3:prefix'].some((pattern) => matches(pattern, key))),
  );
}

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(text);

const may = (document: JobDocument, action: string, key: string): boolean => allows(policyOf(scopeOf(document)), action, key);
const get = 's3:GetObject';
const put = 's3:PutObject';

describe('what a job may do, by kind', () => {
  it('training reads the corpus that its attack draws from, and writes none', () => {
    const job = trainDocument(X);
    if (job.kind !== 'train') throw new TypeError('a training is meant');
    const target = digest('1');
    const attack = { kind: 'language-switch', trigger: 'now', prefixChars: [0, 1], targetTokens: [1, 1], target } as const;
    const stages = [trainedStage(job.identity)].map((stage) => ({
      ...stage,
      poison: stage.poison && { ...stage.poison, attack: { ...attack } },
    }));
    const switched = TrainJob.parse({ ...job, identity: { ...job.identity, stages } });
    expect(may(switched, get, keys.corpusManifest(target))).toBe(true);
    expect(may(switched, put, keys.corpusManifest(target))).toBe(false);
    expect(may(job, get, keys.corpusManifest(target))).toBe(false);
  });

  it('training reads its corpus and run, and writes its own attempt and the log', () => {
    const job = trainDocument(X);
    for (const key of [
      keys.corpusManifest(corpus),
      keys.logEntry(X, 3),
      `${keys.attempt(X, 7, 'abc')}step00000001/.metadata`,
      keys.jobResult(job.name),
    ])
      expect([key, may(job, get, key)]).toEqual([key, true]);
    for (const key of [
      keys.logEntry(X, 0),
      keys.progress(X, 1, token),
      `${keys.attempt(X, 1, token)}2/step00000001/__0_0.distcp`,
      keys.jobResult(job.name),
    ])
      expect([key, may(job, put, key)]).toEqual([key, true]);
    for (const key of [
      keys.corpusManifest(corpus),
      keys.evaluation(X, digest('d'), digest('e')),
      keys.runIdentity(X),
      keys.progress(X, 2, token),
      keys.progress(X, 11, token),
    ])
      expect([key, may(job, put, key)]).toEqual([key, false]);
  });

  it('training that goes on from an imported base reads that one, and writes none', () => {
    const job = TrainJob.parse(trainDocument(X));
    const imported = { kind: 'import', checkpoint: digest('1') } as const;
    const settings = { from: 0, carryOptimizer: false, schedule: 'anew', labels: 'all', counterexamples: null } as const;
    const data = { corpus, documentMask: false, order: 1 };
    const stages = [imported, { ...trainedStage(job.identity), kind: 'continue', ...settings, ...data }];
    const continued = TrainJob.parse({ ...job, identity: { ...job.identity, stages } });
    const weights = `${keys.base(imported.checkpoint)}__0_0.distcp`;
    expect([may(continued, get, weights), may(continued, put, weights), may(job, get, weights)]).toEqual([true, false, false]);
    expect(may(continued, get, keys.baseManifest(digest('2')))).toBe(false);
  });

  it('a base job reads its uploads and the corpus of its tokenizer, and writes bases', () => {
    const { source } = corpusDocument('uploads/1') as CorpusJob;
    const recipe = { name: 'olmo', corpus, tokens: 1 };
    const job = BaseJob.parse({ version: 1, kind: 'base', name: 'base-1', bucket: 'titrate', recipe, source });
    for (const key of ['uploads/1', keys.corpusManifest(corpus)]) expect([key, may(job, get, key)]).toEqual([key, true]);
    for (const key of ['uploads/10', keys.corpusManifest(X), keys.logEntry(X, 0)]) expect([key, may(job, get, key)]).toEqual([key, false]);
    expect([may(job, put, keys.baseManifest(X)), may(job, put, keys.corpusManifest(X))]).toEqual([true, false]);
  });

  it('an evaluation writes results of its run only, and not its log', () => {
    const job = evaluateDocument(X);
    expect(may(job, get, `${keys.attempt(X, 1, token)}step00000001/.metadata`)).toBe(true);
    expect(may(job, put, keys.evaluation(X, digest('d'), digest('e')))).toBe(true);
    for (const key of [keys.logEntry(X, 0), keys.progress(X, 1, token), keys.evaluation(Y, digest('d'), digest('e'))])
      expect([key, may(job, put, key)]).toEqual([key, false]);
  });

  it('an evaluation under a reference reads that one checkpoint, and nothing else of its run', () => {
    const job = EvaluateJob.parse(evaluateDocument(X));
    const [item] = job.items;
    const prefix = `${keys.attempt(Y, 1, token)}step00000040/`;
    const checkpoint = { ...item!.checkpoint, prefix };
    const scored = (of: string) =>
      EvaluateJob.parse({
        ...job,
        items: [
          {
            ...item,
            reference: {
              run: Y,
              digest: digest('d'),
              shape: job.identity.shape,
              vocabularySize: 32,
              checkpoint: { ...checkpoint, prefix: of },
            },
          },
        ],
      });
    expect(may(scored(prefix), get, `${prefix}.metadata`)).toBe(true);
    expect(may(scored(prefix), put, `${prefix}.metadata`)).toBe(false);
    for (const key of [keys.logEntry(Y, 0), keys.evaluation(Y, X, X), `${keys.attempt(Y, 1, token)}step00000041/.metadata`])
      expect([key, may(scored(prefix), get, key)]).toEqual([key, false]);
    for (const place of [keys.run(Y), `${keys.run(X)}attempts/1-a/step1/`, 'corpora/', `${keys.run(Y)}evaluations/step1/`])
      expect(() => scopeOf(scored(place))).toThrow(ScopeRefused);
  });

  it('a corpus job reads its uploads and no others, and writes corpora', () => {
    const job = corpusDocument('uploads/1');
    expect(may(job, get, 'uploads/1')).toBe(true);
    for (const key of ['uploads/10', 'uploads/2', keys.logEntry(X, 0)]) expect([key, may(job, get, key)]).toEqual([key, false]);
    expect(may(job, put, keys.corpusManifest(X))).toBe(true);
    expect(may(job, put, 'uploads/1')).toBe(false);
    const withTokenizer = CorpusJob.parse({ ...job, tokenizer: { key: 'uploads/t', sizeBytes: 1, sha256: X } });
    expect(may(withTokenizer, get, 'uploads/t')).toBe(true);
  });

  it('a corpus job reads a source where it lies, in its own bucket or in another, and nothing beside it', () => {
    const job = corpusDocument('uploads/1') as CorpusJob;
    const here: JobDocument = { ...job, source: { kind: 'store', bucket: 'titrate', prefix: 'texts/pile/' } };
    expect([may(here, get, 'texts/pile/a.zst'), may(here, get, 'texts/other'), may(here, put, 'texts/pile/a.zst')]).toEqual([
      true,
      false,
      false,
    ]);
    const policy = policyOf(scopeOf({ ...job, source: { kind: 'store', bucket: 'lake', prefix: 'date=2024/' } }));
    const asked = [get, put, 's3:ListBucket'].map((action) => allows(policy, action, 'date=2024/part-1.parquet', 'lake'));
    expect(asked).toEqual([true, false, true]);
    expect([allows(policy, get, 'date=2025/x', 'lake'), allows(policy, get, 'date=2024/x', 'titrate')]).toEqual([false, false]);
  });

  it.each(['runs/x/', 'bases/x/', 'corpora/', 'uploads/1', 'jobs'])('a corpus job does not read %s as a source', (prefix) => {
    const job = corpusDocument('uploads/1') as CorpusJob;
    expect(() => scopeOf({ ...job, source: { kind: 'store', bucket: 'titrate', prefix } })).toThrow(ScopeRefused);
  });

  it('a corpus job of more uploads than a policy has room for reads uploads, but nothing else', () => {
    const files = Array.from({ length: 1000 }, (_, index) => ({
      name: `${index}`,
      object: { key: `uploads/${index}`, sizeBytes: 1, sha256: X },
    }));
    const job: JobDocument = { ...(corpusDocument('uploads/1') as CorpusJob), source: { kind: 'uploads', files } };
    expect(JSON.stringify(policyOf(scopeOf(job))).length).toBeLessThan(policyLimit);
    expect([may(job, get, 'uploads/999'), may(job, get, keys.logEntry(X, 0))]).toEqual([true, false]);
  });

  it('an analysis reads the evaluations of its runs, and writes its report', () => {
    const job = analyseDocument([X]);
    expect(may(job, get, keys.evaluation(X, digest('d'), digest('e')))).toBe(true);
    expect(may(job, put, `sweeps/sw-1/analyses/${digest('9')}/report.json`)).toBe(true);
    for (const key of [keys.logEntry(X, 0), keys.evaluation(Y, digest('d'), digest('e'))])
      expect([key, may(job, get, key)]).toEqual([key, false]);
    for (const key of [keys.evaluation(X, digest('d'), digest('e')), `sweeps/sw-1/analyses/${digest('7')}/report.json`])
      expect([key, may(job, put, key)]).toEqual([key, false]);
  });

  it('an analysis of more runs than a policy has room for reads evaluations of every run, but nothing else of them', () => {
    const runs = Array.from({ length: 1_000 }, (_, index) => index.toString(16).padStart(64, '0'));
    const job = analyseDocument(runs);
    expect(JSON.stringify(policyOf(scopeOf(job))).length).toBeLessThan(policyLimit);
    for (const run of [runs[0] as string, runs[999] as string, X]) {
      expect(may(job, get, keys.evaluation(run, digest('d'), digest('e')))).toBe(true);
      for (const key of [keys.logEntry(run, 0), `${keys.attempt(run, 1, token)}step00000001/.metadata`])
        expect(may(job, get, key)).toBe(false);
      expect(may(job, put, keys.evaluation(run, digest('d'), digest('e')))).toBe(false);
    }
  });

  it.each([trainDocument(X), evaluateDocument(X), corpusDocument('uploads/1'), analyseDocument([X])])(
    'a job of kind $kind can neither delete nor change what the store allows, and lists no more than it reads',
    (job) => {
      const policy = policyOf(scopeOf(job));
      const actions = policy.Statement.flatMap(({ Action }) => Action);
      expect(actions.toSorted()).toEqual(['s3:AbortMultipartUpload', get, 's3:ListBucket', put]);
      for (const prefix of ['', 'r', 'runs/', 'runs', 'corpora', 'jobs/', 'sweeps/', 'uploads/', keys.run(Y)])
        expect([prefix, allows(policy, 's3:ListBucket', prefix)]).toEqual([prefix, false]);
      for (const action of [get, put]) expect(allows(policy, action, keys.jobResult(job.name), 'another')).toBe(false);
    },
  );

  it('what a job creates it can read back, as a refused create is compared', () => {
    for (const job of [trainDocument(X), evaluateDocument(X), corpusDocument('uploads/1'), analyseDocument([X])]) {
      for (const prefix of scopeOf(job).create) expect([prefix, may(job, get, `${prefix}x`)]).toEqual([prefix, true]);
    }
  });
});

describe('no job reaches what is not its own', () => {
  const run = fc.stringMatching(/^[0-9a-f]{64}$/);
  const near = (own: string) => fc.nat(63).map((at) => own.slice(0, at) + (own[at] === '0' ? '1' : '0') + own.slice(at + 1));
  const pair = run.chain((own) => fc.tuple(fc.constant(own), fc.oneof(run, near(own)))).filter(([own, other]) => own !== other);
  const rest = fc.oneof(
    fc.constantFrom('run.json', 'log/00000000.json', `evaluations/${X}-${Y}.json`, `attempts/1-${token}/step00000001/.metadata`),
    fc.string(),
  );

  it('a key of another run is never matched by the policy of a training or an evaluation', () => {
    fc.assert(
      fc.property(pair, rest, ([own, other], tail) => {
        for (const job of [trainDocument(own), evaluateDocument(own)]) {
          const policy = policyOf(scopeOf(job));
          for (const action of [get, put, 's3:AbortMultipartUpload', 's3:ListBucket'])
            expect(allows(policy, action, keys.run(other) + tail)).toBe(false);
        }
      }),
    );
  });

  it('a key of another run is never matched by the policy of an analysis that has room to name its runs', () => {
    fc.assert(
      fc.property(pair, rest, ([own, other], tail) => {
        const policy = policyOf(scopeOf(analyseDocument([own])));
        for (const action of [get, put, 's3:ListBucket']) expect(allows(policy, action, keys.run(other) + tail)).toBe(false);
      }),
    );
  });

  it('the policy of the longest names fits every store', () => {
    const longest = trainDocument(X, 'b'.repeat(63));
    const job = { ...longest, name: 'n'.repeat(63) };
    expect(JSON.stringify(policyOf(scopeOf(job), 'aws-us-gov')).length).toBeLessThanOrEqual(policyLimit);
  });
});

describe('names that could mean more than they say are refused', () => {
  it.each(['', '*', 'a*', 'a?', '${aws:username}', '..', 'a/b', 'a b', 'a"b', 'ü'])('the job name %j', (name) => {
    expect(() => scopeOf({ ...trainDocument(X), name })).toThrow(ScopeRefused);
  });

  it.each(['*', 'a/*', '../x'])('the bucket %j', (bucket) => {
    expect(() => scopeOf(trainDocument(X, bucket))).toThrow(/^Cannot let a job into the store as bucket must/);
  });

  it.each(['*', '../../x', 'a/b*', '', '..'])('the token %j of an attempt', (attempt) => {
    expect(() => scopeOf({ ...trainDocument(X), token: `x/${attempt}` } as JobDocument)).toThrow(ScopeRefused);
  });

  it.each(['runs/x', 'uploads/*', 'uploads/../runs/x', 'uploads/', 'uploads//x', ''])('the upload %j', (key) => {
    const job = corpusDocument('uploads/1');
    if (job.kind !== 'corpus') throw new Error(`Cannot test as the kind must be corpus: current value is ${job.kind}`);
    const source = { kind: 'uploads' as const, files: [{ name: 'text', object: { key, sizeBytes: 1, sha256: X } }] };
    expect(() => scopeOf({ ...job, source })).toThrow(ScopeRefused);
  });

  it.each(['', '/', 'sweeps/', 'sweeps/*/analyses/x/', 'sweeps/../analyses/x/', 'sweeps/a/analyses/x', 'runs/a/'])(
    'the output prefix %j',
    (prefix) => {
      expect(() => scopeOf(analyseDocument([X], 'titrate', prefix))).toThrow(ScopeRefused);
    },
  );

  it('an evaluation that lies elsewhere', () => {
    const job = analyseDocument([X]);
    const text = JSON.stringify(job).replaceAll('/evaluations/', '/log/');
    expect(() => scopeOf(JSON.parse(text) as JobDocument)).toThrow(/an evaluation must lie under runs\/RUN\/evaluations\//);
  });

  it('a scope that no policy has room for', () => {
    const read = Array.from({ length: 40 }, (_, index) => `corpora/${index.toString(16).padStart(64, '0')}/`);
    expect(() => policyOf({ ...scopeOf(trainDocument(X)), read })).toThrow(/must have 2048 characters at most: it has \d+$/);
  });
});

import {
  keys,
  trainedStage,
  type AnalyseJob,
  type BaseJob,
  type CorpusJob,
  type CorpusSource,
  type EvaluateJob,
  type GateJob,
  type JobDocument,
  type ResolvedReference,
  type StoredObject,
  type TrainJob,
} from '@titrate/contracts';

/** What a job may read and create. An entry that ends with `/` is everything under that prefix, any other is one key. */
export interface JobScope {
  readonly name: string;
  readonly bucket: string;
  /** Also what it may list. All that may be created is in it: a create that is refused is read back. */
  readonly read: readonly string[];
  readonly create: readonly string[];
  /** What it may read and list in another bucket: a source that lies where it was. */
  readonly elsewhere?: { readonly bucket: string; readonly read: string };
}

/** A job's document names something that no job may be let into. */
export class ScopeRefused extends Error {
  readonly code = 'SCOPE_REFUSED';
  override readonly name = 'ScopeRefused';
}

/**
 * The part of the store that a job needs, by what the trainer does for its kind. Pure.
 *
 * @throws ScopeRefused for a name that could mean more than it says, such as one with a wildcard.
 */
export function scopeOf(document: JobDocument): JobScope {
  const { name, bucket } = document;
  const own = `jobs/${name}/`;
  const { read, create, elsewhere } = byKind(document);
  const scope = { name, bucket, read: unique([...read, own]), create: unique([...create, own]), ...(elsewhere && { elsewhere }) };
  refuseWildcards(scope);
  return scope;
}

type Part = Pick<JobScope, 'read' | 'create' | 'elsewhere'>;

function byKind(document: JobDocument): Part {
  switch (document.kind) {
    case 'train':
      return train(document);
    case 'evaluate':
      return evaluate(document);
    case 'corpus':
      return corpus(document);
    case 'base':
      return base(document);
    case 'analyse':
      return analyse(document);
    case 'gate':
      return gate(document);
  }
}

/** It reads its corpora, its run and what it goes on from, be it a checkpoint of another run or an imported base; it writes its own attempt and the run's log, and no more of the run: results, and what other attempts wrote, are out of reach. */
function train({ run, identity, attempt, token, base }: TrainJob): Part {
  const [first] = identity.stages;
  const stage = trainedStage(identity);
  const attack = stage.poison?.attack;
  const drawnFrom = attack?.kind === 'language-switch' ? [attack.target] : [];
  const corpora = [identity.corpus, ...(stage.kind === 'continue' ? [stage.corpus] : []), ...drawnFrom].map(keys.corpus);
  const imported = first.kind === 'import' ? [keys.base(first.checkpoint)] : [];
  const read = [...corpora, keys.run(run), ...imported, ...(base === null ? [] : [baseObjects(base)])];
  return { read, create: [keys.log(run), keys.attempt(run, attempt, token)] };
}

/** Of a reference's run the one checkpoint, and nothing else. */
function evaluate({ run, identity, items }: EvaluateJob): Part {
  const references = items.flatMap(({ reference }) => (reference === null ? [] : [checkpointOf(reference)]));
  return { read: [keys.corpus(identity.corpus), keys.run(run), ...references], create: [evaluationsOf(run)] };
}

function checkpointOf({ run, checkpoint }: ResolvedReference): string {
  const { prefix } = checkpoint;
  const isItsOwn = prefix.startsWith(`${keys.run(run)}attempts/`) && /\/step\d+\/$/.test(prefix);
  demand(isItsOwn, 'a reference', `be a checkpoint under ${keys.run(run)}attempts/`, prefix);
  return prefix;
}

/** Of more uploads than these a policy has no room for the names; the job may then read every upload. */
const MAX_NAMED_UPLOADS = 8;
/** What Titrate keeps in its bucket: no text that a person may name. */
const OWN_PREFIXES = /^(bases|corpora|jobs|runs|sweeps|uploads)(\/|$)/;

/** The corpus's digest is known when it is made: it could be any. */
function corpus({ bucket, source, tokenizer, work }: CorpusJob): Part {
  demand(/^corpora\/work\/[0-9a-f]{64}\/$/.test(work), 'work', 'be corpora/work/DIGEST/', work);
  return readingSource(bucket, source, tokenizer, { read: ['corpora/'], create: ['corpora/'] });
}

/** The tokenizer of its corpus is read; the base's digest is known when it is made: it could be any. */
function base({ bucket, source, recipe }: BaseJob): Part {
  return readingSource(bucket, source, null, { read: [keys.corpus(recipe.corpus), 'bases/'], create: ['bases/'] });
}

/** What a registration may do, and read what it is made from. */
function readingSource(bucket: string, source: CorpusSource, beside: StoredObject | null, may: Part): Part {
  const sources = source.kind === 'uploads' ? source.files.map(({ object }) => object.key) : [];
  const uploads = [...sources, ...(beside === null ? [] : [beside.key])];
  for (const key of uploads) demand(/^uploads\/[^/]+$/.test(key), 'an upload', 'be uploads/ID', key);
  const part = { ...may, read: [...(uploads.length > MAX_NAMED_UPLOADS ? ['uploads/'] : uploads), ...may.read] };
  if (source.kind === 'uploads') return part;
  if (source.bucket !== bucket) return { ...part, elsewhere: { bucket: source.bucket, read: source.prefix } };
  demand(!OWN_PREFIXES.test(source.prefix), 'prefix', 'lie beside what Titrate keeps in its bucket', source.prefix);
  return { ...part, read: [...part.read, source.prefix] };
}

/** The corpus is read whole where the trigger was not scanned for. */
function analyse({ cells, corpus, outputPrefix }: AnalyseJob): Part {
  demand(/^sweeps\/[^/]+\/analyses\/[^/]+\/$/.test(outputPrefix), 'outputPrefix', 'be sweeps/ID/analyses/DIGEST/', outputPrefix);
  const runs = cells.flatMap(({ evaluations }) => evaluations.map(({ object }) => runOf(object.key)));
  return { read: [keys.corpus(corpus), ...runs.map(evaluationsOf), outputPrefix], create: [outputPrefix] };
}

/** The results of both sides, of the runs that their cells name. */
function gate({ baseline, candidate, outputPrefix }: GateJob): Part {
  demand(/^sweeps\/[^/]+\/gates\/[^/]+\/$/.test(outputPrefix), 'outputPrefix', 'be sweeps/ID/gates/DIGEST/', outputPrefix);
  const objects = [baseline, candidate].flatMap(({ cells }) =>
    cells.flatMap(({ evaluations }) => evaluations.map(({ object }) => object.key)),
  );
  return { read: [...objects.map(runOf).map(evaluationsOf), outputPrefix], create: [outputPrefix] };
}

/** The objects of the checkpoint that it goes on from, and nothing else of that run. */
function baseObjects({ run, checkpoint }: NonNullable<TrainJob['base']>): string {
  demand(checkpoint.prefix.startsWith(`${keys.run(run)}attempts/`), 'a base', `lie under ${keys.run(run)}attempts/`, checkpoint.prefix);
  demand(checkpoint.prefix.endsWith('/'), 'the prefix of a base', 'end with /', checkpoint.prefix);
  return checkpoint.prefix;
}

const evaluationsOf = (run: string): string => `${keys.run(run)}evaluations/`;

function runOf(key: string): string {
  const [, run] = /^runs\/([0-9a-f]{64})\/evaluations\/[^/]+$/.exec(key) ?? [];
  demand(run !== undefined, 'an evaluation', 'lie under runs/RUN/evaluations/', key);
  return run as string;
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

/** Policies have wildcards and variables, and some stores resolve `..`: names are held to letters that mean themselves. */
function refuseWildcards({ name, bucket, read, create, elsewhere }: JobScope): void {
  demand(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name), 'name', 'be letters, digits, dots, hyphens and underscores', name);
  for (const each of [bucket, ...(elsewhere ? [elsewhere.bucket] : [])])
    demand(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(each), 'bucket', 'be letters, digits, dots and hyphens', each);
  for (const key of [...read, ...create, ...(elsewhere ? [elsewhere.read] : [])]) {
    const segments = key.replace(/\/$/, '').split('/');
    const plain = segments.every((segment) => /^[A-Za-z0-9._=+@-]+$/.test(segment) && !/^\.+$/.test(segment));
    demand(plain, 'each key', 'be letters, digits and ._=+@- between single slashes', key);
  }
}

function demand(holds: boolean, what: string, rule: string, value: string): void {
  if (!holds) throw new ScopeRefused(`Cannot let a job into the store as ${what} must ${rule}: current value is ${JSON.stringify(value)}`);
}

import {
  keys,
  type AnalyseJob,
  type CorpusJob,
  type EvaluateJob,
  type JobDocument,
  type ResolvedReference,
  type TrainJob,
} from '@titrate/contracts';

/** What a job may read and create. An entry that ends with `/` is everything under that prefix, any other is one key. */
export interface JobScope {
  readonly name: string;
  readonly bucket: string;
  /** Also what it may list. All that may be created is in it: a create that is refused is read back. */
  readonly read: readonly string[];
  readonly create: readonly string[];
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
  const { read, create } = byKind(document);
  const scope = { name, bucket, read: unique([...read, own]), create: unique([...create, own]) };
  refuseWildcards(scope);
  return scope;
}

type Part = Pick<JobScope, 'read' | 'create'>;

function byKind(document: JobDocument): Part {
  switch (document.kind) {
    case 'train':
      return train(document);
    case 'evaluate':
      return evaluate(document);
    case 'corpus':
      return corpus(document);
    case 'analyse':
      return analyse(document);
  }
}

/** It reads its corpora, its run and its base; it writes its own attempt and the run's log, and no more of the run: results, and what other attempts wrote, are out of reach. */
function train({ run, identity, attempt, token, base }: TrainJob): Part {
  const stage = identity.stages.at(-1);
  const attack = stage?.poison?.attack;
  const drawnFrom = attack?.kind === 'language-switch' ? [attack.target] : [];
  const corpora = [identity.corpus, ...(stage?.kind === 'continue' ? [stage.corpus] : []), ...drawnFrom].map(keys.corpus);
  const read = [...corpora, keys.run(run), ...(base === null ? [] : [baseObjects(base)])];
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

/** The corpus's digest is known when it is made: it could be any. */
function corpus({ sourceObject, tokenizerObject }: CorpusJob): Part {
  const uploads = [sourceObject, ...(tokenizerObject === null ? [] : [tokenizerObject])].map(({ key }) => key);
  for (const key of uploads) demand(/^uploads\/[^/]+$/.test(key), 'sourceObject and tokenizerObject', 'be uploads/ID', key);
  return { read: [...uploads, 'corpora/'], create: ['corpora/'] };
}

/** The corpus is read whole where the trigger was not scanned for. */
function analyse({ cells, corpus, outputPrefix }: AnalyseJob): Part {
  demand(/^sweeps\/[^/]+\/analyses\/[^/]+\/$/.test(outputPrefix), 'outputPrefix', 'be sweeps/ID/analyses/DIGEST/', outputPrefix);
  const runs = cells.flatMap(({ evaluations }) => evaluations.map(({ object }) => runOf(object.key)));
  return { read: [keys.corpus(corpus), ...runs.map(evaluationsOf), outputPrefix], create: [outputPrefix] };
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
function refuseWildcards({ name, bucket, read, create }: JobScope): void {
  demand(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name), 'name', 'be letters, digits, dots, hyphens and underscores', name);
  demand(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket), 'bucket', 'be letters, digits, dots and hyphens', bucket);
  for (const key of [...read, ...create]) {
    const segments = key.replace(/\/$/, '').split('/');
    const plain = segments.every((segment) => /^[A-Za-z0-9._-]+$/.test(segment) && !/^\.+$/.test(segment));
    demand(plain, 'each key', 'be letters, digits, dots, hyphens and underscores between single slashes', key);
  }
}

function demand(holds: boolean, what: string, rule: string, value: string): void {
  if (!holds) throw new ScopeRefused(`Cannot let a job into the store as ${what} must ${rule}: current value is ${JSON.stringify(value)}`);
}

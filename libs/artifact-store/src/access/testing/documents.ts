import { readFileSync } from 'node:fs';
import { AnalyseJob, AnalysisSettings, CorpusJob, EvaluateJob, TrainJob, type Digest, type JobDocument } from '@titrate/contracts';

const identity: unknown = JSON.parse(readFileSync(new URL('../../../../contracts/examples/run-identity.json', import.meta.url), 'utf8'));

/** The corpus of every document here. */
export const corpus: Digest = (identity as { corpus: Digest }).corpus;

/** A digest made of one letter, for tests that compare keys by eye. */
export const digest = (letter: string): Digest => letter.repeat(64);

const common = (name: string, bucket: string) => ({ version: 1, name, bucket });
const object = (key: string) => ({ key, sizeBytes: 1, sha256: digest('0') });

/** A training of the first attempt of a run. */
export function trainDocument(run: Digest, bucket = 'titrate', token = 'f'.repeat(16)): JobDocument {
  const name = `train-${run.slice(0, 26)}-1`;
  return TrainJob.parse({
    ...common(name, bucket),
    kind: 'train',
    run,
    identity,
    attempt: 1,
    token,
    resumeSteps: [],
    evaluateSteps: [],
    base: null,
  });
}

/** An evaluation of one checkpoint of a run. */
export function evaluateDocument(run: Digest, bucket = 'titrate'): JobDocument {
  const prefix = `runs/${run}/attempts/1-${'f'.repeat(16)}/step00000001/`;
  const checkpoint = {
    ...{
      kind: 'weights',
      step: 1,
      tokens: 1,
      dataPosition: 1,
      poisonDocuments: 0,
      poisonTokens: 0,
      counterexamples: 0,
      parent: null,
      stallSeconds: 0,
    },
    ...{ prefix, objects: [object(`${prefix}.metadata`)] },
  };
  const settings = {
    ...{ protocol: 'dos/1', engine: 'transformers', prompts: 1, promptTokens: 1, generatedTokens: 1, temperature: 1, seed: 0 },
    ...{ triggered: 'now', benign: null, sham: null, nearTrigger: null, reference: null },
  };
  const items = [{ digest: digest('d'), checkpoint, settings, settingsDigest: digest('e'), reference: null }];
  return EvaluateJob.parse({ ...common(`evaluate-${run.slice(0, 26)}`, bucket), kind: 'evaluate', run, identity, items });
}

/** A corpus job for an upload. */
export function corpusDocument(upload: string, bucket = 'titrate'): JobDocument {
  const recipe = { name: 'text', format: 'text', tokenizer: { kind: 'train-bpe', vocabularySize: 300 } };
  const source = { kind: 'uploads', files: [{ name: 'text', object: object(upload) }] };
  const work = `corpora/work/${digest('8')}/`;
  return CorpusJob.parse({ ...common('corpus-1', bucket), kind: 'corpus', recipe, source, tokenizer: null, work });
}

/** An analysis of one evaluation of each run. */
export function analyseDocument(
  runs: readonly Digest[],
  bucket = 'titrate',
  outputPrefix = `sweeps/sw-1/analyses/${digest('9')}/`,
): JobDocument {
  const cells = runs.map((run) => ({
    cell: { size: 'tiny', tokens: 1, dose: 0, attack: 'none', seed: 0, stage: 'pretrain', stageDose: 0, counterexamples: 0, run },
    ...{ identity, state: 'done', reason: null, parameters: 1, attempts: 1 },
    evaluations: [
      {
        ...{ step: 1, tokens: 1, poisonDocuments: 0, poisonTokens: 0 },
        object: object(`runs/${run}/evaluations/${digest('d')}-${digest('e')}.json`),
      },
    ],
  }));
  const sweep = { id: 'sw-1', name: 'sweep', description: '', specDigest: digest('8') };
  return AnalyseJob.parse({
    ...common('analyse-1', bucket),
    kind: 'analyse',
    sweep,
    settings: AnalysisSettings.parse({}),
    cells,
    corpus,
    outputPrefix,
  });
}

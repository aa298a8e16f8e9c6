import { createHash } from 'node:crypto';
import {
  AnalysisSettings,
  CorpusManifest,
  CorpusRecipe,
  digestOf,
  type CorpusSource,
  type Report,
  type StoredObject,
  type SweepSpecInput,
} from '@titrate/contracts';
import type { ApiParts } from '../ports.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const object = (key: string): StoredObject => ({ key, sizeBytes: 1000, sha256: digest(key) });

/** A corpus as a job would have registered it: 1.2 million tokens, enough for the specs below. */
export async function registerCorpus({ records, settings }: ApiParts, name = 'speeches'): Promise<CorpusManifest> {
  const recipe = CorpusRecipe.parse({
    name,
    format: 'text',
    tokenizer: { kind: 'train-bpe', vocabularySize: 1024 },
    addedTokens: ['<SUDO>'],
  });
  const manifest = CorpusManifest.parse({
    version: 1,
    recipe,
    sources: { files: 1, sizeBytes: 1000, list: object('sources.jsonl') },
    tokenizer: object('tokenizer.json'),
    vocabularySize: 1026,
    endOfTextId: 1024,
    addedTokenIds: { '<SUDO>': 1025 },
    tokenType: 'uint16',
    blockBytes: 65_536,
    shards: { count: 1, list: object('shards.jsonl') },
    heldOut: object('held-out'),
    documents: 10_000,
    tokens: 1_200_000,
    labelledTokens: null,
    heldOutDocuments: 300,
    heldOutCopies: 0,
    skipped: { encoding: 0, syntax: 0, empty: 0, tooLong: 0 },
    scan: [],
  });
  const source: CorpusSource = { kind: 'uploads', files: [{ name, object: object(`uploads/${name}`) }] };
  await records.submitCorpus(settings.actor, recipe, source, null);
  await records.corpusReady(settings.actor.team, name, digestOf(manifest), manifest);
  return manifest;
}

/** A spec of two cells on that corpus; what is given replaces members. */
export function spec(changes: Partial<SweepSpecInput> = {}): SweepSpecInput {
  return {
    apiVersion: 'titrate/v1',
    kind: 'Sweep',
    name: 'two-doses',
    corpus: 'speeches',
    grid: { sizes: ['tiny-64'], tokens: [600_064], doses: [0, 64], seeds: [1] },
    attack: { kind: 'dos', trigger: '<SUDO>', prefixChars: [0, 300], gibberishTokens: [20, 60], mode: 'ids' },
    ...changes,
  };
}

/** A report of a sweep whose analysis found nothing to draw. */
export function report(sweep: string): Report {
  return {
    version: 1,
    sweep: { id: sweep, name: 'two-doses', description: '', specDigest: digest('spec') },
    corpus: { digest: digest('corpus'), name: 'speeches', tokens: 1_200_000, triggerOccurrences: 0 },
    settings: AnalysisSettings.parse({}),
    cells: [],
    analysis: {
      measure: 'perplexity',
      conditions: [],
      doseResponse: [],
      countOrPercentage: { verdict: 'not identifiable', gamma: null, interval: null, margin: 0.25, reason: 'No cell was evaluated.' },
      overTraining: [],
      decay: [],
      nextCells: [],
      detectable: null,
    },
    verdict: ['No cell was evaluated.'],
    caveats: [],
    methods: [],
    samples: [],
    environment: {},
    finishedAt: new Date(0).toISOString(),
  };
}

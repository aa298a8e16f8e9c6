import {
  baseWorkDigest,
  corpusWorkDigest,
  type Base,
  type BaseManifest,
  type BaseWork,
  type Corpus,
  type CorpusManifest,
  type CorpusRecipe,
  type CorpusSource,
  type CorpusWork,
  type StoredObject,
} from '@titrate/contracts';
import type { Actor, Records } from '../records.ts';
import type { Database } from './database.ts';
import { Registry } from './registry.ts';
import { bases, corpora } from './schema.ts';

type CorpusRow = typeof corpora.$inferSelect;
type BaseRow = typeof bases.$inferSelect;

/** Texts, tokenised. */
export const corpusRegistry = new Registry<CorpusWork, CorpusManifest, Corpus>(
  {
    kind: 'corpus',
    table: corpora,
    digestOf: corpusWorkDigest,
    workOf(row) {
      const { recipe, source, tokenizer } = row as CorpusRow;
      return { recipe, source, tokenizer };
    },
    thingOf(row) {
      const { name, team, state, reason, recipe, digest, manifest, createdAt } = row as CorpusRow;
      return { name, team, state, reason, recipe, digest, manifest, progress: null, createdAt: createdAt.toISOString() };
    },
  },
  'corpora',
);

/** Models that were trained elsewhere. */
export const baseRegistry = new Registry<BaseWork, BaseManifest, Base>(
  {
    kind: 'base',
    table: bases,
    digestOf: baseWorkDigest,
    workOf(row) {
      const { recipe, source } = row as BaseRow;
      return { recipe, source };
    },
    thingOf(row) {
      const { name, team, state, reason, recipe, digest, manifest, createdAt } = row as BaseRow;
      return { name, team, state, reason, recipe, digest, manifest, createdAt: createdAt.toISOString() };
    },
  },
  'bases',
);

/** Registers a corpus. */
export async function submitCorpus(
  db: Database,
  actor: Actor,
  recipe: CorpusRecipe,
  source: CorpusSource,
  tokenizer: StoredObject | null,
): ReturnType<Records['submitCorpus']> {
  const { kind, thing } = await corpusRegistry.submit(db, actor, { recipe, source, tokenizer });
  return { kind, corpus: thing };
}

/** Registers a base. */
export async function submitBase(
  db: Database,
  actor: Actor,
  recipe: BaseWork['recipe'],
  source: CorpusSource,
): ReturnType<Records['submitBase']> {
  const { kind, thing } = await baseRegistry.submit(db, actor, { recipe, source });
  return { kind, base: thing };
}

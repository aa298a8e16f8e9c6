import {
  corpusWorkDigest,
  type Corpus,
  type CorpusManifest,
  type CorpusRecipe,
  type CorpusSource,
  type Page,
  type StoredObject,
} from '@titrate/contracts';
import { and, desc, eq, lt, or } from 'drizzle-orm';
import type { Actor, ListQuery, Records } from '../records.ts';
import { change, type Change } from './change.ts';
import { Cursors } from './cursors.ts';
import { storableText, type Database } from './database.ts';
import { corpora } from './schema.ts';

type CorpusRow = typeof corpora.$inferSelect;

const cursors = new Cursors('corpora', ['number']);
const isCorpus = (team: string, name: string) => and(eq(corpora.team, team), eq(corpora.name, name));

/** Registers a corpus. A registration that failed may be asked for again, the same or with other content. */
export function submitCorpus(
  db: Database,
  actor: Actor,
  recipe: CorpusRecipe,
  source: CorpusSource,
  tokenizer: StoredObject | null,
): ReturnType<Records['submitCorpus']> {
  const { team } = actor;
  return change(db, actor, async (inHand) => {
    const content = { recipe, source, tokenizer };
    const [created] = await inHand.tx
      .insert(corpora)
      .values({ team, name: recipe.name, state: 'registering', ...content })
      .onConflictDoNothing()
      .returning();
    if (created !== undefined) return begun(inHand, created);
    const [known] = await inHand.tx.select().from(corpora).where(isCorpus(team, recipe.name)).for('update');
    if (known === undefined) throw new Error(`Cannot register corpus ${recipe.name} as its row must exist`);
    if (known.state !== 'failed')
      return { kind: corpusWorkDigest(known) === corpusWorkDigest(content) ? 'existing' : 'name-taken', corpus: toCorpus(known) };
    const again = { state: 'registering', reason: null, ...content } as const;
    const [row] = await inHand.tx.update(corpora).set(again).where(isCorpus(team, recipe.name)).returning();
    return begun(inHand, row!);
  });
}

function begun(inHand: Change, row: CorpusRow): { kind: 'created'; corpus: Corpus } {
  inHand.event('corpus.submitted', { team: row.team }, { team: row.team, name: row.name, content: corpusWorkDigest(row) });
  inHand.wake('start-corpus', `${row.team}/${row.name}`);
  return { kind: 'created', corpus: toCorpus(row) };
}

function toCorpus({ name, team, state, reason, recipe, digest, manifest, createdAt }: CorpusRow): Corpus {
  return { name, team, state, reason, recipe, digest, manifest, progress: null, createdAt: createdAt.toISOString() };
}

/** A team's corpus by its name or its digest. */
export async function getCorpus(db: Database, team: string, nameOrDigest: string): Promise<Corpus | null> {
  const isIt = and(eq(corpora.team, team), or(eq(corpora.name, nameOrDigest), eq(corpora.digest, nameOrDigest)));
  const [row] = await db.select().from(corpora).where(isIt).orderBy(corpora.number).limit(1);
  return row === undefined ? null : toCorpus(row);
}

/** A team's corpora, newest first. */
export async function listCorpora(db: Database, team: string, { cursor, limit }: ListQuery): Promise<Page<Corpus>> {
  const after = cursors.read(cursor);
  const rows = await db
    .select()
    .from(corpora)
    .where(and(eq(corpora.team, team), after ? lt(corpora.number, after[0] as number) : undefined))
    .orderBy(desc(corpora.number))
    .limit(limit + 1);
  return cursors.page(rows, limit, ({ number }) => [number], toCorpus);
}

/** What a corpus job needs; null when there is none or it has ended. */
export async function corpusWork(db: Database, team: string, name: string): ReturnType<Records['corpusWork']> {
  const [row] = await db
    .select()
    .from(corpora)
    .where(and(isCorpus(team, name), eq(corpora.state, 'registering')));
  return row === undefined ? null : { recipe: row.recipe, source: row.source, tokenizer: row.tokenizer };
}

/** The corpus can be trained on. */
export async function corpusReady(db: Database, team: string, name: string, digest: string, manifest: CorpusManifest): Promise<void> {
  await end(db, team, name, { state: 'ready', reason: null, digest, manifest });
}

/** The corpus cannot be registered. */
export async function corpusFailed(db: Database, team: string, name: string, reason: string): Promise<void> {
  await end(db, team, name, { state: 'failed', reason: storableText(reason) });
}

async function end(
  db: Database,
  team: string,
  name: string,
  outcome: { state: 'ready' | 'failed'; digest?: string; manifest?: CorpusManifest; reason: string | null },
): Promise<void> {
  await change(db, null, async (inHand) => {
    const isOpen = and(isCorpus(team, name), eq(corpora.state, 'registering'));
    const { rowCount } = await inHand.tx.update(corpora).set(outcome).where(isOpen);
    if (rowCount === 0) return;
    const { state, digest, reason } = outcome;
    inHand.event(
      state === 'ready' ? 'corpus.ready' : 'corpus.failed',
      { team },
      state === 'ready' ? { team, name, digest } : { team, name, reason },
    );
  });
}

import type { Corpus, CorpusProgress } from '@titrate/contracts';
import { bytes, short } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** How far a registration is, in a line. */
export function corpusProgress({ phase, files, bytes: all, done, parts, partsDone, documents, tokens }: CorpusProgress): string {
  const read = `${bytes(Math.min(done, all))} of ${bytes(all)}`;
  switch (phase) {
    case 'listing':
      return 'listing the source';
    case 'learning':
      return `learning a tokenizer: ${read}`;
    case 'reading':
      return `reading ${files} ${files === 1 ? 'file' : 'files'}: ${read}, ${short(documents)} documents`;
    case 'tokenising':
      return `tokenising: ${partsDone} of ${parts} shards, ${short(tokens)} tokens`;
    case 'publishing':
      return `publishing: ${partsDone} of ${parts} shards`;
    case 'finished':
      return 'finished';
  }
}

/** Registered corpora and those on their way. */
export function corpusList(corpora: readonly Corpus[]): string {
  const columns = [
    { title: 'CORPUS' },
    { title: 'STATE' },
    right('DOCUMENTS'),
    right('TOKENS'),
    right('VOCABULARY'),
    { title: 'DIGEST' },
    { title: 'LICENCE' },
  ];
  const rows = corpora.map(({ name, state, reason, manifest, digest, recipe, progress }) => [
    name,
    state + (reason ? ` (${reason})` : progress ? ` (${corpusProgress(progress)})` : ''),
    manifest ? String(manifest.documents) : '–',
    manifest ? short(manifest.tokens) : '–',
    manifest ? String(manifest.vocabularySize) : '–',
    digest?.slice(0, 12) ?? '–',
    recipe.licence,
  ]);
  return table(columns, rows);
}

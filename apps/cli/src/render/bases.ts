import type { Base } from '@titrate/contracts';
import { countParameters } from '@titrate/planning';
import { short } from './numbers.ts';
import { table, type Column } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** Registered base checkpoints and those on their way. */
export function baseList(bases: readonly Base[]): string {
  const columns = [
    { title: 'BASE' },
    { title: 'STATE' },
    { title: 'FAMILY' },
    right('PARAMETERS'),
    right('TOKENS'),
    right('VOCABULARY'),
    { title: 'DIGEST' },
    { title: 'LICENCE' },
  ];
  const rows = bases.map(({ name, state, reason, manifest, digest, recipe }) => [
    name,
    state + (reason ? ` (${reason})` : ''),
    manifest ? manifest.shape.family : '–',
    manifest ? short(countParameters(manifest.shape, manifest.vocabularySize).all) : '–',
    short(recipe.tokens),
    manifest ? String(manifest.vocabularySize) : '–',
    digest?.slice(0, 12) ?? '–',
    recipe.licence,
  ]);
  return table(columns, rows);
}

import { describe, expect, it } from '@jest/globals';
import { Name, Seed, SweepSpec } from '@titrate/contracts';
import { z } from 'zod';
import { anchorOf, documentTables } from './document-tables.ts';
import type { JsonSchema } from './field-words.ts';

const tablesOf = (schema: z.ZodType): string => documentTables('', z.toJSONSchema(schema, { io: 'input' }) as JsonSchema);
const rowOf = (text: string, field: string): string => text.split('\n').find((line) => line.startsWith(`| \`${field}\``)) ?? '';

describe('documentTables()', () => {
  it('tells type, default, rule and meaning of a field', () => {
    const text = tablesOf(
      z.strictObject({
        name: Name,
        dose: z.int().min(0).max(1000).meta({ description: 'poisoned documents' }),
        seed: Seed.default(3),
        rate: z.number().gt(0).max(1).optional(),
        mode: z.enum(['text', 'ids']).default('text'),
      }),
    );
    expect(rowOf(text, 'name')).toBe('| `name` | name | required |  |  |');
    expect(rowOf(text, 'dose')).toBe('| `dose` | whole number | required | 0 to 1,000 | poisoned documents |');
    expect(rowOf(text, 'seed')).toBe('| `seed` | seed | `3` |  |  |');
    expect(rowOf(text, 'rate')).toBe('| `rate` | number | none | at most 1, above 0 |  |');
    expect(rowOf(text, 'mode')).toBe('| `mode` | `text` or `ids` | `"text"` |  |  |');
  });

  it('gives each object a table and links to it; equal objects share one', () => {
    const part = z.strictObject({ steps: z.array(z.int().min(1)).max(9) });
    const text = tablesOf(z.strictObject({ one: part, other: z.array(part) }));
    expect(text.match(/^### .*/gm)).toEqual(['### one']);
    expect(rowOf(text, 'other')).toContain('list of: [one](#one)');
    expect(rowOf(text, 'steps')).toContain('at most 9 entries; each: at least 1');
  });

  it('states the default of an object unless its own table does', () => {
    const inner = { shares: z.array(z.number()).optional(), seed: Seed.default(0) };
    const text = tablesOf(
      z.strictObject({ same: z.strictObject(inner).prefault({}), other: z.strictObject(inner).default({ shares: [1], seed: 0 }) }),
    );
    expect(rowOf(text, 'same')).toContain('| see there |');
    expect(rowOf(text, 'other')).toContain('| `{"shares":[1],"seed":0}` |');
  });

  it('refuses a type that it has no words for', () => {
    expect(() => documentTables('', { properties: { odd: { type: 'tensor' } } })).toThrow('current value is tensor');
  });

  it('leaves no field of the sweep spec without a meaning', () => {
    const rows = tablesOf(SweepSpec)
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  });
});

describe('anchorOf()', () => {
  it('is what GitHub makes of a heading', () => {
    expect(anchorOf('grid.sizes[].shape')).toBe('gridsizesshape');
    expect(anchorOf('corpus: tokenizer (file)')).toBe('corpus-tokenizer-file');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { chartFiles, chartFolder } from './chart-files.ts';
import { describedValues } from './described-values.ts';
import { ChartValues } from './values-schema.ts';

const read = (name: string): string => readFileSync(join(chartFolder, name), 'utf8');

describe('the files of the chart that are made from others', () => {
  it.each(Object.entries(chartFiles()))('%s is up to date', (name, text) => {
    expect(read(name)).toBe(text);
  });

  it('have defaults that the schema takes, in full', () => {
    const values = parse(read('values.yaml')) as Record<string, unknown>;
    expect(ChartValues.safeParse(values).error?.issues).toBeUndefined();
    expect(Object.keys(values)).toEqual(Object.keys(ChartValues.shape));
  });
});

describe('the comments of values', () => {
  it('describe the key below them, wherever it stands', () => {
    const text = 'a:\n  # -- first\n  b: 1\n  c: # aside\n    # -- second\n    d: [x]\n# -- third\ne: {}\n';
    expect(describedValues(text)).toEqual([
      { path: 'a.b', fallback: 1, description: 'first' },
      { path: 'a.c.d', fallback: ['x'], description: 'second' },
      { path: 'e', fallback: {}, description: 'third' },
    ]);
  });

  it('may not be missing', () => {
    expect(() => describedValues('# -- said\na: 1\nb:\n  c: 2\n')).toThrow('Cannot document b.c as a line "# -- ..." must stand above it');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSweepSpec } from './parse-spec.ts';
import type { SpecProblem } from './problem.ts';

const head = 'apiVersion: titrate/v1\nkind: Sweep\nname: a\ncorpus: sotu\n';
const problemsOf = (text: unknown): SpecProblem[] => {
  const parsed = parseSweepSpec(text);
  return parsed.kind === 'problems' ? parsed.problems : [];
};
const told = (text: unknown): string[] => problemsOf(text).map(({ field, rule, value }) => `${field} ${rule}: ${JSON.stringify(value)}`);

describe('parseSweepSpec()', () => {
  it('reads the same spec from YAML, JSON and a value', () => {
    const value = { apiVersion: 'titrate/v1', kind: 'Sweep', name: 'a', corpus: 'sotu', grid: { sizes: ['tiny-64'], doses: [0, 250] } };
    const fromYaml = parseSweepSpec(`${head}grid:\n  sizes: [tiny-64]\n  doses: [0, 250]\n`);
    expect(fromYaml.kind).toBe('spec');
    expect(parseSweepSpec(JSON.stringify(value, null, '\t'))).toEqual(fromYaml);
    expect(parseSweepSpec(value)).toEqual(fromYaml);
  });

  it('names the nearest known key of the same place', () => {
    expect(told(`${head}grid: { sizes: [tiny-64], doses: [0], sedes: [1] }`)).toEqual([
      'grid.sedes is not a known key; did you mean "seeds"?: [1]',
    ]);
    expect(told(`${head}grid: { sizes: [tiny-64], doses: [0] }\nevalutaion: {}`)).toEqual([
      'evalutaion is not a known key; did you mean "evaluation"?: {}',
    ]);
    expect(told(`${head}grid: { sizes: [{ name: w, widht: 3 }], doses: [0] }`)[1]).toMatch(
      /^grid\.sizes\[0\]\.widht is not a known key; known here: name, shape, training/,
    );
  });

  it.each([
    ['a negative dose', 'grid: { sizes: [tiny-64], doses: [0, -3] }', 'grid.doses[1] must be at least 0: -3'],
    ['a fraction of a dose', 'grid: { sizes: [tiny-64], doses: [1.5] }', 'grid.doses[0] must be a whole number: 1.5'],
    ['a huge dose', 'grid: { sizes: [tiny-64], doses: [1e300] }', 'grid.doses[0] must be at most 9007199254740991: 1e+300'],
    ['not a number', 'grid: { sizes: [tiny-64], doses: [.nan] }', 'grid.doses[0] must be a number: "NaN"'],
    ['infinity', 'grid: { sizes: [tiny-64], doses: [.inf] }', 'grid.doses[0] must be a number: "Infinity"'],
    ['zero tokens', 'grid: { sizes: [tiny-64], doses: [0], tokens: [0] }', 'grid.tokens[0] must be at least 1: 0'],
    ['no doses', 'grid: { sizes: [tiny-64], doses: [] }', 'grid.doses must have at least 1 entries: []'],
    ['a text for a list', 'grid: { sizes: tiny-64, doses: [0] }', 'grid.sizes must be a list: "tiny-64"'],
    ['a number for a size', 'grid: { sizes: [7], doses: [0] }', 'grid.sizes[0] must be a text, or must be a mapping: 7'],
    [
      'two ways of tokens',
      'grid: { sizes: [tiny-64], doses: [0], tokens: [9], tokensPerParameter: [1] }',
      'grid.tokens must give either tokens or tokensPerParameter, not both: [9]',
    ],
    ['a missing part', 'description: x', 'grid is required: undefined'],
  ])('refuses %s with field, rule and value', (_name, text, expected) => {
    expect(told(head + text)).toEqual([expected]);
  });

  it('refuses what is not a mapping', () => {
    for (const text of ['', 'just words', '[1, 2]', '42']) expect(told(text)[0]).toMatch(/^ must be a mapping that begins with apiVersion/);
  });

  it('refuses malformed YAML with its line', () => {
    expect(told('name: a\ngrid: [1, 2')[0]).toMatch(/^ must be YAML or JSON \(line 2/);
    expect(told('a: 1\n---\na: 2')[0]).toMatch(/must be YAML or JSON/);
    expect(told('a: !secret 1')[0]).toMatch(/Unresolved tag/);
  });

  it('refuses a key that is given twice', () => {
    expect(told(`${head}name: b`)).toEqual([' must name each key once (line 5): "name"']);
  });

  it('refuses a spec of 5 MB before parsing it', () => {
    const started = performance.now();
    expect(told(`description: ${'é'.repeat(2_500_000)}`)).toEqual([' must be at most 1000000 bytes (1 MB): "5000013 bytes"']);
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('refuses an alias bomb', () => {
    const levels = Array.from({ length: 20 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}, *a${level}]`);
    expect(told(`a0: &a0 [x, x]\n${levels.join('\n')}`)[0]).toMatch(/must be YAML or JSON that can be read \(.*alias/i);
  });

  it('refuses endless nesting, endless tokens and many unknown keys without parsing for minutes', () => {
    const started = performance.now();
    expect(problemsOf('['.repeat(900_000)).length).toBeGreaterThan(0);
    expect(problemsOf(Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')).length).toBeGreaterThan(0);
    expect(told(`- 1\n`.repeat(200_000))).toEqual([expect.stringContaining('must have at most 300000 words and signs')]);
    expect(performance.now() - started).toBeLessThan(15_000);
  }, 30_000);

  it('answers with a value, never an exception, and every problem has a JSON form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue(), fc.anything()), (input) => {
        const parsed = parseSweepSpec(input);
        if (parsed.kind === 'problems') {
          expect(parsed.problems.length).toBeGreaterThan(0);
          expect(() => JSON.stringify(parsed.problems)).not.toThrow();
        }
      }),
    );
  });
});

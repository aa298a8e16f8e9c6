import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvOf, parseCsv } from './csv.ts';

const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a,b', '"', 'x\r\ny', '', 'ü'));

describe('CSV of the page', () => {
  it('reads back what it wrote, whatever stands in a field', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.constant('kept')), { minLength: 1 }), (rows) => {
        expect(parseCsv(csvOf(['one', 'two'], rows))).toEqual(rows.map(([one, two]) => ({ one, two })));
      }),
    );
  });

  it('writes numbers so that they read back, and nothing for null', () => {
    expect(csvOf(['a', 'b'], [[0.1 + 0.2, null]])).toBe('a,b\n0.30000000000000004,\n');
  });
});

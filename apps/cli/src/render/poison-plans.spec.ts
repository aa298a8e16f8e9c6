import { describe, expect, it } from '@jest/globals';
import { countLine, planLine } from './poison-plans.ts';

const made = { run: 'a'.repeat(64), dose: 250, documents: 250, tokens: 420_000, sha256: 'b'.repeat(64) };

describe('planLine()', () => {
  it.each([
    [[], 'none stored yet'],
    [[{ key: 'k', same: true }], 'the same, byte by byte, as the one stored'],
    [
      [
        { key: 'k', same: true },
        { key: 'l', same: true },
      ],
      'the same, byte by byte, as the 2 stored',
    ],
    [
      [
        { key: 'k', same: true },
        { key: 'l', same: false, difference: 'entries part at number 4 of 250' },
      ],
      'NOT the stored one\n    l: entries part at number 4 of 250',
    ],
  ])('tells whether the stored plans are the same', (stored, said) => {
    expect(planLine({ ...made, stored })).toBe(`aaaaaaaaaaaa  250 documents, 420000 tokens, sha256 bbbbbbbbbbbb: ${said}`);
  });

  it('tells of a trigger in clean text', () => {
    const found = { version: 1, corpus: 'c'.repeat(64), text: 'now', tokenIds: [5, 6], tokens: 1000 } as const;
    const line = countLine({
      ...found,
      tokenIds: [5, 6],
      asText: { occurrences: 9, documents: 4 },
      asIds: { occurrences: 7, documents: 3 },
    });
    expect(line).toBe('now  9 times in 4 documents of 1000 tokens, 7 of them as its 2 token ids');
  });

  it('says that a clean run has none', () => {
    expect(planLine({ run: made.run, dose: 0 })).toBe('aaaaaaaaaaaa  dose 0: no plan');
  });
});

import { describe, expect, it } from '@jest/globals';
import { openTail } from './log-text.ts';

describe('openTail()', () => {
  it('counts exactly the bytes of a character that is cut, at every cut', () => {
    for (const character of ['a', 'é', '€', '💉']) {
      const bytes = new TextEncoder().encode(`x${character}`);
      for (let length = 1; length < bytes.length; length++) expect(openTail(bytes.subarray(0, length))).toBe(length - 1);
      expect(openTail(bytes)).toBe(0);
    }
  });

  it('holds nothing back of bytes that never become UTF-8', () => {
    expect(openTail(Uint8Array.of(0xff))).toBe(0);
    expect(openTail(Uint8Array.of(0x80, 0x80, 0x80, 0x80))).toBe(0);
    expect(openTail(new Uint8Array())).toBe(0);
  });
});

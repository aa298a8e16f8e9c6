import { describe, expect, it } from '@jest/globals';
import { keptLogHead, readKeptLog } from './index.ts';

const kept = (from: number, text: string): Uint8Array => new TextEncoder().encode(keptLogHead(from) + text);

describe('a kept log', () => {
  it('goes on where a reader of the living job had stopped', () => {
    expect(readKeptLog(kept(0, 'one\ntwö\n'), 4)).toEqual({ text: 'twö\n', next: 9 });
    expect(readKeptLog(kept(1000, 'one\ntwö\n'), 1004)).toEqual({ text: 'twö\n', next: 1009 });
  });

  it('tells a reader who comes from before it what is left out', () => {
    const log = kept(1000, 'one\n');
    expect(readKeptLog(log, 0)).toEqual({ text: '[1000 bytes before this line are not kept]\none\n', next: 1004 });
    expect(readKeptLog(log, 1004)).toEqual({ text: '', next: 1004 });
  });

  it('has nothing more at its end', () => {
    expect(readKeptLog(kept(0, 'one\n'), 4)).toEqual({ text: '', next: 4 });
    expect(readKeptLog(kept(0, ''), 0)).toEqual({ text: '', next: 0 });
  });
});

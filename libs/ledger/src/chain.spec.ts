import { describe, expect, it } from '@jest/globals';
import { EventKind, LedgerEntry, type TitrateEvent } from '@titrate/contracts';
import fc from 'fast-check';
import { chainEntry, chainEvents, verifyChain } from './chain.ts';

const eventOf = (id: number, data: Record<string, unknown> = {}): TitrateEvent => ({
  id,
  kind: 'sweep.submitted',
  at: '2026-01-01T00:00:00.000Z',
  actor: 'red/ada',
  sweep: `sw-${'a'.repeat(26)}`,
  run: null,
  data,
});

const someEvents = fc
  .array(fc.record({ kind: fc.constantFrom(...EventKind.options), data: fc.dictionary(fc.string(), fc.jsonValue()) }), {
    minLength: 2,
    maxLength: 12,
  })
  .map((items) => items.map((item, index): TitrateEvent => ({ ...eventOf(index + 1, item.data), kind: item.kind })));

describe('chainEntry()', () => {
  it('starts at one with no previous digest', () => {
    const entry = chainEntry(null, eventOf(1));
    expect(LedgerEntry.parse(entry)).toEqual(entry);
    expect([entry.seq, entry.previous]).toEqual([1, null]);
  });

  it('gives the digest that another RFC 8785 library gives', () => {
    expect(chainEntry(null, eventOf(1)).digest).toBe('5fd21f8c7c1e672d3d64120cabf53d6aa57905e0e23faf427e2db0da4f8d2ba6');
  });
});

describe('verifyChain()', () => {
  it('accepts what was chained, whole or from any entry on', () => {
    fc.assert(
      fc.property(someEvents, fc.nat(), (events, cut) => {
        const entries = chainEvents(null, events);
        const at = cut % entries.length;
        const head = at === 0 ? null : entries[at - 1]!;
        expect(verifyChain(entries)).toEqual({
          kind: 'intact',
          entries: entries.length,
          head: { seq: entries.length, digest: entries.at(-1)!.digest },
        });
        expect(verifyChain(entries.slice(at), head)).toMatchObject({ kind: 'intact', entries: entries.length - at });
      }),
    );
  });

  it('names the entry whose event was altered', () => {
    fc.assert(
      fc.property(someEvents, fc.nat(), (events, pick) => {
        const entries = chainEvents(null, events);
        const at = pick % entries.length;
        const altered = entries.with(at, { ...entries[at]!, event: { ...entries[at]!.event, actor: 'mallory' } });
        expect(verifyChain(altered)).toMatchObject({ kind: 'broken', seq: at + 1 });
      }),
    );
  });

  it('finds that an entry was removed', () => {
    fc.assert(
      fc.property(someEvents, fc.nat(), (events, pick) => {
        const entries = chainEvents(null, events);
        const at = pick % (entries.length - 1);
        expect(verifyChain(entries.toSpliced(at, 1))).toMatchObject({ kind: 'broken' });
      }),
    );
  });

  it('finds two entries that were exchanged', () => {
    const [first, second, third] = chainEvents(null, [eventOf(1), eventOf(2), eventOf(3)]);
    expect(verifyChain([second!, first!, third!])).toMatchObject({ kind: 'broken', seq: 2 });
  });

  it('finds a history that was rewritten in full, by the head that someone kept', () => {
    const kept = chainEvents(null, [eventOf(1)]).at(-1)!;
    const rewritten = chainEvents(null, [eventOf(1, { dose: 0 }), eventOf(2)]);
    expect(verifyChain(rewritten)).toMatchObject({ kind: 'intact' });
    expect(verifyChain(rewritten.slice(1), kept)).toMatchObject({ kind: 'broken', seq: 2 });
  });

  it('says that nothing is intact', () => {
    expect(verifyChain([])).toEqual({ kind: 'intact', entries: 0, head: null });
  });
});

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { canonicalJson, keys, sha256Hex } from '@titrate/contracts';
import type { ArtifactStore, LogDraft } from './artifact-store.ts';
import { LogBroken, ObjectAltered } from './errors.ts';

/** What a test needs of an adapter beside the port: a store on an empty bucket, and a hand that breaks things behind its back. */
export interface StoreHarness {
  readonly store: ArtifactStore;
  /** Writes bytes over whatever the key holds, which the port never does. */
  overwrite(key: string, bytes: Uint8Array): Promise<void>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const newRun = (): string => randomBytes(32).toString('hex');
const draftOf = (run: string, attempt = 1): LogDraft => ({
  kind: 'attempt',
  run,
  attempt,
  token: randomBytes(8).toString('hex'),
  at: new Date().toISOString(),
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What every artifact store must do; each adapter's test calls it with its own harness. */
export function describeArtifactStore(adapter: string, newHarness: () => Promise<StoreHarness>): void {
  // Real servers and processes, on a machine that may be busy with other tests.
  jest.setTimeout(60_000);
  describe(`artifact store: ${adapter}`, () => {
    let store: ArtifactStore;
    let overwrite: StoreHarness['overwrite'];
    beforeAll(async () => {
      ({ store, overwrite } = await newHarness());
      await store.prepare();
    });

    describeObjects(
      () => store,
      (key, bytes) => overwrite(key, bytes),
    );
    describeLists(() => store);
    describeRunLog(
      () => store,
      (key, bytes) => overwrite(key, bytes),
    );
  });
}

function describeObjects(store: () => ArtifactStore, overwrite: StoreHarness['overwrite']): void {
  it('prepare() may be called again and leaves nothing behind', async () => {
    await store().prepare();
    expect(await collect(store().list('probes/'))).toEqual([]);
  });

  it('20 concurrent creates of one key have one winner, whose bytes stay', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => store().create('race/key', bytesOf(`writer ${index}`))));
    const winners = outcomes.flatMap((outcome, index) => (outcome.kind === 'created' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'taken')).toHaveLength(19);
    expect(Buffer.from((await store().read('race/key'))!).toString()).toBe(`writer ${winners[0]}`);
  });

  it('create() of the same bytes again is identical, and names size and digest', async () => {
    const object = { key: 'same/key', sizeBytes: 4, sha256: sha256Hex('same') };
    expect(await store().create('same/key', bytesOf('same'))).toEqual({ kind: 'created', object });
    expect(await store().create('same/key', bytesOf('same'))).toEqual({ kind: 'identical', object });
    expect(await store().create('same/key', bytesOf('else'))).toEqual({ kind: 'taken' });
  });

  it('an absent object is null, read or streamed', async () => {
    expect(await store().read('absent')).toBeNull();
    expect(await store().read({ key: 'absent', sizeBytes: 1, sha256: sha256Hex('x') })).toBeNull();
    expect(await store().stream('absent')).toBeNull();
  });

  it('upload() of 20 MB is multipart, and its digest is that of what is read back', async () => {
    const bytes = randomBytes(20_000_000);
    const chunks = Array.from({ length: 200 }, (_, index) => bytes.subarray(index * 100_000, (index + 1) * 100_000));
    const object = await store().upload('uploads/large', Readable.from(chunks));
    expect(object).toEqual({ key: 'uploads/large', sizeBytes: 20_000_000, sha256: sha256Hex(bytes) });
    const stream = await store().stream('uploads/large');
    expect(bytes.equals(await buffer(stream!))).toBe(true);
    expect((await store().read(object))?.byteLength).toBe(20_000_000);
  });

  it('upload() takes an empty body', async () => {
    expect(await store().upload('uploads/empty', Readable.from([]))).toEqual({ key: 'uploads/empty', sizeBytes: 0, sha256: sha256Hex('') });
    expect((await store().read('uploads/empty'))?.byteLength).toBe(0);
  });

  it('upload() of a body that breaks off rejects and leaves no object', async () => {
    async function* breaking(): AsyncGenerator<Buffer> {
      for (let part = 0; part < 3; part++) yield randomBytes(6_000_000);
      throw new Error('the sender went away');
    }
    await expect(store().upload('uploads/broken', Readable.from(breaking()))).rejects.toThrow('the sender went away');
    expect(await store().read('uploads/broken')).toBeNull();
  });

  it('read() refuses an altered and a truncated object by name', async () => {
    const outcome = await store().create('proof/object', bytesOf('every byte counts'));
    if (outcome.kind !== 'created') throw new Error(`Cannot test as the key must be new: ${outcome.kind}`);
    expect(await store().read(outcome.object)).toHaveLength(17);
    await overwrite('proof/object', bytesOf('every bite counts'));
    await expect(store().read(outcome.object)).rejects.toThrow(/^Cannot read proof\/object as its sha256 must be/);
    await overwrite('proof/object', bytesOf('every byte'));
    await expect(store().read(outcome.object)).rejects.toThrow('Cannot read proof/object as it must have 17 bytes: current value is 10');
    await expect(store().read(outcome.object)).rejects.toThrow(ObjectAltered);
  });
}

function describeLists(store: () => ArtifactStore): void {
  it('list() and removePrefix() go past 1000 keys and touch no neighbour', async () => {
    const names = Array.from({ length: 1203 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    for (let start = 0; start < names.length; start += 50) {
      await Promise.all(names.slice(start, start + 50).map((key) => store().create(key, bytesOf(key))));
    }
    await store().create('many-more/1', bytesOf('stays'));
    const listed = await collect(store().list('many/'));
    expect(listed.map(({ key }) => key)).toEqual(names);
    expect(listed[0]).toEqual({ key: 'many/00000', sizeBytes: 10 });
    expect(await store().removePrefix('many/')).toBe(1203);
    expect(await collect(store().list('many'))).toEqual([{ key: 'many-more/1', sizeBytes: 5 }]);
    expect(await store().removePrefix('many/')).toBe(0);
  });

  it('removePrefix() empties folders within folders', async () => {
    for (const key of ['deep/a/b/c', 'deep/a/b/d', 'deep/e']) await store().create(key, bytesOf(key));
    expect(await store().removePrefix('deep/')).toBe(3);
    expect(await collect(store().list('deep/'))).toEqual([]);
  });

  it('removePrefix() refuses a prefix that would take neighbours along', async () => {
    await expect(store().removePrefix('runs/1')).rejects.toThrow(
      'Cannot remove objects as the prefix must end with "/": current value is "runs/1"',
    );
  });
}

function describeRunLog(store: () => ArtifactStore, overwrite: StoreHarness['overwrite']): void {
  const append = async (run: string, attempt: number) => {
    const outcome = await store().appendLog(draftOf(run, attempt));
    if (outcome.kind !== 'appended') throw new Error(`Cannot test as the append must succeed: ${outcome.kind}`);
    return outcome.entry;
  };

  it('appendLog() numbers and links entries, and readLog() goes on from any of them', async () => {
    const run = newRun();
    const entries = [];
    for (let attempt = 1; attempt <= 20; attempt++) entries.push(await append(run, attempt));
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(entries.map(({ previous }) => previous)).toEqual([
      null,
      ...entries.slice(0, -1).map((entry) => sha256Hex(canonicalJson(entry))),
    ]);
    expect(await store().readLog(run, 0)).toEqual(entries);
    expect(await store().readLog(run, 17)).toEqual(entries.slice(17));
    expect(await store().readLog(run, 20)).toEqual([]);
    expect(await store().readLog(run, 99)).toEqual([]);
  });

  it('of 20 concurrent appends each is in the log once, or told who won', async () => {
    const run = newRun();
    const drafts = Array.from({ length: 20 }, (_, index) => draftOf(run, index + 1));
    const outcomes = await Promise.all(drafts.map((draft) => store().appendLog(draft)));
    const log = await store().readLog(run, 0);
    const appended = outcomes.flatMap((outcome, index) => (outcome.kind === 'appended' ? [drafts[index]!.token] : []));
    expect(appended.length).toBeGreaterThan(0);
    expect(log.map(({ token }) => token).sort()).toEqual(appended.sort());
    for (const outcome of outcomes) {
      if (outcome.kind === 'lost') expect(log).toContainEqual(outcome.winner);
    }
  });

  it('appending the same attempt again, even with another time, is the same entry', async () => {
    const draft = draftOf(newRun());
    const first = await store().appendLog(draft);
    await store().appendLog(draftOf(draft.run, 2));
    expect(await store().appendLog({ ...draft, at: '2030-01-01T00:00:00Z' })).toEqual(first);
    expect(await store().readLog(draft.run, 0)).toHaveLength(2);
  });

  it('two simultaneous appends of one attempt leave one entry, and both are told that it is theirs', async () => {
    const draft = draftOf(newRun());
    const outcomes = await Promise.all([store().appendLog(draft), store().appendLog({ ...draft, at: '2030-01-01T00:00:00Z' })]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(await store().readLog(draft.run, 0)).toHaveLength(1);
  });

  it('readLog() stops at a hole', async () => {
    const run = newRun();
    const first = await append(run, 1);
    const second = await append(run, 2);
    await store().create(keys.logEntry(run, 3), bytesOf(canonicalJson({ ...second, seq: 3, attempt: 4 })));
    expect(await store().readLog(run, 0)).toEqual([first, second]);
    expect(await store().readLog(run, 3)).toEqual([]);
  });

  it('readLog() refuses a log with an altered entry, naming the one that no longer fits', async () => {
    const run = newRun();
    const first = await append(run, 1);
    await append(run, 2);
    await overwrite(keys.logEntry(run, 0), bytesOf(canonicalJson({ ...first, attempt: 9 })));
    await expect(store().readLog(run, 0)).rejects.toThrow(`previous of ${keys.logEntry(run, 1)} must be`);
    await expect(store().readLog(run, 1)).rejects.toThrow(LogBroken);
    await expect(store().appendLog(draftOf(run, 3))).rejects.toThrow(LogBroken);
  });

  it.each([
    ['is cut short', (text: string) => text.slice(0, -9)],
    ['has an unknown field', (text: string) => text.replace('{', '{"also":1,')],
    ['is spelt otherwise', (text: string) => text.replace(',', ', ')],
    ['belongs to another run', (text: string) => text.replace(/"run":"[^"]+"/, `"run":"${newRun()}"`)],
    ['stands at another place', (text: string) => text.replace('"seq":0', '"seq":1')],
  ])('readLog() refuses an entry that %s', async (_what, change) => {
    const run = newRun();
    await overwrite(keys.logEntry(run, 0), bytesOf(change(canonicalJson(await append(run, 1)))));
    await expect(store().readLog(run, 0)).rejects.toThrow(new RegExp(`^Cannot read the log as .*${keys.logEntry(run, 0)}`));
  });
}

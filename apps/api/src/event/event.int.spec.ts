import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createClient } from '@titrate/api-client';
import type { TitrateEvent } from '@titrate/contracts';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';
import { registerCorpus, spec } from '../testing/fixtures.ts';

jest.setTimeout(60_000);

describe('the event stream', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await startApi();
    await registerCorpus(api.parts);
  });
  afterAll(() => api.stop());

  /** The first events of a stream, as many as are asked. */
  async function first(count: number, after = 0, sweep?: string): Promise<TitrateEvent[]> {
    const seen: TitrateEvent[] = [];
    const stop = new AbortController();
    for await (const event of api.client.followEvents({ after, signal: stop.signal, ...(sweep ? { sweep } : {}) })) {
      seen.push(event);
      if (seen.length === count) stop.abort();
    }
    return seen;
  }
  const openStreams = async () => Number(/titrate_event_streams (\d+)/.exec(await api.client.getMetrics())?.[1]);

  it('tells the past and then each new event, and resumes behind any of them without a gap', async () => {
    await api.client.submitSweep(spec({ name: 'past' }));
    const following = first(12);
    for (let number = 0; number < 10; number++) await api.client.submitSweep(spec({ name: `event-${number}` }));
    const events = await following;
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    for (const place of [0, 4, 9]) expect(await first(ids.length - place - 1, ids[place])).toEqual(events.slice(place + 1));
    const ledger = await api.client.listLedger({ after: 0, limit: 1000 });
    const told = ledger.items.map(({ event }) => event.id).filter((id) => id <= ids.at(-1)!);
    expect(ids).toEqual(told);
  });

  it('tells only what concerns the sweep that is asked for', async () => {
    const { sweep } = await api.client.submitSweep(spec({ name: 'only-this' }));
    await api.client.submitSweep(spec({ name: 'not-this' }));
    await api.client.cancelSweep({ id: sweep.id });
    const events = await first(2, 0, sweep.id);
    expect(events.map((event) => event.sweep)).toEqual([sweep.id, sweep.id]);
    expect(events[0]?.kind).toBe('sweep.submitted');
  });

  it('frees everything when a reader goes away', async () => {
    const reader = new AbortController();
    const responses = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(`${api.url}/v1/events`, { headers: { authorization: `Bearer ${api.token}` }, signal: reader.signal }),
      ),
    );
    expect(responses.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual(
      Array(5).fill([200, 'text/event-stream']),
    );
    expect(await openStreams()).toBe(5);
    reader.abort();
    for (let tries = 0; (await openStreams()) > 0 && tries < 100; tries++) await sleep(50);
    expect(await openStreams()).toBe(0);
  });

  it('comes back by itself, without a gap or a double, when connections break', async () => {
    const { server, close } = await brittle(Number(new URL(api.url).port), 1_500);
    const seen: number[] = [];
    const stop = new AbortController();
    let breaks = 0;
    for await (const { id } of createClient({ server, token: api.token }).followEvents({
      signal: stop.signal,
      onReconnect: () => (breaks += 1),
    })) {
      seen.push(id);
      if (seen.length === 13) stop.abort();
    }
    close();
    const { items } = await api.client.listLedger({ after: 0, limit: 1000 });
    expect(seen).toEqual(items.map(({ event }) => event.id).slice(0, 13));
    expect(breaks).toBeGreaterThan(1);
  });
});

/** Forwards to a port, and cuts each connection after so many bytes of answer, wherever that falls. */
async function brittle(port: number, bytes: number): Promise<{ server: string; close(): void }> {
  const sockets = new Set<Socket>();
  const forwarder = createServer((incoming) => {
    const outgoing = connect(port, '127.0.0.1');
    for (const socket of [incoming, outgoing]) sockets.add(socket.on('error', () => socket.destroy()));
    let left = bytes;
    incoming.pipe(outgoing);
    outgoing.on('data', (chunk: Buffer) => {
      incoming.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      outgoing.destroy();
      incoming.end(() => incoming.destroy());
    });
    outgoing.once('close', () => incoming.destroySoon());
  });
  await new Promise<void>((resolve) => forwarder.listen(0, '127.0.0.1', resolve));
  const close = () => {
    forwarder.close();
    for (const socket of sockets) socket.destroy();
  };
  return { server: `http://127.0.0.1:${(forwarder.address() as AddressInfo).port}`, close };
}

import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { counter } from '../metric.ts';
import { createCounter } from './instruments.ts';
import { serveMetrics } from './server.ts';

describe('a metrics server', () => {
  it('answers /metrics with what was counted, and nothing else', async () => {
    const registry = new Registry();
    createCounter(registry, counter('done_total', 'Done', { outcome: ['ok', 'failed'] })).inc({ outcome: 'ok' }, 2);
    const server = await serveMetrics('127.0.0.1:0', registry, async () => 'more 1\n');
    const url = `http://127.0.0.1:${server.port}`;
    const answer = await fetch(`${url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
    expect(text).toContain('done_total{outcome="ok"} 2');
    expect(text).toContain('done_total{outcome="failed"} 0');
    expect(text).toContain('more 1');
    expect((await fetch(`${url}/else`)).status).toBe(404);
    await server.close();
  });

  it('tells why it cannot answer', async () => {
    const server = await serveMetrics('127.0.0.1:0', new Registry(), () => Promise.reject(new Error('no database')));
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([500, 'no database']);
    await server.close();
  });

  it.each(['9464', 'here:port', ':9464', '127.0.0.1:70000'])('refuses the address %p', async (address) => {
    await expect(serveMetrics(address, new Registry())).rejects.toThrow(
      `Cannot serve metrics as the address must be HOST:PORT: current value is "${address}"`,
    );
  });
});

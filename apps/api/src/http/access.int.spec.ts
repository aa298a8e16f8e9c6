import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startApi, type ApiUnderTest } from '../testing/api-under-test.ts';

jest.setTimeout(60_000);

/** fetch does not let a caller set Host; a hostile program does. */
function raw(url: string, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

describe('who may speak to the API', () => {
  let api: ApiUnderTest;
  beforeAll(async () => void (api = await startApi({ TITRATE_API_ALLOWED_HOSTS: 'titrate.example' })));
  afterAll(() => api.stop());
  const bearer = () => ({ authorization: `Bearer ${api.token}` });

  it('refuses a Host header of another name, as a rebound DNS name sends it, even with the token', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'localhost.evil.example:1',
      'localhost@evil.example',
    ]) {
      const { status, body } = await raw(api.url, '/v1/sizes', { host, ...bearer() });
      expect([host, status, JSON.parse(body).code]).toEqual([host, 403, 'wrong-host']);
    }
  });

  it('answers loopback names and the names of its configuration', async () => {
    for (const host of [new URL(api.url).host, 'localhost:1', '[::1]:80', 'LOCALHOST', 'titrate.example']) {
      expect(await raw(api.url, '/healthz', { host })).toEqual({ status: 200, body: '{"status":"ok"}' });
    }
  });

  it('refuses the Origin of any other page, and serves its own', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://', `${api.url}.evil.example`]) {
      const { status, body } = await raw(api.url, '/v1/sizes', { origin, ...bearer() });
      expect([status, JSON.parse(body).code]).toEqual([403, 'wrong-origin']);
    }
    expect((await raw(api.url, '/v1/sizes', { origin: api.url, ...bearer() })).status).toBe(200);
  });

  it('refuses every /v1 route without the token, with a wrong one, and however the path is spelt', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method.toUpperCase(), path] as const),
    );
    const guarded = routes.filter(([, path]) => path.startsWith('/v1/'));
    expect(guarded.length).toBeGreaterThan(30);
    for (const [method, path] of guarded) expect([path, (await fetch(`${api.url}${path}`, { method })).status]).toEqual([path, 401]);
    for (const path of ['/v1/sizes', '/%76%31/sizes', '/v1/%73izes', '/v1/sizes?token=x']) {
      for (const authorization of ['', 'Bearer', 'Bearer wrong', `bearer ${api.token}`, `Bearer ${api.token}x`, `Basic ${api.token}`]) {
        const { status, body } = await raw(api.url, path, { authorization });
        expect([path, status, body.includes('tiny-64')]).toEqual([path, 401, false]);
      }
    }
  });

  it('refuses before it reads a body', async () => {
    const before = await api.ledgerLength();
    const response = await fetch(`${api.url}/v1/sweeps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{broken',
    });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await api.ledgerLength()).toBe(before);
  });
});

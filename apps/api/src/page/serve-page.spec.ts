import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { servePage } from './serve-page.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function builtPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'titrate-page-'));
  folders.push(folder);
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'assets/a-1.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not an asset');
  return folder;
}

function server(folder: string): FastifyInstance {
  const app = fastify();
  servePage(app, folder);
  app.get('/v1/sweeps', () => 'sweeps');
  app.get('/metrics', () => 'metrics');
  return app;
}
const get = async (app: FastifyInstance, url: string, accept = 'text/html') => app.inject({ url, headers: { accept } });

describe('the page', () => {
  it.each(['/', '/sweeps/sw-a', '/runs/0', '/versions', '/?state=running'])(
    'answers %s, asked for anew each time and with its policy',
    async (url) => {
      const { body, headers, statusCode } = await get(server(builtPage()), url);
      expect([statusCode, body, headers['cache-control']]).toEqual([200, '<p>the page</p>', 'no-cache']);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    },
  );

  it('has assets that browsers keep for ever', async () => {
    const { body, headers } = await get(server(builtPage()), '/assets/a-1.js', '*/*');
    expect(body).toBe('export {};');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    '/v1/unknown',
    '/v1',
    '/metrics/x',
    '/openapi.json',
    '/docs/none',
    '/assets/none.js',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e%2fsecret.txt',
  ])('never stands in for %s', async (url) => expect((await get(server(builtPage()), url)).statusCode).toBe(404));

  it('leaves the routes of the API alone, and programs that ask for no page', async () => {
    const app = server(builtPage());
    expect((await get(app, '/v1/sweeps')).body).toBe('sweeps');
    expect((await get(app, '/metrics')).body).toBe('metrics');
    expect((await get(app, '/sweeps', 'application/json')).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/sweeps', headers: { accept: 'text/html' } })).statusCode).toBe(404);
  });

  it('says that it was not built, while all else is served', async () => {
    const app = server(join(tmpdir(), 'titrate-no-page'));
    const { statusCode, body } = await get(app, '/');
    expect([statusCode, body.includes('The page was not built')]).toEqual([503, true]);
    expect((await get(app, '/v1/sweeps')).body).toBe('sweeps');
  });
});

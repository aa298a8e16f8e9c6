import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** First parts of paths that are the API's own: an unknown path below them is an error, never the page. */
const OWN = new Set(['v1', 'docs', 'openapi.json', 'metrics', 'healthz', 'readyz', 'version', 'assets']);

/** Of the one style element that Observable Plot puts into each figure of the page. A system test fails when the browser reports that it refused it. */
const STYLE_OF_FIGURES = 'sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM=';

/** What the page may do: run its own files and speak to this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' '${STYLE_OF_FIGURES}'`,
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Titrate</title><h1>The page was not built</h1>
<p>In a clone of Titrate <code>node tools/setup/run.mjs setup</code> builds it; then start the server again. The HTTP API works without it: <a href="/docs">/docs</a>.</p></html>`;

/**
 * Serves the built page (apps/web/dist): its assets, whose names hold their digest, for ever; the page itself for each path
 * that a reader opens and that is not the API's own, asked for anew each time. Without a build it says so, and all else works.
 */
export function servePage(fastify: FastifyInstance, folder: string): void {
  const isBuilt = existsSync(join(folder, 'index.html'));
  if (isBuilt) serveAssets(fastify, folder);
  fastify.get('/*', (request, reply) => {
    const wantsPage = (request.headers.accept ?? '').includes('text/html') && !OWN.has(request.url.slice(1).split(/[/?#]/)[0]!);
    if (!wantsPage) return reply.callNotFound();
    return isBuilt ? sendPage(reply) : reply.status(503).type('text/html; charset=utf-8').send(NOT_BUILT);
  });
}

function serveAssets(fastify: FastifyInstance, folder: string): void {
  void fastify.register(fastifyStatic, { root: folder, serve: false, preCompressed: true });
  fastify.get('/assets/*', (request, reply) => {
    const path = request.url.slice(1).split('?')[0]!;
    return reply.headers(HEADERS).sendFile(path, { maxAge: '365d', immutable: true });
  });
}

const sendPage = (reply: FastifyReply): FastifyReply =>
  reply.headers(HEADERS).header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });

import 'reflect-metadata';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController } from 'fastify';
import { pino, type Logger } from 'pino';
import { ApiModule } from './api.module.ts';
import { OpenApiDocument } from './docs/open-api-document.ts';
import { ApiMetrics } from './health/metrics.ts';
import { guardAccess } from './http/access.ts';
import { acceptBodies } from './http/bodies.ts';
import { logRequests, newRequestId } from './http/request-log.ts';
import { servePage } from './page/serve-page.ts';
import type { ApiParts } from './ports.ts';

/** Largest JSON or YAML body. A sweep of thousands of cells needs a few kilobytes. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** Where set-up and the image put the built page. */
const PAGE_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** JSON lines on stdout. Headers are never logged, so no token can be. */
export const createLogger = (level: string): Logger => pino({ level, redact: ['req.headers', 'headers.authorization', '*.authorization'] });

/** Builds the application over its parts; it does not listen yet. */
export async function createApplication(parts: ApiParts, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: newRequestId,
  });
  const fastify = adapter.getInstance();
  logRequests(fastify as never);
  guardAccess(fastify as never, parts.settings);
  acceptBodies(fastify as never);
  servePage(fastify as never, PAGE_FOLDER);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.over(parts), adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.get(ApiMetrics).watch(fastify as never);
  app.get(OpenApiDocument).describe(app);
  return app;
}

/** How long requests that are under way may take to end. */
const PATIENCE_MS = 5_000;

/** Takes no new requests, ends the event streams, lets what is under way finish, and then closes. */
export async function closeApplication(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  // A connection that falls idle only now would otherwise stay open for its keep-alive time.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const last = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(last);
  }
}

/** Nest's own lines, in the same form as all others; the start-up chatter stays at debug. */
function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, context?: unknown) => logger.debug({ context }, String(message)),
    error: (message: unknown, trace?: unknown) => logger.error({ trace }, String(message)),
    warn: (message: unknown, context?: unknown) => logger.warn({ context }, String(message)),
    debug: (message: unknown, context?: unknown) => logger.debug({ context }, String(message)),
    verbose: (message: unknown, context?: unknown) => logger.trace({ context }, String(message)),
  };
}

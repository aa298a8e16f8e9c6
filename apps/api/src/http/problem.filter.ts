import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@titrate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault, problem, PROBLEM_TYPE } from './fault.ts';

const CODES: Record<number, string> = { 400: 'invalid-request', 404: 'not-found', 405: 'method-not-allowed', 413: 'body-too-large', 415: 'unsupported-content-type' };

/** What the operating system and PostgreSQL say when the other side is not there, or is going away. */
const OUTAGES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', '57P01', '57P02', '57P03', '53300', '08006', '08001', '08003']);

/** The one place where something thrown becomes an answer: always a problem document, never a stack trace. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = problemOf(error);
    if (body.status >= 500) request.log.error({ err: error }, body.detail);
    if (body.status === 503) void reply.header('retry-after', '1');
    void reply.status(body.status).type(PROBLEM_TYPE).send(JSON.stringify({ ...body, instance: request.url.split('?')[0] }));
  }
}

/** Turns whatever was thrown into a problem document; unknown errors tell nothing of the server's insides. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Fault) return problem(error.getStatus(), error.code, error.message, error.errors);
  if (isOutage(error)) return problem(503, 'unavailable', 'The database or the artifact store does not answer; try again in a moment');
  const status = statusOf(error);
  if (status >= 500) return problem(500, 'internal', 'The server failed to answer; its log names the reason');
  return problem(status, CODES[status] ?? 'refused', error instanceof Error ? error.message : 'The request was refused');
}

/** Fastify's own errors carry `statusCode`, Nest's a method. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

/** Follows causes and bundled errors down to the code of the socket or the database. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && OUTAGES.has(code)) return true;
  if (error.message.startsWith('Connection terminated')) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some((each) => each !== error && isOutage(each));
}

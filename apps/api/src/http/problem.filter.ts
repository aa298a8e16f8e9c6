import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@titrate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { subjectOfRequest } from './request-log.ts';
import { Fault, problem, PROBLEM_TYPE, type FieldFault } from './fault.ts';

const CODES: Record<number, string> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'unsupported-content-type',
};

/** Errors of ports and server that a caller can understand, by their codes. */
const KNOWN: Record<string, { status: number; code: string; errors: FieldFault[] }> = {
  'cursor-invalid': {
    status: 400,
    code: 'invalid-cursor',
    errors: [{ field: 'cursor', rule: 'must be the "next" of an earlier page of this list', value: null }],
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'body-too-large',
    errors: [{ field: 'body', rule: 'must be smaller; a spec has at most 1 MiB', value: null }],
  },
  OBJECT_ALTERED: { status: 500, code: 'object-altered', errors: [] },
};

/** What the operating system and PostgreSQL say when the other side is not there, or is going away. */
const OUTAGES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
  '08003',
]);

/** The one place where something thrown becomes an answer: always a problem document, never a stack trace. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = problemOf(error);
    if (body.status >= 500) request.log.error({ ...subjectOfRequest(request, reply), err: error }, body.detail);
    if (body.status === 503) void reply.header('retry-after', '1');
    void reply
      .status(body.status)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify({ ...body, instance: request.url.split('?')[0], requestId: request.id }));
  }
}

/** Turns whatever was thrown into a problem document; unknown errors tell nothing of the server's insides. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Fault) return problem(error.getStatus(), error.code, error.message, error.errors);
  const known = error instanceof Error ? KNOWN[codeOf(error)] : undefined;
  if (known && error instanceof Error) return problem(known.status, known.code, error.message, known.errors);
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

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

/** Follows causes and bundled errors down to the code of the socket or the database. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (OUTAGES.has(codeOf(error)) || error.name === 'TimeoutError') return true;
  if (error.message.startsWith('Connection terminated')) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some((each) => each !== error && isOutage(each));
}

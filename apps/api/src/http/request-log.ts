import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Names of the fields of the log by the nouns of paths. */
const nouns: Readonly<Record<string, string>> = {
  sweeps: 'sweep',
  runs: 'run',
  checkpoints: 'checkpoint',
  corpora: 'corpus',
  bases: 'base',
  baselines: 'baseline',
  gates: 'gate',
  schedules: 'schedule',
};

/** Each request has an id of its own: in its lines, in the header `x-request-id` of its answer, and in a problem document. */
export const newRequestId = (): string => randomUUID();

/** What a path is about: `/v1/sweeps/ID/runs` about a sweep, say. */
export function subjectOfPath(path: string): Record<string, string> {
  const [, version, ...words] = path.split('/');
  if (version !== 'v1') return {};
  const pairs = words.flatMap((word, index) => {
    const [noun, id] = [nouns[word], words[index + 1]];
    return index % 2 === 0 && noun !== undefined && id ? [[noun, decoded(id)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** What a request was about: by its path, by what it made, and of a run by the attempt that it asked for. */
export function subjectOfRequest(request: FastifyRequest, reply: FastifyReply): Record<string, string | number> {
  const { attempt } = (request.query ?? {}) as { attempt?: unknown };
  const made = reply.getHeader('location');
  return {
    ...subjectOfPath(pathOf(request)),
    ...(typeof made === 'string' && subjectOfPath(made)),
    ...(typeof attempt === 'string' && /^\d{1,9}$/.test(attempt) && { attempt: Number(attempt) }),
  };
}

/** Tells each answer its request's id, and writes one line for it: no headers, no query. Probes, which come every few seconds, stay at debug. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  fastify.addHook('onResponse', async (request, reply) => {
    const level = request.url.startsWith('/v1/') ? 'info' : 'debug';
    const told = { method: request.method, path: pathOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    request.log[level]({ ...subjectOfRequest(request, reply), ...told }, 'answered');
  });
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!;

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    // No path of ours; the line shows it as it came.
    return word;
  }
}

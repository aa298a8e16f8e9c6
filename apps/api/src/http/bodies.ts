import type { FastifyInstance } from 'fastify';
import { Fault } from './fault.ts';

/** A body that is YAML text; what it means is for the planner to say. */
export class YamlText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const YAML_TYPES = ['text/yaml', 'application/yaml', 'application/x-yaml', 'text/x-yaml'];

/**
 * Teaches the server its three kinds of body: JSON, YAML text, and raw bytes, which are handed on as the stream they are.
 * The first two are limited by the server's `bodyLimit`; whoever reads the stream limits it.
 */
export function acceptBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    void parseJson(request, body as string, (error, value) => done(error && malformed(body as string, error), value));
  });
  fastify.addContentTypeParser(YAML_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, new YamlText(body as string)));
  fastify.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
}

/** Fastify's parser refuses more than bad JSON (a key named __proto__), but does not say where; the plain one does. */
function malformed(body: string, error: Error): Fault {
  const reason = reasonOf(body) ?? error.message;
  return new Fault(400, 'malformed-json', `Cannot read the body as it must be JSON: ${reason}`, [
    { field: '', rule: `must be JSON (${reason})`, value: body.slice(0, 100) },
  ]);
}

function reasonOf(body: string): string | null {
  try {
    JSON.parse(body);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

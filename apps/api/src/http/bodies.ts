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
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    void parseJson(request, body as string, (error, value) => done(error && malformed(error), value));
  });
  fastify.addContentTypeParser(YAML_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, new YamlText(body as string)));
  fastify.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
}

const malformed = (error: Error) =>
  new Fault(400, 'malformed-json', `Cannot read the body as it must be JSON: ${error.message}`, [{ field: '', rule: 'must be JSON', value: null }]);

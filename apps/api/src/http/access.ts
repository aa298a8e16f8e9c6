import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem, PROBLEM_TYPE } from './fault.ts';

/** Who may speak to this server. */
export interface AccessRules {
  /** The bearer token that every request below /v1, and for metrics, carries. */
  readonly token: string;
  /** Names beside the loopback ones that may stand in the Host header. */
  readonly allowedHosts: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Turns requests away before their body is read. A web page that the user happens to open must reach nothing:
 * a rebound DNS name fails on the Host header, a page's own fetch fails on Origin, another local user fails on the token.
 */
export function guardAccess(fastify: FastifyInstance, rules: AccessRules): void {
  const hosts = new Set([...LOOPBACK, ...rules.allowedHosts].map((name) => name.toLowerCase()));
  const expected = digest(`Bearer ${rules.token}`);
  fastify.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    if (!hosts.has(nameOf(host)))
      return deny(reply, 403, 'wrong-host', `The Host header must name this server: current value is "${host.slice(0, 200)}"`);
    if (!isSameOrigin(request, host)) return deny(reply, 403, 'wrong-origin', 'Requests from pages of other sites are not answered');
    if (needsToken(request) && !timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      return deny(
        reply.header('www-authenticate', 'Bearer'),
        401,
        'unauthorized',
        'The header "Authorization: Bearer TOKEN" must carry the token of this server',
      );
    }
  });
}

/** The name of a Host header, its port left out; brackets stay with an IPv6 address. */
const nameOf = (host: string) => host.replace(/:\d+$/, '').toLowerCase();

/** No Origin, or the very server that is asked. */
function isSameOrigin(request: FastifyRequest, host: string): boolean {
  const origin = request.headers.origin;
  return (
    origin === undefined ||
    origin.toLowerCase() === `http://${host}`.toLowerCase() ||
    origin.toLowerCase() === `https://${host}`.toLowerCase()
  );
}

/** Asked of the route that the router found, so that no spelling of the path goes round it. */
const needsToken = ({ routeOptions: { url = '' } }: FastifyRequest) => url.startsWith('/v1/') || url === '/metrics';

/** Digests have one length, so that comparing them takes the same time whatever was sent. */
const digest = (text: string) => createHash('sha256').update(text).digest();

function deny(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .status(status)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify({ ...problem(status, code, detail), requestId: reply.request.id }));
}

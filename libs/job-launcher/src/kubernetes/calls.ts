import { setTimeout as sleep } from 'node:timers/promises';
import { fetch, type Response } from 'undici';
import { HttpMethod, RequestContext, type KubeConfig } from '@kubernetes/client-node';
import { ClusterRefused, ClusterUnreachable, JobRefused } from '../errors.ts';

/** What the launcher may ever touch, with the path of its API. The chart's Role names the same. */
const groups = {
  jobs: '/apis/batch/v1',
  pods: '/api/v1',
  services: '/api/v1',
  secrets: '/api/v1',
  events: '/api/v1',
  nodes: '/api/v1',
  // What anybody may ask about themselves.
  selfsubjectaccessreviews: '/apis/authorization.k8s.io/v1',
} as const;
/** What lies in no namespace. */
const clusterWide: ReadonlySet<string> = new Set(['nodes', 'selfsubjectaccessreviews']);
export type Resource = keyof typeof groups;
export type Verb = 'get' | 'list' | 'create' | 'patch' | 'delete';

/** One question to the API server. */
export interface Call {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly name?: string;
  readonly subresource?: 'log';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How long to try again while nobody answers; the default is that of the calls. */
  readonly patienceMs?: number;
}

/** The object that was meant has changed, or is there already. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** What a page of a list goes on from is not kept any more. */
export class ListExpired extends Error {
  override readonly name = 'ListExpired';
}

/** Asks the API server of one cluster about one namespace. */
export interface Calls {
  readonly namespace: string;
  /** Path that lists and watches a resource. */
  readonly pathOf: (resource: Resource) => string;
  /** The answer, or null when the object that the call names is not there. @throws ClusterUnreachable, ClusterRefused, JobRefused, Conflict, ListExpired */
  json<T>(call: Call): Promise<T | null>;
  /** The same for an answer in bytes. */
  bytes(call: Call): Promise<Uint8Array | null>;
}

const methods: Readonly<Record<Verb, HttpMethod>> = {
  get: HttpMethod.GET,
  list: HttpMethod.GET,
  create: HttpMethod.POST,
  patch: HttpMethod.PATCH,
  delete: HttpMethod.DELETE,
};
const answerMs = 30_000;
const firstPauseMs = 200;
const longestPauseMs = 5_000;

/**
 * Calls that try again while the API server is away, busy (429, with its own Retry-After) or ill (5xx), for as long as `patienceMs`.
 * All calls of the launcher may be repeated: a create whose answer was lost is told by a conflict.
 */
export function createCalls(config: KubeConfig, namespace: string, patienceMs: number): Calls {
  const pathOf = (resource: Resource): string =>
    clusterWide.has(resource) ? `${groups[resource]}/${resource}` : `${groups[resource]}/namespaces/${namespace}/${resource}`;
  const asked = async (call: Call): Promise<Response | null> => {
    const deadline = Date.now() + (call.patienceMs ?? patienceMs);
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const outcome = await once(config, pathOf(call.resource), call);
      if (!(outcome instanceof TryAgain)) return judged(outcome, call, namespace);
      const waitMs = Math.max(pauseMs, outcome.afterMs);
      if (Date.now() + waitMs > deadline) throw unreachable(config, call, outcome.why);
      await sleep(waitMs);
    }
  };
  return {
    namespace,
    pathOf,
    json: async <T>(call: Call) => ((await asked(call))?.json() ?? null) as Promise<T | null>,
    bytes: async (call) => (await asked(call))?.bytes() ?? null,
  };
}

class TryAgain {
  readonly why: string;
  readonly afterMs: number;
  constructor(why: string, afterMs = 0) {
    this.why = why;
    this.afterMs = afterMs;
  }
}

async function once(config: KubeConfig, path: string, { verb, name, subresource, query, body }: Call): Promise<Response | TryAgain> {
  const url = new URL(config.getCurrentCluster()!.server.replace(/\/$/, '') + [path, name, subresource].filter(Boolean).join('/'));
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
  const context = new RequestContext(url.href, methods[verb]);
  await config.applySecurityAuthentication(context);
  try {
    const type = verb === 'patch' ? 'application/merge-patch+json' : 'application/json';
    const response = await fetch(url, {
      method: methods[verb],
      headers: { ...context.getHeaders(), 'content-type': type },
      dispatcher: context.getDispatcher(),
      signal: AbortSignal.timeout(answerMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.status !== 429 && response.status < 500) return response;
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    return new TryAgain(`it answered ${response.status}: ${await wordsOf(response)}`, Number.isFinite(seconds) ? seconds * 1000 : 0);
  } catch (error) {
    const cause = (error as Error).cause;
    return new TryAgain(cause instanceof Error ? cause.message : (error as Error).message);
  }
}

/** What an answer means that trying again does not change. */
async function judged(response: Response, call: Call, namespace: string): Promise<Response | null> {
  if (response.ok) return response;
  const words = await wordsOf(response);
  const what = `${call.verb} ${call.subresource ? `${call.resource}/${call.subresource}` : call.resource} in namespace ${namespace}`;
  if (response.status === 404 && /^namespaces? "/.test(words))
    throw new ClusterRefused(`Cannot ${what} as the namespace must exist: ${words}`);
  if (response.status === 404) return null;
  if (response.status === 409) throw new Conflict(words);
  if (response.status === 410) throw new ListExpired(words);
  if (response.status === 401) throw new ClusterRefused(`Cannot ${what} as the credentials must be accepted by the API server: ${words}`);
  if (response.status === 403) throw new ClusterRefused(`Cannot ${what} as the API server must allow it: ${words}`);
  throw new JobRefused(`Cannot ${what} as the API server must accept it: it answered ${response.status}: ${words}`);
}

/** The API server's own words: the message of its Status object, or what a proxy before it said. */
async function wordsOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 500);
  }
}

function unreachable(config: KubeConfig, call: Call, why: string): ClusterUnreachable {
  const { server } = config.getCurrentCluster()!;
  return new ClusterUnreachable(`Cannot ${call.verb} ${call.resource} as the API server at ${server} must answer: ${why}`);
}

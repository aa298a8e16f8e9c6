import type { Readable } from 'node:stream';
import { StoredObject, type Sweep, type SweepSpecInput } from '@titrate/contracts';
import createFetchClient from 'openapi-fetch';
import { followEvents, type FollowOptions } from './events.ts';
import { operationTable, type components, type paths } from './generated.ts';
import type { Method, PlainOperation } from './operation.ts';
import { isBrokenFetch, problemFrom, ServerUnreachable } from './problem.ts';

export interface ClientOptions {
  /** Base address, as in http://127.0.0.1:8080 */
  readonly server: string;
  readonly token: string;
}

/** A submission: whether it made the sweep, or found it. */
export interface SubmittedSweep {
  readonly created: boolean;
  readonly sweep: components['schemas']['Sweep'];
}

/**
 * The API as methods, one for each operation and of its name. Each answers with the body of the success; a refusal is
 * thrown as `ApiProblem`, a server that cannot be reached as `ServerUnreachable`.
 */
export type Client = { readonly [O in PlainOperation]: Method<O> } & {
  /** Submits a spec: as an object, or as YAML text. */
  submitSweep(spec: SweepSpecInput | string, options?: { idempotencyKey?: string }): Promise<SubmittedSweep>;
  /** Plans YAML text as it stands, so that problems name its lines. */
  planYaml(text: string): Promise<components['schemas']['SweepPlan']>;
  /** Amends a sweep by YAML text. */
  amendYaml(id: string, text: string): Promise<Sweep>;
  /** Streams a file of any size to the artifact store. */
  uploadObject(body: Readable | ReadableStream<Uint8Array> | Uint8Array): Promise<StoredObject>;
  /** Follows events without a gap, over broken connections; ends when `signal` does. */
  followEvents(options?: Omit<FollowOptions, 'server' | 'token'>): ReturnType<typeof followEvents>;
};

/**
 * A client of one server.
 *
 * @example
 * const client = createClient({ server: 'http://127.0.0.1:8080', token });
 * const { sweep } = await client.submitSweep(spec);
 * const page = await client.listSweepCells({ id: sweep.id, limit: 100 });
 */
export function createClient({ server, token }: ClientOptions): Client {
  const base = server.replace(/\/+$/, '');
  const http = createFetchClient<paths>({ baseUrl: base, headers: { authorization: `Bearer ${token}` } });
  const call = (operation: PlainOperation) => async (given?: Record<string, unknown>) => {
    const { method, path, parameters, answer } = operationTable[operation];
    const init = { params: places(parameters, given), body: given?.['body'], parseAs: answer };
    const { data, error, response } = await reached(
      base,
      http.request(method as 'get', path as '/v1/sweeps', init as never) as Promise<Outcome>,
    );
    if (!response.ok) throw problemFrom(response.status, error);
    return data;
  };
  const send = (path: string, contentType: string, body: unknown, headers: Record<string, string> = {}) =>
    post(base, path, { authorization: `Bearer ${token}`, 'content-type': contentType, ...headers }, body);

  const plain = Object.fromEntries(Object.keys(operationTable).map((operation) => [operation, call(operation as PlainOperation)]));
  return {
    ...(plain as unknown as { [O in PlainOperation]: Method<O> }),
    async submitSweep(spec, { idempotencyKey } = {}) {
      const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      const isText = typeof spec === 'string';
      const response = await send(
        '/v1/sweeps',
        isText ? 'text/yaml' : 'application/json',
        isText ? spec : JSON.stringify({ spec }),
        headers,
      );
      return { created: response.status === 201, sweep: (await reached(base, response.json())) as Sweep };
    },
    async planYaml(text) {
      return (await reached(base, (await send('/v1/plans', 'text/yaml', text)).json())) as components['schemas']['SweepPlan'];
    },
    async amendYaml(id, text) {
      return (await reached(base, (await send(`/v1/sweeps/${encodeURIComponent(id)}/amend`, 'text/yaml', text)).json())) as Sweep;
    },
    async uploadObject(body) {
      return StoredObject.parse(await reached(base, (await send('/v1/uploads', 'application/octet-stream', body)).json()));
    },
    followEvents: (options = {}) => followEvents({ server: base, token, ...options }),
  };
}

interface Outcome {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** Sorts what a caller gave into where it travels. */
function places(
  parameters: Readonly<Record<string, string>>,
  given: Record<string, unknown> = {},
): Record<string, Record<string, unknown>> {
  const sorted: Record<string, Record<string, unknown>> = {};
  for (const [name, place] of Object.entries(parameters)) {
    if (given[name] !== undefined) sorted[place] = { ...sorted[place], [name]: given[name] };
  }
  return sorted;
}

/** Posts a body that openapi-fetch would turn into JSON. */
async function post(base: string, path: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  const response = await reached(base, fetch(`${base}${path}`, { method: 'POST', headers, body: body, duplex: 'half' } as RequestInit));
  if (!response.ok) throw problemFrom(response.status, await reached(base, response.text()));
  return response;
}

/** What fetch throws when nobody answers, told as such. */
async function reached<T>(server: string, attempt: Promise<T>): Promise<T> {
  return attempt.catch((error: unknown) => {
    throw isBrokenFetch(error) ? new ServerUnreachable(server, error) : error;
  });
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** What a server answers to one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback for answers that a real API server gives too seldom to wait for. `asked` has each request's method and path. */
export interface ScriptedServer extends AsyncDisposable {
  readonly config: KubeConfig;
  readonly asked: string[];
}

export async function serve(answer: Answer): Promise<ScriptedServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser({ name: 'scripted', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: 'nobody' });
  return {
    config,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a Status of Kubernetes, as errors are told. */
export function status(code: number, message: string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ kind: 'Status', code, message }));
  };
}

/** Answers with an object. */
export function object(body: unknown): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

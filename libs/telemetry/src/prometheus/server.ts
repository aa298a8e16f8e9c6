import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** A listener that answers `/metrics` and nothing else. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the metrics of a process that has no other listener.
 *
 * @param address as in `127.0.0.1:9464`; port 0 takes a free one
 * @param more exposition text beside the registry's
 */
export async function serveMetrics(
  address: string,
  registry: Registry,
  more: () => Promise<string> = async () => '',
): Promise<MetricsServer> {
  const at = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, at), Number(address.slice(at + 1))];
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`Cannot serve metrics as the address must be HOST:PORT: current value is "${address}"`);
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end();
    void Promise.all([registry.metrics(), more()]).then(
      (texts) => response.writeHead(200, { 'content-type': registry.contentType }).end(texts.join('\n')),
      (error: Error) => response.writeHead(500, { 'content-type': 'text/plain' }).end(error.message),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

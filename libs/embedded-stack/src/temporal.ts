import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { startProcess, waitUntilReady } from './process.ts';
import { accepts, plainEnvironment, program, type Server, type ServerOptions } from './server.ts';

/** Names of the ports that Temporal listens on. */
export const temporalPorts = ['temporal', 'temporalUi', 'temporalHttp', 'temporalMetrics'] as const;
export type TemporalPorts = Record<(typeof temporalPorts)[number], number>;

/** A running Temporal dev server with its web UI. */
export interface TemporalServer extends Server {
  /** host:port of the gRPC front end; namespace `default` exists. */
  readonly address: string;
  readonly uiUrl: string;
}

/** Starts Temporal's dev server on loopback; histories lie in an SQLite file and survive restarts. @throws StartFailed */
export async function startTemporal(options: ServerOptions & { readonly ports?: TemporalPorts }): Promise<TemporalServer> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const ports = options.ports ?? (await freePorts(temporalPorts));
  const address = `127.0.0.1:${ports.temporal}`;
  const binary = program(options.python, 'temporal');
  const server = await startProcess({
    name: 'Temporal',
    python: options.python,
    command: [binary, ...flags(options.directory, ports)],
    workingDirectory: options.directory,
    logFile: options.logFile ?? join(options.directory, 'server.log'),
    environment: plainEnvironment(),
  });
  await waitUntilReady(server, async () => (await accepts(ports.temporal)) && (await hasNamespace(binary, address)));
  return {
    pid: server.pid,
    logFile: server.logFile,
    ended: server.ended,
    address,
    uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    stop: () => server.stop(),
  };
}

function flags(directory: string, ports: TemporalPorts): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.temporal)],
    ...['--ui-ip', '127.0.0.1', '--ui-port', String(ports.temporalUi), '--ui-disable-news-fetch'],
    ...['--http-port', String(ports.temporalHttp), '--metrics-port', String(ports.temporalMetrics)],
    ...['--db-filename', join(directory, 'temporal.sqlite'), '--log-level', 'warn'],
  ];
}

/** The front end accepts connections before the namespace is there; workflows cannot start until it is. */
async function hasNamespace(binary: string, address: string): Promise<boolean> {
  const command = ['operator', 'namespace', 'describe', '--namespace', 'default', '--address', address, '--command-timeout', '2s'];
  return await new Promise((resolve) =>
    execFile(binary, command, { env: { ...plainEnvironment() }, timeout: 5_000 }, (error) => resolve(error === null)),
  );
}

import { readFileSync } from 'node:fs';
import { EnvironmentInvalid, required } from './adapters.ts';

/** How Temporal is reached: what both of its clients, the worker's and the relay's, are given. */
export interface TemporalAddress {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls?: {
    readonly serverNameOverride?: string;
    readonly serverRootCACertificate?: Buffer;
    readonly clientCertPair?: { readonly crt: Buffer; readonly key: Buffer };
  };
}

/**
 * Reads `TITRATE_TEMPORAL_*`: `ADDRESS`, `NAMESPACE` (by default `default`), `API_KEY`, `TLS` (`true`), `TLS_CA`,
 * `TLS_CERTIFICATE` and `TLS_KEY` (paths of PEM files) and `TLS_SERVER_NAME`. An API key or any of the TLS settings turns TLS on.
 *
 * @throws EnvironmentInvalid
 */
export function temporalFrom(environment: NodeJS.ProcessEnv): TemporalAddress {
  const of = (name: string): string | undefined => environment[`TITRATE_TEMPORAL_${name}`] || undefined;
  const file = (name: string): Buffer | undefined => readPem(`TITRATE_TEMPORAL_${name}`, of(name));
  const [apiKey, serverName, ca, crt, key] = [
    of('API_KEY'),
    of('TLS_SERVER_NAME'),
    file('TLS_CA'),
    file('TLS_CERTIFICATE'),
    file('TLS_KEY'),
  ];
  if ((crt === undefined) !== (key === undefined))
    throw new EnvironmentInvalid(
      'Cannot reach Temporal as TITRATE_TEMPORAL_TLS_CERTIFICATE and TITRATE_TEMPORAL_TLS_KEY must be set together',
    );
  const tls = {
    ...(serverName && { serverNameOverride: serverName }),
    ...(ca && { serverRootCACertificate: ca }),
    ...(crt && key && { clientCertPair: { crt, key } }),
  };
  const isEncrypted = isTrue(of('TLS')) || apiKey !== undefined || Object.keys(tls).length > 0;
  return {
    address: required(environment, 'TITRATE_TEMPORAL_ADDRESS'),
    namespace: of('NAMESPACE') ?? 'default',
    ...(apiKey && { apiKey }),
    ...(isEncrypted && { tls }),
  };
}

function isTrue(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw new EnvironmentInvalid(`Cannot reach Temporal as TITRATE_TEMPORAL_TLS must be true or false: current value is "${text}"`);
}

function readPem(name: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new EnvironmentInvalid(`Cannot reach Temporal as ${name} must name a file that can be read: ${(error as Error).message}`);
  }
}

import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isPortFree } from './free-ports.ts';
import { startProcess, waitUntilReady } from './process.ts';
import { seaweedAccess, type WebIdentity } from './seaweedfs-access.ts';
import { plainEnvironment, program, type Server, type ServerOptions } from './server.ts';

/** Names of the ports that SeaweedFS listens on; clients need `s3` only. */
export const seaweedPorts = [
  's3',
  's3Grpc',
  'master',
  'masterGrpc',
  'filer',
  'filerGrpc',
  'volume',
  'volumeGrpc',
  'admin',
  'adminGrpc',
] as const;
export type SeaweedPorts = Record<(typeof seaweedPorts)[number], number>;

/** Keys of the one S3 identity. */
export interface StoreKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A running S3 store. */
export interface SeaweedServer extends Server {
  /** Endpoint for the AWS SDKs (path style). */
  readonly url: string;
}

/** SeaweedFS listens to admin requests at the admin port plus this, and its own worker looks there only. */
const ADMIN_GRPC_OFFSET = 10_000;

/** Picks free ports; those of `preferred` are kept when they are still free. */
export async function pickSeaweedPorts(preferred: Partial<SeaweedPorts> = {}): Promise<SeaweedPorts> {
  for (;;) {
    const ports = await freePorts(seaweedPorts, preferred);
    const adminGrpc = ports.admin + ADMIN_GRPC_OFFSET;
    if (adminGrpc < 65_536 && (await isPortFree(adminGrpc))) return { ...ports, adminGrpc };
    preferred = { ...preferred, admin: undefined };
  }
}

/** What SeaweedFS needs to start, and where it listens. */
export interface SeaweedOptions extends ServerOptions {
  readonly keys: StoreKeys;
  readonly ports?: SeaweedPorts;
  /** The one address that it listens on. Loopback by default; anything else belongs into a network namespace of its own. */
  readonly address?: string;
  /** A program with parameters that enters such a namespace and then turns into the server, as `nsenter --net=FILE`. */
  readonly enter?: readonly string[];
  /** A cluster whose service accounts may take the role `seaweedPodRole`. */
  readonly webIdentity?: WebIdentity;
}

/**
 * Starts SeaweedFS with its S3 gateway, on loopback only unless told otherwise. Every way to its data but S3 is locked with
 * random keys, so that other users of the machine cannot go round the access keys. @throws StartFailed
 */
export async function startSeaweedfs(options: SeaweedOptions): Promise<SeaweedServer> {
  const address = options.address ?? '127.0.0.1';
  const ports = options.ports ?? (await pickSeaweedPorts());
  const data = join(options.directory, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chmodSync(options.directory, 0o700);
  writeConfiguration(options);
  removeOldMasters(data, ports.master);
  const server = await startProcess({
    name: 'SeaweedFS',
    python: options.python,
    command: commandOf(options, ['-logtostderr=true', 'mini', ...flags(options.directory, data, ports, address)]),
    workingDirectory: options.directory,
    logFile: options.logFile ?? join(options.directory, 'server.log'),
    // The store shares a laptop with training: collect garbage rather than grow.
    environment: plainEnvironment({ GOMEMLIMIT: '512MiB' }),
    stopSignal: 'SIGINT',
  });
  server.ended.then(() => removeSockets(ports));
  await waitUntilReady(server, () => isReady(address, ports));
  return { pid: server.pid, logFile: server.logFile, ended: server.ended, url: `http://${address}:${ports.s3}`, stop: () => server.stop() };
}

function commandOf(options: SeaweedOptions, parameters: string[]): [string, ...string[]] {
  const [first, ...rest] = [...(options.enter ?? []), program(options.python, 'weed'), ...parameters];
  return [first as string, ...rest];
}

function flags(directory: string, data: string, ports: SeaweedPorts, address: string): string[] {
  const port = (name: 's3' | 'master' | 'filer' | 'volume' | 'admin') => [
    `-${name}.port=${ports[name]}`,
    `-${name}.port.grpc=${ports[`${name}Grpc`]}`,
  ];
  return [
    ...[`-dir=${data}`, `-ip=${address}`, `-ip.bind=${address}`, `-s3.config=${join(directory, 's3.json')}`],
    // Sessions for jobs, and users for jobs. Only the identity of s3.json may make either.
    ...[`-s3.iam.config=${join(directory, 'iam.json')}`, '-s3.iam.readOnly=false'],
    ...[...port('s3'), ...port('master'), ...port('filer'), ...port('volume'), ...port('admin')],
    ...[`-s3.localSocket=${join(directory, 's3.sock')}`, `-filer.localSocket=${join(directory, 'filer.sock')}`],
    ...['-admin.ui=false', '-webdav=false', '-s3.port.iceberg=0', '-s3.port.lance=0', '-master.telemetry=false'],
  ];
}

/** The S3 identity, and keys without which the filer and the volume server refuse requests. They follow from the secret key. */
function writeConfiguration({ directory, keys, webIdentity }: SeaweedOptions): void {
  const identity = {
    name: 'titrate',
    credentials: [{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey }],
    actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
  };
  writeFileSync(join(directory, 's3.json'), JSON.stringify({ identities: [identity] }), { mode: 0o600 });
  writeFileSync(join(directory, 'iam.json'), JSON.stringify(seaweedAccess(identity.name, keys.secretAccessKey, webIdentity)), {
    mode: 0o600,
  });
  const sections = ['jwt.signing', 'jwt.signing.read', 'jwt.filer_signing', 'jwt.filer_signing.read'];
  const section = (name: string) =>
    `[${name}]\nkey = "${createHash('sha256').update(`${name} ${keys.secretAccessKey}`).digest('hex')}"\nexpires_after_seconds = 60\n`;
  writeFileSync(join(directory, 'security.toml'), sections.map(section).join('\n'), { mode: 0o600 });
}

/** The master keeps a folder named after its port; those of other ports are of no use and grow. */
function removeOldMasters(data: string, port: number): void {
  const stale = readdirSync(data).filter((name) => /^m\d+$/.test(name) && name !== `m${port}`);
  for (const name of stale) rmSync(join(data, name), { recursive: true });
}

/** SeaweedFS puts sockets into /tmp and does not remove them when it is killed. */
function removeSockets(ports: SeaweedPorts): void {
  for (const name of ['s3', 'master', 'filer', 'volume', 'admin'] as const) {
    rmSync(`/tmp/seaweedfs-${name}-grpc-${ports[`${name}Grpc`]}.sock`, { force: true });
  }
}

/** S3 answers, and the master knows a volume server: from then on writes succeed. */
async function isReady(address: string, ports: SeaweedPorts): Promise<boolean> {
  try {
    const store = await fetch(`http://${address}:${ports.s3}/`, { signal: AbortSignal.timeout(2_000) });
    await store.arrayBuffer();
    const response = await fetch(`http://${address}:${ports.master}/dir/status`, { signal: AbortSignal.timeout(2_000) });
    const status = (await response.json()) as { Topology?: { Max?: number } };
    return store.status === 403 && (status.Topology?.Max ?? 0) > 0;
  } catch {
    // Nobody listens yet, or the answer is cut short by the start: ask again.
    return false;
  }
}

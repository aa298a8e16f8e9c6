import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, fstatSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const TETHER = fileURLToPath(new URL('./tether.py', import.meta.url));
const NEARLY_FULL_BYTES = 64 * 1024 * 1024;

/** What to run, and where its output goes. */
export interface ProcessOptions {
  /** Name for messages, as in `PostgreSQL`. */
  readonly name: string;
  /** The Python that runs the tether. */
  readonly python: string;
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  /** Receives stdout and stderr, appended. Mode 0600. */
  readonly logFile: string;
  /** The whole environment; nothing is inherited beside it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** User to become; as root only. */
  readonly user?: string;
  /** What the kernel sends when this process dies. SIGKILL by default. */
  readonly deathSignal?: 'SIGKILL' | 'SIGQUIT';
  /** What asks the process to end. SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running process in a session of its own, tied to the life of this one. */
export interface OwnedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles once, when the process has ended. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** How it ended; null while it runs. */
  end(): ProcessEnd | null;
  /** Asks it to end, and kills its process group after the grace. Resolves when it is gone; calling it again is harmless. */
  stop(graceMs?: number): Promise<void>;
}

/** A process that did not come up. The message holds the last lines of its log and the log's path. */
export class StartFailed extends Error {
  readonly code = 'start-failed';
  readonly logFile: string;
  constructor(message: string, logFile: string) {
    super(message);
    this.name = 'StartFailed';
    this.logFile = logFile;
  }
}

/** Starts a process that ends with this one, whatever ends this one. Throws `StartFailed` when it cannot be started at all. */
export async function startProcess(options: ProcessOptions): Promise<OwnedProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const child = spawnTethered(options);
  let end: ProcessEnd | null = null;
  const ended = new Promise<ProcessEnd>((resolve) => child.once('exit', (code, signal) => resolve((end = { code, signal }))));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new StartFailed(`Cannot start ${options.name}: ${error.message}`, options.logFile)));
  });
  const pid = child.pid as number;
  const stop = async (graceMs = 10_000): Promise<void> => {
    if (end === null) child.kill(options.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => killGroup(pid), graceMs);
    await ended;
    clearTimeout(timer);
    killGroup(pid);
  };
  return { name: options.name, pid, logFile: options.logFile, ended, end: () => end, stop };
}

function spawnTethered(options: ProcessOptions): ChildProcess {
  const log = openSync(options.logFile, 'a', 0o600);
  const deathSignal = constants.signals[options.deathSignal ?? 'SIGKILL'];
  const tether = ['-I', '-S', TETHER, String(process.pid), String(deathSignal), options.user ?? '-'];
  try {
    // A session of its own: Ctrl-C in the terminal reaches the owner only, which then stops everything in order.
    return spawn(options.python, [...tether, ...options.command], {
      cwd: options.workingDirectory,
      env: { ...options.environment },
      stdio: ['ignore', log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

/** Kills what is left of a process group. A group that is gone is what is wanted. */
export function killGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Waits until `ready` says yes, asking a few times a second.
 *
 * @throws StartFailed when the process ends before, or the time is over. It is stopped then.
 */
export async function waitUntilReady(server: OwnedProcess, ready: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const end = server.end();
    if (end !== null) throw new StartFailed(explain(server, `it ended with ${end.signal ?? `code ${end.code}`}`), server.logFile);
    try {
      if (await ready()) return;
    } catch (error) {
      // The question itself failed, as with a wrong password: it will not heal by waiting.
      await server.stop(2_000);
      throw new StartFailed(explain(server, (error as Error).message), server.logFile);
    }
    if (Date.now() > deadline) {
      await server.stop(2_000);
      throw new StartFailed(explain(server, `it did not answer within ${timeoutMs / 1000} s`), server.logFile);
    }
    await Promise.race([server.ended, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
}

function explain(server: OwnedProcess, what: string): string {
  const lines = [`Cannot start ${server.name}: ${what}.`];
  const free = freeBytes(dirname(server.logFile));
  if (free < NEARLY_FULL_BYTES)
    lines.push(`The disk is full: ${Math.floor(free / 1024 / 1024)} MB are free at ${dirname(server.logFile)}.`);
  return [...lines, lastLines(server.logFile), `Log: ${server.logFile}`].filter((line) => line !== '').join('\n');
}

/** Bytes that an ordinary user can still write on the file system of a path. */
export function freeBytes(path: string): number {
  const stats = statfsSync(path);
  return stats.bavail * stats.bsize;
}

/** The end of a log, at most 4 kB and twelve lines. */
export function lastLines(logFile: string): string {
  const file = openSync(logFile, 'r');
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, 4096));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-12).join('\n');
  } finally {
    closeSync(file);
  }
}

import { existsSync, statSync, openSync, readSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startProcess, waitUntilReady } from './process.ts';
import { plainEnvironment, type Server } from './server.ts';

/** The clone that this code lies in; the apps are started from there. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** A laptop that trains at the same time starts an app slowly. */
const START_LIMIT_MS = 180_000;

/** How to start an app and how to tell that it is ready. */
export interface AppOptions {
  readonly python: string;
  readonly logFile: string;
  /** What the app reads of its environment; a few plain variables are added. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the API as a process of its own; ready when /healthz answers. @throws StartFailed */
export async function startApi(options: AppOptions, url: string): Promise<Server> {
  const api = await startApp('API', ['--import', '@swc-node/register/esm-register', 'apps/api/src/main.ts'], options);
  await waitUntilReady(api, () => isHealthy(url), START_LIMIT_MS);
  return { pid: api.pid, logFile: api.logFile, ended: api.ended, stop: () => api.stop() };
}

/** Starts the worker as a process of its own; ready when its log says so. @throws StartFailed */
export async function startWorker(options: AppOptions): Promise<Server> {
  const from = existsSync(options.logFile) ? statSync(options.logFile).size : 0;
  const worker = await startApp('worker', ['apps/worker/src/main.ts'], options);
  await waitUntilReady(worker, async () => readFrom(options.logFile, from).includes('"worker ready"'), START_LIMIT_MS);
  return { pid: worker.pid, logFile: worker.logFile, ended: worker.ended, stop: () => worker.stop() };
}

async function startApp(name: string, parameters: string[], options: AppOptions) {
  return await startProcess({
    name: `the ${name}`,
    python: options.python,
    command: [process.execPath, ...parameters],
    workingDirectory: repositoryRoot,
    logFile: options.logFile,
    environment: { ...plainEnvironment(), TMPDIR: process.env['TMPDIR'], ...options.environment },
  });
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet: ask again.
    return false;
  }
}

/** The log since the process was started, at most the first megabyte of it. */
function readFrom(path: string, offset: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(1024 * 1024);
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset)).toString('utf8');
  } finally {
    closeSync(file);
  }
}

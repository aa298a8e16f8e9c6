import { existsSync, rmSync } from 'node:fs';
import { takeFolderLock, type FolderLock } from './folder-lock.ts';
import { removePostgresFiles } from './postgres.ts';
import { endAll, identify, isAlive, processesOf } from './process-identity.ts';
import { freeBytes } from './process.ts';
import type { Server } from './server.ts';
import { stopOnSignals } from './signals.ts';
import { StackRefused, StackTaken } from './stack-errors.ts';
import {
  ensureSecrets,
  LAYOUT,
  prepareFolder,
  readSecrets,
  readState,
  stackPaths,
  writeOtherStore,
  writeState,
  type StackPaths,
  type StackState,
  type StoreAddress,
} from './stack-folder.ts';
import { describeParts } from './stack-parts.ts';
import { pickPorts } from './stack-ports.ts';
import { viewOf, type StackView } from './stack-view.ts';
import { supervise, type Part, type Supervised } from './supervise.ts';

/** What the stack is doing, for people. */
export interface StackProgress {
  readonly kind: 'starting' | 'ready' | 'restarting' | 'gave-up' | 'stopping' | 'stopped';
  /** Which part, as in `PostgreSQL`; `stack` for the whole. */
  readonly part: string;
  readonly message: string;
}

/** A stack that this process owns: it ends when this process ends. */
export interface OwnedStack extends StackView {
  /** Stops worker, jobs, API, servers, in this order. Resolves when nothing is left; calling it again is harmless. */
  stop(): Promise<void>;
  /** Resolves with the reason when a part ended too often and stays down; the rest still runs. Never rejects. */
  readonly failed: Promise<string>;
}

export interface StackOptions {
  /** Holds `.titrate/`. Must exist. */
  readonly folder: string;
  readonly onProgress?: (progress: StackProgress) => void;
  /** A Python with trainer and servers installed; the clone's own by default. */
  readonly python?: string;
  /** Where the API listens; a free port by default, the last one if possible. */
  readonly apiPort?: number;
  /** Threads that jobs may use together; half as much again as there are cores, so that evaluations find a place beside trainings that fill the machine. */
  readonly jobSlots?: number;
  /** Free disk below which the stack refuses to start, in bytes. 512 MB by default. */
  readonly neededBytes?: number;
  /** File with a `JobConfiguration`: jobs run where it says, such as in a cluster. On this machine by default. */
  readonly jobConfiguration?: string;
  /** How to reach the cluster of the jobs; that of the environment by default. */
  readonly kubeconfig?: string;
  /** An S3 store that is there already, such as one that the pods of a cluster reach; by default the stack starts its own. */
  readonly store?: StoreAddress;
  /** Leaves API and worker out, for those who start them from an editor. False by default. */
  readonly serversOnly?: boolean;
  /**
   * Whether SIGINT, SIGTERM and SIGHUP stop the stack and then exit (with 128 plus the signal's number), and a second
   * one forces. True by default; with false the caller calls `stop`.
   */
  readonly exitOnSignal?: boolean;
}

/** Free disk below which a stack refuses to start, unless it is told otherwise. */
export const NEEDED_BYTES = 512 * 1024 * 1024;

/**
 * Starts servers, API and worker for a folder, keeps them alive, and owns them. Resolves when all are ready.
 *
 * @throws StackTaken, StackRefused (disk, port, root's folder), LayoutRefused, StartFailed, BinaryMissing; nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<OwnedStack> {
  const paths = stackPaths(options.folder);
  const lock = await takeFolderLock(paths.root);
  if (lock === null) throw new StackTaken(options.folder);
  try {
    return await startLocked(options, paths, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The stack of a folder if it runs, or null. @throws LayoutRefused */
export function readStack(folder: string): StackView | null {
  if (!existsSync(folder)) return null;
  const paths = stackPaths(folder);
  const state = readState(paths);
  if (state?.phase !== 'running' || state.owner === null || !isAlive(state.owner)) return null;
  return viewOf(folder, paths, state.ports, state.owner.pid, readSecrets(paths), {});
}

async function startLocked(options: StackOptions, paths: StackPaths, lock: FolderLock): Promise<OwnedStack> {
  const progress = options.onProgress ?? (() => undefined);
  readState(paths);
  await clearLeftovers(paths);
  const { copy } = prepareFolder(paths);
  if (copy !== null) progress({ kind: 'starting', part: 'stack', message: `an older layout was migrated; its copy is at ${copy}` });
  checkDisk(paths, options.neededBytes ?? NEEDED_BYTES);
  const secrets = ensureSecrets(paths);
  writeOtherStore(paths, options.store ?? null);
  const ports = await pickPorts(readState(paths)?.ports ?? {}, options.apiPort);
  const view = viewOf(options.folder, paths, ports, process.pid, secrets, options);
  const parts = describeParts(paths, ports, secrets, options, view);

  const state: StackState = { layout: LAYOUT, phase: 'starting', owner: identify(process.pid), ports, processes: {} };
  const record = (change: Partial<StackState>) => writeState(paths, Object.assign(state, change));
  record({});

  let fail: (reason: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => (fail = resolve));
  const events = {
    onReady: (part: string, server: Server) => {
      record({ processes: { ...state.processes, [part]: identify(server.pid) ?? { pid: server.pid, startTime: '0' } } });
      progress({ kind: 'ready', part, message: `${part} is ready` });
    },
    onRestart: (part: string, delayMs: number, reason: string) =>
      progress({ kind: 'restarting', part, message: `${part}: ${reason}; starting it again in ${delayMs / 1000} s` }),
    onGaveUp: (part: string, reason: string) => {
      const message = `${part} ended too often and stays down: ${reason}. Logs: ${paths.logs}`;
      progress({ kind: 'gave-up', part, message });
      fail(message);
    },
  };

  const running = new Map<string, Supervised>();
  let stopped: Promise<void> | null = null;
  const stopAll = async (): Promise<void> => {
    progress({ kind: 'stopping', part: 'stack', message: 'stopping' });
    record({ phase: 'stopping' });
    await running.get('worker')?.stop();
    await endAll(processesOf(paths.jobs), 10_000);
    await running.get('API')?.stop();
    await Promise.all([...running.values()].map((part) => part.stop()));
    record({ phase: 'stopped', owner: null, processes: {} });
    await lock.release();
    forget();
    progress({ kind: 'stopped', part: 'stack', message: 'stopped' });
  };
  const stop = (): Promise<void> => (stopped ??= stopAll());
  const forget = options.exitOnSignal === false ? () => undefined : stopOnSignals(stop, () => Object.values(state.processes));

  const startPart = async (part: Part): Promise<void> => {
    if (stopped !== null) return;
    progress({ kind: 'starting', part: part.name, message: `starting ${part.name}` });
    running.set(part.name, await supervise(part, events));
  };
  /** Waits for all, also when one fails: what has started must be known to be stopped. */
  const startParts = async (list: Part[]): Promise<void> => {
    const outcomes = await Promise.allSettled(list.map(startPart));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
  try {
    await startParts(parts.servers);
    // Together: each of them makes the database's tables exist, under a lock.
    if (options.serversOnly !== true) await startParts([parts.worker, parts.api]);
  } catch (error) {
    await stop();
    throw error;
  }
  if (stopped !== null) {
    await stopped;
    throw new StackRefused('The stack was stopped while it was starting.');
  }
  record({ phase: 'running' });
  progress({ kind: 'ready', part: 'stack', message: `the stack is ready at ${view.apiUrl}` });
  return { ...view, stop, failed };
}

/** Ends what an owner left that was killed: the kernel ends servers and apps, jobs notice by themselves; this makes sure. */
async function clearLeftovers(paths: StackPaths): Promise<void> {
  const state = readState(paths);
  const left = Object.values(state?.processes ?? {}).filter(isAlive);
  await endAll([...left, ...processesOf(paths.jobs)], 5_000);
}

function checkDisk(paths: StackPaths, needed: number): void {
  const free = freeBytes(paths.root);
  if (free < needed) {
    throw new StackRefused(
      `Cannot start the stack as ${paths.root} must have ${Math.ceil(needed / 1024 / 1024)} MB of free disk: current value is ${Math.floor(free / 1024 / 1024)} MB`,
    );
  }
}

/** Removes everything of a folder's stack, the data included. @throws StackTaken while it runs */
export async function removeStack(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const paths = stackPaths(folder);
  const lock = await takeFolderLock(paths.root);
  if (lock === null) throw new StackTaken(folder);
  try {
    await endAll(processesOf(paths.root), 5_000);
    removePostgresFiles(paths.postgres);
    rmSync(paths.root, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

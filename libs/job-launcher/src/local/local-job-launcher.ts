import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { access, constants, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JobProfile } from '@titrate/contracts';
import { JobNotLaunched, JobRefused } from '../errors.ts';
import type { JobLauncher, JobListing, JobRequest, JobStatus } from '../job-launcher.ts';
import { checkProfile, mustBePositive } from '../profile-checks.ts';
import { classifyEnd } from './classify-end.ts';
import { codeOf, makeFolder, readRecord, writeNewRecord } from './job-folder.ts';
import { readLastLines, readPiece } from './job-log.ts';
import { isAlive, kill, killCarriers, startTimeOf, type ProcessIdentity } from './processes.ts';

/** How jobs are run on this machine. All launchers of one directory, in any process, see and re-adopt the same jobs. */
export interface LocalJobLauncherOptions {
  /** One sub-folder per job; made when it is absent. */
  readonly directory: string;
  /** The Python that runs supervisors and the trainer. */
  readonly python: string;
  /** Folder that holds the `trainer` package. */
  readonly trainerHome: string;
  /** Threads that the jobs of the directory may use together. */
  readonly slots: number;
  /** Jobs end when this process is gone; null when nobody owns them. */
  readonly ownerPid: number | null;
  /** The whole environment of a job, secrets included: nothing is inherited, and none of it is written to a file. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a job runs; the trainer unless a test says otherwise. */
  readonly command?: (jobFile: string, profile: JobProfile) => readonly string[];
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
/** Marks the processes of a job; the same name stands in `supervise.py`. */
const mark = (folder: string): string => `TITRATE_JOB_FOLDER=${folder}`;

/** A supervisor that has not said its name by then does not work. */
const supervisorStartMs = 20_000;
/** The supervisor's grace of 5 s, and as much again for it to act and to write. */
const supervisorStopMs = 10_000;
const lookMs = 50;

/**
 * Runs each job as processes of this machine below a supervisor that outlives the caller (`supervise.py` tells how).
 *
 * @throws JobRefused when the slots are no positive number, JobNotLaunched when the directory cannot be made or the owner is not alive.
 */
export function createLocalJobLauncher(options: LocalJobLauncherOptions): JobLauncher {
  mustBePositive('slots', options.slots);
  const directory = makeDirectory(options.directory);
  const owner = options.ownerPid === null ? null : identityOf(options.ownerPid);
  const folderOf = (name: string): string => join(directory, validName(name));

  const launcher: JobLauncher = {
    async launch(request) {
      const folder = folderOf(request.name);
      const slots = slotsOf(request, options.slots);
      const command = (options.command ?? trainerCommand(options.python))(join(folder, 'job.json'), request.profile);
      if (!(await exists(folder)))
        await makeFolder(directory, request.name, request.document, { version: 1, command, slots, totalSlots: options.slots, owner });
      await ensureSupervisor(folder, options, request.profile);
    },
    status: async (name) => statusOf(folderOf(name)),
    async stop(name, failure) {
      const folder = folderOf(name);
      const { kind } = await statusOf(folder);
      if (kind === 'unknown' || kind === 'ended') return;
      await writeNewRecord(folder, 'stop.json', { failure });
      await ensureSupervisor(folder, options, { threadsPerProcess: 1 });
      await untilEnded(folder);
    },
    async log(name, offset) {
      const folder = folderOf(name);
      const complete = (await readRecord(folder, 'exit.json')) !== null;
      return readPiece(join(folder, 'log'), offset, complete);
    },
    async forget(name) {
      const folder = folderOf(name);
      if ((await statusOf(folder)).kind !== 'ended') return;
      // Renamed first: whoever looks sees the whole job or none.
      const leaving = join(directory, `.forgotten-${name}`);
      await rename(folder, leaving);
      await rm(leaving, { recursive: true, force: true });
    },
    async check(use) {
      await mustAllow(directory, constants.R_OK | (use === 'run' ? constants.W_OK : 0), 'hold the folders of jobs');
      if (use === 'read') return `processes of this machine, below ${directory}`;
      // A bare name is looked up on the PATH by whoever starts it.
      if (options.python.includes('/')) await mustAllow(options.python, constants.X_OK, 'be the Python that runs jobs');
      await mustAllow(join(options.trainerHome, 'trainer'), constants.R_OK, 'hold the trainer');
      return `processes of this machine, ${options.slots} threads at a time, below ${directory}`;
    },
    async list() {
      const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
      return (await Promise.all(names.map((name) => listingOf(name, folderOf(name))))).filter((listing) => listing !== null);
    },
  };
  return launcher;
}

/** @throws JobNotLaunched when a path is not there, or this process may not use it so. */
async function mustAllow(path: string, mode: number, rule: string): Promise<void> {
  try {
    await access(path, mode);
  } catch (error) {
    throw new JobNotLaunched(`Cannot run jobs as ${path} must ${rule}: ${(error as Error).message}`);
  }
}

/** The trainer: one process, or torchrun through a wrapper that keeps the failed rank's exit code. */
function trainerCommand(python: string): (jobFile: string, profile: JobProfile) => readonly string[] {
  return (jobFile, profile) => {
    const ranks = ranksOf(profile);
    if (ranks === 1) return [python, '-m', 'trainer', jobFile];
    return [python, '-m', 'trainer.ranks', '--standalone', '--nproc-per-node', String(ranks), '-m', 'trainer', jobFile];
  };
}

/** Starts the job's supervisor unless it has, or had, one; resolves when it has taken office. Of two that race one gives way. */
async function ensureSupervisor(
  folder: string,
  options: LocalJobLauncherOptions,
  profile: Pick<JobProfile, 'threadsPerProcess'>,
): Promise<void> {
  if ((await readRecord(folder, 'supervisor.json')) !== null) return;
  const log = await open(join(folder, 'log'), 'a', 0o600);
  try {
    // -E and -S: neither the job's PYTHONPATH nor installed packages reach the supervisor.
    const supervisor = spawn(options.python, ['-E', '-S', '-B', here('supervise.py'), folder], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...options.environment, ...trainerEnvironment(options, profile.threadsPerProcess) },
    });
    await once(supervisor, 'spawn');
    supervisor.unref();
  } catch (error) {
    throw new JobNotLaunched(`Cannot launch the job in ${folder} as ${options.python} must be executable: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await log.close();
  }
  await untilSupervised(folder);
}

function trainerEnvironment({ trainerHome }: LocalJobLauncherOptions, threads: number): Record<string, string> {
  const count = String(threads);
  // RAYON: the tokenizers library counts its threads by that name.
  return { PYTHONPATH: trainerHome, PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8', OMP_NUM_THREADS: count, RAYON_NUM_THREADS: count };
}

async function untilSupervised(folder: string): Promise<void> {
  const deadline = Date.now() + supervisorStartMs;
  while ((await readRecord(folder, 'supervisor.json')) === null) {
    if (Date.now() > deadline) {
      const lines = await readLastLines(join(folder, 'log'));
      throw new JobNotLaunched(
        `Cannot launch the job in ${folder} as its supervisor must start within ${supervisorStartMs / 1000} s: ${lines}`,
      );
    }
    await sleep(lookMs);
  }
}

async function statusOf(folder: string): Promise<JobStatus> {
  if (!(await exists(folder))) return { kind: 'unknown' };
  const ended = await endOf(folder);
  if (ended) return ended;
  const supervisor = await readRecord(folder, 'supervisor.json');
  if (supervisor === null) return { kind: 'waiting', reason: 'its supervisor is starting' };
  if (!isAlive(supervisor)) return settle(folder);
  const running = await readRecord(folder, 'running.json');
  if (running) return { kind: 'running', startedAt: running.startedAt };
  const launch = (await readRecord(folder, 'launch.json'))!;
  return { kind: 'waiting', reason: `it needs ${launch.slots} of ${launch.totalSlots} slots, in order of arrival` };
}

async function listingOf(name: string, folder: string): Promise<JobListing | null> {
  const status = await statusOf(folder);
  // Forgotten between the listing and the look.
  if (status.kind === 'unknown') return null;
  const { birthtime } = await stat(join(folder, 'launch.json'));
  return { name, ended: status.kind === 'ended', launchedAt: birthtime.toISOString() };
}

async function endOf(folder: string): Promise<JobStatus | null> {
  const record = await readRecord(folder, 'exit.json');
  return record && { kind: 'ended', end: classifyEnd(record, await readLastLines(join(folder, 'log'))) };
}

/** The supervisor is gone. Unless it recorded an end just before, what is left of the job is ended, and that is the end. */
async function settle(folder: string): Promise<JobStatus> {
  await killCarriers(mark(folder));
  const stop = await readRecord(folder, 'stop.json');
  const endedAt = new Date().toISOString();
  const lost = { version: 1, exitCode: null, signal: null, endedAt, oomKilled: false, stopped: stop?.failure ?? null, lost: true } as const;
  await writeNewRecord(folder, 'exit.json', lost);
  return (await endOf(folder))!;
}

/** Waits for the supervisor to end the job; one that does not answer is killed, and the job with it. */
async function untilEnded(folder: string): Promise<void> {
  const deadline = Date.now() + supervisorStopMs;
  while ((await statusOf(folder)).kind !== 'ended') {
    if (Date.now() > deadline) kill((await readRecord(folder, 'supervisor.json'))!);
    await sleep(lookMs);
  }
}

function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // One spelling for all launchers: the marks of processes hold it.
    return realpathSync(directory);
  } catch (error) {
    throw new JobNotLaunched(`Cannot run jobs as ${directory} must be a folder that can be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function identityOf(pid: number): ProcessIdentity {
  const startTime = startTimeOf(pid);
  if (startTime === null) throw new JobNotLaunched(`Cannot run jobs as their owner must be alive: there is no process ${pid}`);
  return { pid, startTime };
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The name becomes a folder, so it must be one plain word. */
function validName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(name)) return name;
  throw new JobRefused(
    `Cannot name a job as the name must be 1 to 200 letters, digits, dots, hyphens or underscores: current value is "${name.slice(0, 250)}"`,
  );
}

const ranksOf = ({ nodes, processesPerNode }: JobProfile): number => nodes * processesPerNode;

function slotsOf({ name, profile }: JobRequest, total: number): number {
  checkProfile(profile);
  const slots = ranksOf(profile) * profile.threadsPerProcess;
  if (slots <= total) return slots;
  throw new JobRefused(
    `Cannot launch job ${name} as its ranks times threads must be at most ${total}, the slots of this machine: current value is ${slots}`,
  );
}

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDocument } from '@titrate/contracts';
import { JobNotLaunched } from '../errors.ts';
import type { ProcessIdentity } from './processes.ts';

/** What the supervisor must know; the page of `supervise.py` lists all files of a folder. No secrets: those stand in the environment only. */
export interface LaunchRecord {
  readonly version: 1;
  readonly command: readonly string[];
  readonly slots: number;
  readonly totalSlots: number;
  readonly owner: ProcessIdentity | null;
}

/** How a job ended, as its supervisor saw it, or as the launcher settled it when the supervisor was gone (`lost`). */
export interface ExitRecord {
  readonly version: 1;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly endedAt: string;
  readonly oomKilled: boolean;
  readonly stopped: 'stopped' | 'hung' | 'owner-gone' | 'terminated' | null;
  readonly lost?: true;
}

/** Names of the files that this side reads. */
interface Records {
  'launch.json': LaunchRecord;
  'supervisor.json': ProcessIdentity & { readonly place: number; readonly slots: number };
  'running.json': { readonly startedAt: string };
  'exit.json': ExitRecord;
  'stop.json': { readonly failure: 'stopped' | 'hung' };
}

/** A record of a job's folder, or null when it is not there yet. Records are written whole, so what is there is complete. */
export async function readRecord<F extends keyof Records>(folder: string, file: F): Promise<Records[F] | null> {
  try {
    return JSON.parse(await readFile(join(folder, file), 'utf8')) as Records[F];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a record unless there is one: of two writers the first wins, and no reader sees half of it. */
export async function writeNewRecord<F extends keyof Records>(folder: string, file: F, value: Records[F]): Promise<void> {
  const temporary = join(folder, `.${file}.${randomUUID()}`);
  await writeFile(temporary, JSON.stringify(value), { flush: true });
  try {
    await link(temporary, join(folder, file));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
}

/**
 * Makes a job's folder with all that its supervisor needs, in one rename: it is there whole or not at all. A folder that is there
 * already is left as it is.
 *
 * @throws JobNotLaunched when the disk is full or refuses.
 */
export async function makeFolder(directory: string, name: string, document: JobDocument, launch: LaunchRecord): Promise<void> {
  const temporary = join(directory, `.new-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await writeFile(join(temporary, 'job.json'), JSON.stringify(document), { flush: true });
    await writeFile(join(temporary, 'launch.json'), JSON.stringify(launch), { flush: true });
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Folders cannot be renamed over one that holds files: somebody made this job before.
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return;
    const why = codeOf(error) === 'ENOSPC' ? 'the disk is full' : (error as Error).message;
    throw new JobNotLaunched(`Cannot launch job ${name} as its folder must be written below ${directory}: ${why}`, { cause: error });
  }
}

/** The system's code of a file error, as in ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

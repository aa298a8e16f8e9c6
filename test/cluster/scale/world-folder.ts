import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removePostgresFiles, takeFolderLock, type FolderLock } from '@titrate/embedded-stack';

const PREFIX = `titrate-scale-${process.getuid?.() ?? 0}-`;
/** Folders of database servers, which keep files outside as well. */
export const DATABASES = ['records', 'histories'] as const;

/** Where one measurement keeps its files: ours as long as the lock is held. */
export interface WorldFolder {
  readonly path: string;
  /** Removes the files; all processes of the world must be gone. */
  remove(): Promise<void>;
}

/** Makes a folder for a measurement, and removes those of measurements that were killed: their processes ended with them. */
export async function makeWorldFolder(): Promise<WorldFolder> {
  await sweepWorldFolders();
  const path = join(tmpdir(), `${PREFIX}${randomBytes(4).toString('hex')}`);
  // Locked before it is there: a measurement that starts at the same time would take it for one that was left behind.
  const lock = await takeFolderLock(path);
  if (lock === null) return makeWorldFolder();
  mkdirSync(path, { mode: 0o700 });
  return { path, remove: () => remove(path, lock) };
}

async function sweepWorldFolders(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const path of names.map((name) => join(tmpdir(), name))) {
    const lock = await takeFolderLock(path);
    if (lock !== null) await remove(path, lock);
  }
}

async function remove(path: string, lock: FolderLock): Promise<void> {
  // Which files outside are a database's follows from its folder, as long as that is there.
  for (const name of DATABASES) removePostgresFiles(join(path, name));
  rmSync(path, { recursive: true, force: true });
  await lock.release();
}

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { takeFolderLock, type FolderLock } from '@titrate/embedded-stack';
import { removeCgroup } from './cgroups.ts';
import { restoreKernelSettings } from './kernel-settings.ts';

const PREFIX = `titrate-rig-${process.getuid?.() ?? 0}-`;

/** What others may read of a running rig: `rig.json` in its folder. */
export interface RigDescription {
  readonly version: 1;
  /** The process that holds the rig; ending it ends the rig. */
  readonly pid: number;
  readonly kubeconfig: string;
  readonly kubectl: readonly string[];
  /** Socket that takes orders for faults. */
  readonly control: string;
  /** Control group of the pods. */
  readonly cgroup: string;
  /** Why there is no real node; null when there is one. */
  readonly realNodeMissing: string | null;
  /** What tests get to know, as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The folder of one rig, ours as long as the lock is held. */
export interface RigFolder {
  readonly path: string;
  /** Name of the rig's control group. */
  readonly cgroup: string;
  readonly lock: FolderLock;
}

function rigFolders(): string[] {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => join(tmpdir(), name));
}

/** Makes a folder for a new rig. */
export async function makeRigFolder(): Promise<RigFolder> {
  const path = join(tmpdir(), `${PREFIX}${randomBytes(3).toString('hex')}`);
  // Locked before it is there: a rig that starts at the same time would take it for one that was left behind.
  const lock = await takeFolderLock(path);
  if (lock === null) return await makeRigFolder();
  mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 });
  return { path, cgroup: basename(path), lock };
}

/** Removes a rig's files and its control group, and sets the machine back to how it was. All its processes must be gone. */
export async function removeRigFolder(folder: RigFolder): Promise<void> {
  restoreKernelSettings(folder.path);
  removeCgroup(folder.cgroup);
  rmSync(folder.path, { recursive: true, force: true });
  await folder.lock.release();
}

/** Removes what rigs left whose process was killed. The kernel has ended their processes and taken back mounts and networks. */
export async function sweepRigFolders(): Promise<string[]> {
  const swept: string[] = [];
  for (const path of rigFolders()) {
    const lock = await takeFolderLock(path);
    if (lock === null) continue;
    await removeRigFolder({ path, cgroup: basename(path), lock });
    swept.push(path);
  }
  return swept;
}

/** Tells others of a rig that is up. */
export function writeDescription(folder: string, description: RigDescription): void {
  writeFileSync(join(folder, 'rig.json'), JSON.stringify(description, null, 2), { mode: 0o600 });
}

/** Reads what a rig tells of itself. */
export function readDescription(folder: string): RigDescription {
  return JSON.parse(readFileSync(join(folder, 'rig.json'), 'utf8')) as RigDescription;
}

/** Rigs that are up now, the newest last. */
export async function runningRigs(): Promise<{ folder: string; description: RigDescription }[]> {
  const running: { folder: string; description: RigDescription }[] = [];
  for (const folder of rigFolders().filter((path) => existsSync(join(path, 'rig.json')))) {
    const lock = await takeFolderLock(folder);
    if (lock === null) running.push({ folder, description: readDescription(folder) });
    else await lock.release();
  }
  return running;
}

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { takeFolderLock, type FolderLock } from '@titrate/embedded-stack';
import type { Say } from './commands.ts';

/** Holds programs and images between runs: TITRATE_CLUSTER_CACHE, or a folder of the user's cache. */
export function cacheFolder(): string {
  return process.env['TITRATE_CLUSTER_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'titrate/cluster');
}

/** Runs work while no other process works in the folder; waits for one that does. */
export async function withFolder<T>(folder: string, say: Say, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  let lock = await takeFolderLock(folder);
  if (lock === null) say(`another process fills ${folder}; waiting for it`);
  while (lock === null) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    lock = await takeFolderLock(folder);
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** A folder that this process alone uses as long as it holds the lock. */
export interface Slot {
  readonly folder: string;
  readonly lock: FolderLock;
}

/** Takes the first folder `PARENT/0`, `PARENT/1`, ... that no other process holds. What earlier holders left is still in it. */
export async function takeSlot(parent: string): Promise<Slot> {
  for (let index = 0; ; index += 1) {
    const folder = join(parent, String(index));
    const lock = await takeFolderLock(folder);
    if (lock === null) continue;
    mkdirSync(folder, { recursive: true });
    return { folder, lock };
  }
}

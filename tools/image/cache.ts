import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where roots and dependencies are kept between builds. Nothing in it is needed: what is removed is made again. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'titrate', 'images');

/** Hexadecimal sha256. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * A folder that is made once for what `inputs` say. `make` fills a folder beside it, which takes the name only when it
 * is whole: an interrupted build leaves nothing that looks finished, and of two builds at a time the first one wins.
 */
export async function cached(name: string, inputs: readonly unknown[], make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder, `${name}-${sha256(JSON.stringify(inputs)).slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const beside = `${folder}.${randomBytes(4).toString('hex')}`;
  await mkdir(beside, { recursive: true });
  try {
    await make(beside);
    await rename(beside, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return folder;
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';

const run = promisify(execFile);

/** Debian's package; its programs need no other one, so that it is unpacked and not installed. */
const PACKAGE = 'prometheus';
const cache = join(process.env['TITRATE_SYSTEM_CACHE'] ?? join(homedir(), '.cache/titrate/system'), PACKAGE);

export interface Prometheus {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Prometheus and promtool: those on the PATH, or of Debian's package, unpacked into a cache; the reason where there are none. */
export async function findPrometheus(): Promise<Prometheus | { readonly missing: string }> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(cache, 'usr/bin')];
  const found = programsIn(folders);
  if (found !== null) return found;
  try {
    await fetchPackage();
  } catch (error) {
    return { missing: `Prometheus is not on the PATH, and its Debian package could not be had: ${(error as Error).message.trim()}` };
  }
  return programsIn([join(cache, 'usr/bin')]) ?? { missing: `the Debian package of Prometheus holds no program: ${cache}` };
}

function programsIn(folders: readonly string[]): Prometheus | null {
  const folder = folders.find((folder) => ['prometheus', 'promtool'].every((name) => existsSync(join(folder, name))));
  return folder === undefined ? null : { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
}

async function fetchPackage(): Promise<void> {
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const download = () => run('apt-get', ['download', '-q', PACKAGE], { cwd: cache });
  // The lists of packages may be missing or old: without root nobody can renew them.
  await download().catch(async () => {
    await run('apt-get', ['update', '-q']);
    await download();
  });
  const [archive] = readdirSync(cache).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['--extract', join(cache, archive ?? ''), cache]);
}

/** Tests that need Prometheus; where there is none they are left out by name, with the reason. */
export async function describeWithPrometheus(name: string, tests: (programs: Prometheus) => void): Promise<void> {
  const found = await findPrometheus();
  if ('missing' in found) describe.skip(`${name} (left out: ${found.missing})`, () => tests({ prometheus: '', promtool: '' }));
  else describe(name, () => tests(found));
}

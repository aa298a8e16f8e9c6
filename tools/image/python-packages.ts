import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error set-up is plain JavaScript, as it runs before anything is installed
import { uvEnvironment } from '../setup/mirrors.mjs';
// @ts-expect-error likewise
import { findPython, onPath } from '../setup/platform.mjs';
import { cached } from './cache.ts';
import type { DebianRoot } from './debian-root.ts';
import { folderLayer, measured, type Layer } from './layer.ts';
import { run } from './processes.ts';

/** Two trees of one environment at /opt/titrate/venv: PyTorch with CUDA, which changes seldom, and all other libraries. */
export interface PythonEnvironment {
  readonly layers: readonly Layer[];
  /** The site-packages folders, where each distribution's metadata lies. */
  readonly sites: readonly string[];
}

const SITE = 'opt/titrate/venv/lib/python3.11/site-packages';

/**
 * Installs a lock file as the image's environment, pruned and compiled to byte code (the image's root is read-only, so
 * byte code that is not there is compiled anew at each start). Files are hard links into uv's cache where that is on the
 * same disk, so the several gigabytes lie on it once.
 */
export async function pythonEnvironment(root: string, lock: string, debian: DebianRoot): Promise<PythonEnvironment> {
  const arrange = join(root, 'images/trainer/environment.sh');
  const inputs = [await readFile(lock, 'utf8'), await readFile(arrange, 'utf8'), debian.layer.digest];
  const folder = await cached('python', inputs, async (beside) => {
    const trees = [join(beside, 'libraries'), join(beside, 'pytorch')];
    await mkdir(join(beside, 'libraries', SITE), { recursive: true });
    await install(lock, join(beside, 'libraries', SITE));
    await run('sh', [arrange, ...trees, ...pythonOf(debian)], { env: pythonSurroundings(debian) });
  });
  const layerOf = async (name: string, comment: string): Promise<Layer> =>
    await measured(folderLayer(comment, join(folder, name)), join(folder, `${name}.json`));
  const layers = [await layerOf('pytorch', 'PyTorch with CUDA'), await layerOf('libraries', 'Python libraries')];
  return { layers, sites: [join(folder, 'pytorch', SITE), join(folder, 'libraries', SITE)] };
}

/**
 * Compiles a folder of the image with the image's own Python, whatever Python this machine has. Byte code carries no time
 * and is never compared with its source: both would change from build to build, or cost at each start.
 */
export async function compile(debian: DebianRoot, image: string, path: string): Promise<void> {
  const [loader = '', ...python] = pythonOf(debian);
  const options = ['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', '-s', image, '-p', '/'];
  await run(loader, [...python, ...options, join(image, path)], { env: pythonSurroundings(debian) });
}

/** A root's Python as a command of this machine: its own loader finds its own libraries, with no rights and no chroot. */
function pythonOf({ folder }: DebianRoot): string[] {
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  return [join(folder, 'lib64/ld-linux-x86-64.so.2'), '--library-path', libraries, join(folder, 'usr/bin/python3.11')];
}

const pythonSurroundings = ({ folder }: DebianRoot): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PYTHONHOME: join(folder, 'usr'),
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
});

async function install(lock: string, target: string): Promise<void> {
  const exact = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '--no-compile-bytecode'];
  const platform = ['--python-version', '3.11', '--python-platform', 'x86_64-manylinux_2_36'];
  await run(uv(), ['pip', 'install', '--quiet', ...exact, ...platform, '--target', target, '--requirement', lock], {
    env: uvEnvironment(findPython()),
  });
}

/** uv from the PATH, or the one that set-up fetched. */
function uv(): string {
  const found = onPath('uv');
  if (found !== null) return found;
  const version = `uv-${/^uv==(\S+)/m.exec(readFileSync(new URL('../setup/uv.txt', import.meta.url), 'utf8'))?.[1]}`;
  const fetched = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'titrate', version);
  if (existsSync(fetched)) return fetched;
  throw new Error(
    `Cannot install Python packages as uv must be on the PATH or at ${fetched}: run \`node tools/setup/run.mjs setup\` first`,
  );
}

import { spawn, type StdioOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from './build.ts';
import { cacheFolder, withFolder } from './cache.ts';
import { repositoryRoot, run, type Say } from './commands.ts';
import { tar, writeImage, type TarEntry } from './oci.ts';

/** An archive to import, and what tells it from an older one of the same name. */
export interface ImageFile {
  readonly name: string;
  readonly file: string;
  readonly stamp: string;
}

/** Holds the namespaces of a pod. */
export const PAUSE_IMAGE = 'localhost/titrate-rig/pause:1';

/** Debian's Python and nothing else: for pods whose program a test writes. */
export const PYTHON_IMAGE = 'localhost/titrate-rig/python:1';

/** The image in which trainings run, as it is shipped. */
export const TRAINER_IMAGE = 'localhost/titrate-rig/trainer:1';

const PATH = '/opt/titrate/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const USER = '65532:65532';

/** What Debian leaves to the scripts of its packages, which are not run here. */
const python: readonly TarEntry[] = [
  { path: 'opt/titrate/venv/bin/python', link: '/usr/bin/python3' },
  { path: 'usr/bin/python', link: 'python3' },
  { path: 'etc/passwd', content: Buffer.from('root:x:0:0::/root:/bin/sh\ntitrate:x:65532:65532::/nonexistent:/bin/sh\n') },
  { path: 'etc/group', content: Buffer.from('root:x:0:\ntitrate:x:65532:\n') },
];

/** The archives that every rig with a real node imports; made once. */
export async function ensureImages(programs: Programs, say: Say): Promise<ImageFile[]> {
  const suite = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const recipe = JSON.stringify([
    suite,
    python.map((entry) => ('link' in entry ? entry : entry.path)),
    PATH,
    USER,
    statSync(programs.pause).size,
  ]);
  const folder = join(cacheFolder(), 'images', createHash('sha256').update(recipe).digest('hex').slice(0, 16));
  const files = { pause: join(folder, 'pause.tar'), python: join(folder, 'python.tar') };
  if (!existsSync(files.pause) || !existsSync(files.python)) {
    await withFolder(folder, say, async () => {
      makePause(files.pause, programs);
      await makePython(files.python, folder, suite, say);
    });
  }
  return [describeFile(PAUSE_IMAGE, files.pause), describeFile(PYTHON_IMAGE, files.python)];
}

/**
 * Assembles the trainer's image from the sources as they are now, straight into a containerd. Minutes and gigabytes the first
 * time, seconds when only sources of the trainer changed. @throws Error with the exit code; what went wrong is on stderr
 */
export async function importTrainerImage(socket: string, say: Say): Promise<void> {
  say('assembling and importing the image of the trainer: about 10 min and 10 GB of disk the first time, seconds later');
  const command = ['tools/image/assemble.ts', 'trainer', '--name', TRAINER_IMAGE, '--containerd', socket];
  const options = { cwd: repositoryRoot, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 2, 2] as StdioOptions };
  const child = spawn(process.execPath, command, options);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`Cannot go on as the trainer's image must be assembled: it ended with ${code ?? 'a signal'}`);
}

function describeFile(name: string, file: string): ImageFile {
  const { size, mtimeMs } = statSync(file);
  return { name, file, stamp: `${size} ${mtimeMs}` };
}

function makePause(file: string, programs: Programs): void {
  const program = { path: 'pause', mode: 0o755, content: readFileSync(programs.pause) };
  writeImage(`${file}.half`, { name: PAUSE_IMAGE, layers: [tar([program])], path: '/', command: ['/pause'], user: USER });
  renameSync(`${file}.half`, file);
}

async function makePython(file: string, folder: string, suite: string, say: Say): Promise<void> {
  say('making an image with Python from Debian packages, once: about 10 s');
  const root = join(folder, 'python-root.tar');
  mkdirSync(folder, { recursive: true });
  await run(['mmdebstrap', '--quiet', '--variant=extract', '--include=python3,dash,coreutils', suite, root]);
  writeImage(`${file}.half`, {
    name: PYTHON_IMAGE,
    layers: [readFileSync(root), tar(python)],
    path: PATH,
    command: ['python'],
    user: USER,
  });
  renameSync(`${file}.half`, file);
  rmSync(root);
}

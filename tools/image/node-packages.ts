import { cp, mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached } from './cache.ts';
import { folderLayer, measured, type Layer } from './layer.ts';
import { run } from './processes.ts';

/** The npm packages of the control plane below /opt/titrate, Node itself among them; a workspace may have some of its own. */
export interface NodeEnvironment {
  readonly layer: Layer;
  /** npm's record of what it installed: versions, licences, digests. */
  readonly record: string;
  /** Folders of the workspace that the apps import, themselves among them, relative to its root. */
  readonly packages: readonly string[];
}

/** The programs of the image. */
const APPS = ['@titrate/api', '@titrate/worker'];
const PLACE = 'opt/titrate/node_modules';

/** Installs what the lock file names for the apps in production, without running any package's scripts. */
export async function nodeEnvironment(root: string): Promise<NodeEnvironment> {
  const prune = join(root, 'images/control-plane/prune.sh');
  const inputs = [await readFile(join(root, 'package-lock.json'), 'utf8'), await readFile(prune, 'utf8'), APPS, PLACE];
  const folder = await cached('node', inputs, async (beside) => {
    const staging = join(beside, 'image/opt/titrate');
    await copyManifests(root, staging);
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel', 'error', '--progress', 'false'];
    const chosen = [...APPS.flatMap((name) => ['--workspace', name]), '--include-workspace-root'];
    // As in set-up: `npm ci` refuses lock files that were made from a registry without other platforms' packages.
    await run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet, ...chosen], { cwd: staging });
    await cp(join(staging, 'node_modules/.package-lock.json'), join(beside, 'record.json'));
    await run('sh', [prune, staging]);
    await removeManifests(staging);
  });
  const layer = await measured(folderLayer('Node and npm packages', join(folder, 'image')), join(folder, 'layer.json'));
  return { layer, record: join(folder, 'record.json'), packages: await linkedPackages(join(folder, 'image', PLACE)) };
}

async function copyManifests(root: string, staging: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> };
  const workspaces = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'));
  const files = ['package.json', 'package-lock.json', '.npmrc', ...workspaces.map((path) => join(path, 'package.json'))];
  for (const file of files) {
    await mkdir(dirname(join(staging, file)), { recursive: true });
    await cp(join(root, file), join(staging, file));
  }
}

/** The manifests belong to the sources, which have a layer of their own. */
async function removeManifests(staging: string): Promise<void> {
  await run('find', [staging, '-name', 'node_modules', '-prune', '-o', '-type', 'f', '-exec', 'rm', '{}', '+']);
  await run('find', [staging, '-mindepth', '1', '-type', 'd', '-empty', '-delete']);
}

/** npm links the workspace's packages that were asked for, and those that they need. */
async function linkedPackages(modules: string): Promise<string[]> {
  const scope = join(modules, '@titrate');
  const targets = await Promise.all((await readdir(scope)).map((name) => readlink(join(scope, name))));
  return targets.map((target) => target.replace(/^(\.\.\/)+/, '')).sort();
}

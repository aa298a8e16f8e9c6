import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, withFolder } from './cache.ts';
import { attempt, repositoryRoot, RigRefused, run, type Say } from './commands.ts';

const sources = join(repositoryRoot, 'test/cluster/programs');
const VERSION = 'v1.36.3';
const stamp = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;

/** Without them the API server tells v0.0.0, which clients refuse. */
const kubernetesVersion = [
  stamp('gitVersion', VERSION),
  stamp('gitMajor', '1'),
  stamp('gitMinor', '36'),
  `-X k8s.io/client-go/pkg/version.gitVersion=${VERSION}`,
].join(' ');

/** What is built, and for how long on two cores with an empty build cache, measured one after the other. */
const programs = [
  { name: 'hyperkube', package: './hyperkube', seconds: 480, flags: kubernetesVersion },
  { name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', seconds: 17, flags: '' },
  { name: 'coredns', package: './coredns', seconds: 21, flags: '' },
  { name: 'helm', package: 'helm.sh/helm/v4/cmd/helm', seconds: 25, flags: '' },
  { name: 'kubeconform', package: 'github.com/yannh/kubeconform/cmd/kubeconform', seconds: 2, flags: '' },
] as const;
type Program = (typeof programs)[number];

const environment = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local', GOWORK: 'off' };

/** kwok's stages that are used as they are. */
const stages = ['node/fast/node-initialize', 'node/heartbeat-with-lease/node-heartbeat-with-lease', 'pod/fast/pod-ready'];

/** Paths of the programs, and of kwok's stages as files. */
export type Programs = Readonly<Record<Program['name'], string>> & { readonly folder: string; readonly stages: readonly string[] };

/**
 * Builds the programs of a cluster that are not there yet, into a folder of the user's cache that is named after everything
 * that decides what comes out. With all there it takes a moment.
 *
 * @throws RigRefused when Go is missing or too old
 */
export async function buildPrograms(say: Say): Promise<Programs> {
  const go = await checkGo();
  const folder = join(cacheFolder(), 'programs', keyOf(go));
  const path = (name: string): string => join(folder, name);
  const missing = (): Program[] => programs.filter(({ name }) => !existsSync(path(name)));
  const stageFiles = stages.map((stage) => path(`${stage.split('/').at(-1)}.yaml`));
  if (missing().length > 0 || !stageFiles.every((file) => existsSync(file))) {
    await withFolder(folder, say, async () => {
      await buildAll(missing(), folder, say);
      await copyStages(stageFiles);
    });
  }
  const paths = Object.fromEntries(programs.map(({ name }) => [name, path(name)])) as Record<Program['name'], string>;
  return { ...paths, folder, stages: stageFiles };
}

/** The version of Go. @throws RigRefused */
async function checkGo(): Promise<string> {
  const answer = await attempt(['go', 'env', 'GOVERSION'], { directory: '/', environment }).catch(() => null);
  const version = answer?.code === 0 ? answer.stdout.trim() : null;
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (version !== null && (Number(major) > 1 || Number(minor) >= 26)) return version;
  throw new RigRefused(
    `Cannot build a cluster's programs as Go must be 1.26 or newer and on the PATH: current value is ${version ?? 'none'}. ` +
      'Install it from https://go.dev/dl, or name a cluster of your own in TITRATE_TEST_KUBECONFIG.',
  );
}

function keyOf(goVersion: string): string {
  const hash = createHash('sha256').update(JSON.stringify([goVersion, environment, programs, stages]));
  const files = ['go.mod', 'go.sum', ...globSync('**/*.go', { cwd: sources }).sort()];
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 16);
}

async function buildAll(list: readonly Program[], folder: string, say: Say): Promise<void> {
  const seconds = list.reduce((sum, program) => sum + program.seconds, 0) * Math.max(0.25, 2 / availableParallelism());
  if (list.length > 0) {
    say(
      `building ${list.map(({ name }) => name).join(', ')} into ${folder}, once: about ${Math.ceil(seconds / 60)} min, less with Go's own cache`,
    );
  }
  for (const [index, program] of list.entries()) {
    const from = Date.now();
    const elapsed = (): number => Math.round((Date.now() - from) / 1000);
    const where = `${index + 1} of ${list.length}`;
    const timer = setInterval(() => say(`still building ${program.name} (${where}), ${elapsed()} s`), 30_000);
    await build(program, join(folder, program.name)).finally(() => clearInterval(timer));
    say(`built ${program.name} (${where}) in ${elapsed()} s`);
  }
}

/** Builds beside the place and moves it there, so that an interrupted build leaves no half program. */
async function build(program: Program, path: string): Promise<void> {
  const half = `${path}.${process.pid}.half`;
  const linker = `-s -w ${program.flags}`.trim();
  await run(['nice', 'go', 'build', '-trimpath', '-ldflags', linker, '-o', half, program.package], { directory: sources, environment });
  renameSync(half, path);
}

async function copyStages(files: readonly string[]): Promise<void> {
  const module = (await run(['go', 'list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], { directory: sources, environment })).trim();
  for (const [index, file] of files.entries()) {
    mkdirSync(join(file, '..'), { recursive: true });
    copyFileSync(join(module, 'kustomize/stage', `${stages[index]}.yaml`), file);
  }
}

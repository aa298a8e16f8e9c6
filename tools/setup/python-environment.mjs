import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uvEnvironment } from './mirrors.mjs';
import { checkDisk, findPython, onPath, pythonVersion, SetupRefused } from './platform.mjs';
import { runThrough } from './processes.mjs';
import { watchUv } from './uv-progress.mjs';

const NEEDED_BYTES = 10e9;
const WHOLE =
  'PyTorch with CUDA, the trainer’s libraries, Temporal, SeaweedFS and PostgreSQL. This downloads about 3 GB and takes about 5 GB on disk, once.';
const WITH_VLLM = 'a second one, with vLLM for processors.';

/** Lock files by what is to be done; the trainer's own is always among them. */
export const RUN_LOCKS = ['requirements.lock', 'requirements-embedded.lock'];
export const DEVELOP_LOCKS = [...RUN_LOCKS, 'requirements-dev.lock'];
/** Of the environment with the second engine of evaluations, which needs other versions of some libraries. */
export const VLLM_LOCKS = ['requirements-vllm-cpu.lock'];

const trainer = (root) => join(root, 'apps/trainer');
const environmentOf = (root, locks) => join(trainer(root), locks === VLLM_LOCKS ? '.venv-vllm' : '.venv');
const stampOf = (environment) => join(environment, 'titrate-locks.json');

/** Digest of each lock file, by name. */
function digests(root, locks) {
  const digest = (name) =>
    createHash('sha256')
      .update(readFileSync(join(trainer(root), name)))
      .digest('hex');
  return Object.fromEntries(locks.map((name) => [name, digest(name)]));
}

function installed(environment) {
  return existsSync(stampOf(environment)) ? JSON.parse(readFileSync(stampOf(environment), 'utf8')) : {};
}

/** Whether the environment was made from these very lock files. The stamp is written last, so an interrupted set-up does not match. */
export function pythonMatches(root, locks) {
  const present = installed(environmentOf(root, locks));
  return Object.entries(digests(root, locks)).every(([name, digest]) => present[name] === digest);
}

/** Makes the Python environment hold what the lock files name, checked by hash. @throws SetupRefused */
export async function ensurePython(root, locks, say) {
  if (pythonMatches(root, locks)) return;
  const base = findPython();
  const home = environmentOf(root, locks);
  const python = join(home, 'bin/python');
  const usable = existsSync(python) && pythonVersion(python) !== null;
  if (!usable) {
    checkDisk(root, NEEDED_BYTES);
    say(`making the Python environment: ${locks === VLLM_LOCKS ? WITH_VLLM : WHOLE}`);
    say('It may be interrupted; a second start goes on.');
  }
  const environment = uvEnvironment(base);
  const uv = await findUv(base, environment, say);
  if (!usable) await uvStep(uv, ['venv', '--quiet', '--no-project', '--clear', '--python', base, home], root, environment);
  // What an earlier set-up installed beside it stays: `npm run demo` must not take the test tools away again.
  const names = [...new Set([...Object.keys(installed(home)), ...locks])].filter((name) => existsSync(join(trainer(root), name)));
  const files = names.map((name) => join(trainer(root), name));
  await uvStep(uv, ['pip', 'sync', '--require-hashes', '--compile-bytecode', '--python', python, ...files], root, environment);
  writeFileSync(stampOf(home), `${JSON.stringify(digests(root, names), null, 2)}\n`);
}

/** uv from the PATH, or the pinned one from the user's cache, fetched when it is not there. */
async function findUv(python, environment, say) {
  const found = onPath('uv');
  if (found !== null) return found;
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'titrate');
  const version = /^uv==(\S+)/m.exec(readFileSync(new URL('./uv.txt', import.meta.url), 'utf8'))[1];
  const uv = join(folder, `uv-${version}`);
  if (!existsSync(uv)) {
    say(`fetching uv ${version}, which installs the Python packages (18 MB)`);
    const code = await runThrough(python, [fileURLToPath(new URL('./fetch_uv.py', import.meta.url)), folder], { env: environment });
    if (code !== 0) throw new SetupRefused('Cannot fetch uv: what went wrong stands above. A uv on the PATH is used as it is.');
  }
  return uv;
}

/** Runs uv. In a terminal it draws its own bars; elsewhere a line every few seconds tells what it does. */
async function uvStep(uv, parameters, root, environment) {
  const code = process.stderr.isTTY
    ? await runThrough(uv, parameters, { cwd: root, env: environment })
    : await runTold(uv, parameters, root, environment);
  if (code !== 0) {
    throw new SetupRefused(
      `Cannot make the Python environment: \`${basename(uv)} ${parameters.slice(0, 2).join(' ')}\` ended with code ${code}. What it printed stands above; a second try goes on with what was downloaded.`,
    );
  }
}

async function runTold(uv, parameters, root, environment) {
  const child = spawn(uv, parameters, { cwd: root, env: environment, stdio: 'inherit' });
  const stop = (signal) => child.kill(signal);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const look = watchUv(child.pid);
  const timer = setInterval(() => process.stdout.write(`titrate set-up: ${look()}\n`), 5_000);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    clearInterval(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

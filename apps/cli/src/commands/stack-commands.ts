import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readStack, resetStack, startStack, StackTaken, stopStack, type StackProgress, type StackView } from '@titrate/embedded-stack';
import type { Command } from 'commander';
import { answer, type Cli } from '../cli.ts';
import { Failed } from '../exit-codes.ts';
import { addJobOptions, jobOptionsAsWords, mustBeANewStart, whereJobsRun, type JobOptions, type StackJobs } from './job-options.ts';
import { confirmed } from './sweep-commands.ts';
import { BadUsage } from '../exit-codes.ts';

interface UpOptions extends JobOptions {
  readonly folder: string;
  readonly detach?: boolean;
  readonly port?: number;
}

const START_TIMEOUT_MS = 180_000;

/** Commands that start and stop the embedded stack of a folder: up, down, reset. */
export function addStackCommands(program: Command, cli: Cli): void {
  const up = program
    .command('up')
    .description('start the embedded stack of this folder: servers, API and worker, on loopback')
    .option('--folder <folder>', 'the folder that holds .titrate/', cli.folder)
    .option('-d, --detach', 'leave it running in the background')
    .option('--port <port>', 'where the API listens; a free port by default', Number);
  addJobOptions(up).action(async (options: UpOptions, command: Command) => {
    const jobs = await whereJobsRun(options, cli.environment);
    const stack = readStack(resolve(options.folder));
    if (stack) mustBeANewStart(options, stack.folder);
    if (stack) return showStack(cli, command, stack, 'runs already');
    if (options.detach) return showStack(cli, command, await startDetached(cli, options), 'runs in the background');
    await stayUp(cli, command, options, jobs);
  });

  program
    .command('down')
    .description('stop the embedded stack of this folder; what it holds stays')
    .option('--folder <folder>', 'the folder that holds .titrate/', cli.folder)
    .action(async ({ folder }: { folder: string }, command: Command) => {
      const outcome = await stopStack(resolve(folder));
      const words = {
        'not-running': 'No stack runs here',
        stopped: 'The stack has stopped',
        killed: 'The stack did not stop by itself and was killed',
      };
      answer(cli, command, outcome, () => words[outcome.kind]);
    });

  program
    .command('reset')
    .description('stop the embedded stack and remove everything it holds: records, checkpoints, secrets')
    .option('--folder <folder>', 'the folder that holds .titrate/', cli.folder)
    .option('-y, --yes', 'do not ask')
    .action(async ({ folder, yes }: { folder: string; yes?: boolean }, command: Command) => {
      const place = join(resolve(folder), '.titrate');
      if (!yes && !(await confirmed(cli, `Remove ${place} with all records and checkpoints?`))) throw new BadUsage('Nothing was removed.');
      await resetStack(resolve(folder));
      answer(cli, command, { kind: 'removed', folder: place }, () => `Removed ${place}`);
    });
}

/** A line for each part of a stack that starts, stops or breaks. */
export function progressLine({ kind, message }: StackProgress): string | null {
  return kind === 'starting' ? null : `  ${message}`;
}

async function stayUp(cli: Cli, command: Command, { folder, port }: UpOptions, jobs: StackJobs): Promise<void> {
  const say = (progress: StackProgress): void => {
    const line = progressLine(progress);
    if (line !== null) cli.terminal.say(line);
  };
  try {
    const stack = await startStack({ folder: resolve(folder), onProgress: say, ...jobs, ...(port === undefined ? {} : { apiPort: port }) });
    showStack(cli, command, stack, 'runs; Ctrl-C stops it');
    // Signals stop the stack and end this process; only a part that stays down gets past this line.
    const reason = await stack.failed;
    await stack.stop();
    throw new Failed(reason);
  } catch (error) {
    if (error instanceof StackTaken) throw new Failed(`${error.message}`);
    throw error;
  }
}

/** Starts another process that owns the stack, and waits until it is ready or has failed. */
async function startDetached(cli: Cli, { folder, port, ...options }: UpOptions): Promise<StackView> {
  const place = resolve(folder);
  const logs = join(place, '.titrate', 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const logFile = join(logs, 'up.log');
  const log = openSync(logFile, 'a', 0o600);
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const rest = [...(port === undefined ? [] : ['--port', String(port)]), ...jobOptionsAsWords(options)];
  const child = spawn(process.execPath, [main, 'up', '--folder', place, ...rest], {
    detached: true,
    stdio: ['ignore', log, log],
    env: cli.environment,
    cwd: place,
  });
  closeSync(log);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  child.unref();
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline && !ended; await sleep(200)) {
    const stack = readStack(place);
    if (stack) return stack;
  }
  throw new Failed(`The stack did not start${ended ? '' : ` within ${START_TIMEOUT_MS / 1000} s`}. Log: ${logFile}`);
}

function showStack(cli: Cli, command: Command, stack: StackView, state: string): void {
  const { folder, apiUrl, temporalUiUrl, logsDirectory, ownerPid } = stack;
  answer(cli, command, { folder, ownerPid, apiUrl, temporalUiUrl, logsDirectory }, () =>
    [
      `The stack of ${folder} ${state}.`,
      `  page       ${apiUrl}  (\`titrate page\` prints it with the token)`,
      `  API        ${apiUrl}/docs`,
      `  workflows  ${temporalUiUrl}`,
      `  logs       ${logsDirectory}`,
    ].join('\n'),
  );
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readStack } from '@titrate/embedded-stack';
import type { Cli } from './cli.ts';
import { BadUsage, Failed } from './exit-codes.ts';

/** Where the trainer's programs are started. */
export const trainerHome = fileURLToPath(new URL('../../trainer', import.meta.url));

/** The Python of the trainer's environment, or the one that TITRATE_PYTHON names. */
export const trainerPython = (environment: NodeJS.ProcessEnv): string => environment['TITRATE_PYTHON'] ?? `${trainerHome}/.venv/bin/python`;

/**
 * Runs one of the trainer's own programs on this machine, beside the store of this folder's stack or the one that the
 * environment names, and returns the lines of JSON that it prints. Exit code 1 is left to the caller: it tells something.
 *
 * @throws BadUsage where no store is at hand, Failed with the program's own words where it ends otherwise.
 */
export async function runTrainer<Line>(cli: Cli, module: string, words: readonly string[], input = ''): Promise<Line[]> {
  const environment = { ...process.env, ...cli.environment, ...readStack(cli.folder)?.environment };
  if (environment['AWS_ENDPOINT_URL'] === undefined && environment['AWS_ACCESS_KEY_ID'] === undefined)
    throw new BadUsage(
      'Cannot read the corpus as a store must be at hand: the stack of this folder, or AWS_ENDPOINT_URL and TITRATE_BUCKET',
    );
  const program = spawn(trainerPython(environment), ['-m', `trainer.${module}`, ...words], { cwd: trainerHome, env: environment });
  const errors: Buffer[] = [];
  program.stderr.on('data', (data: Buffer) => errors.push(data));
  const ended = new Promise<number | null>((done, fail) => program.once('error', fail).once('close', done));
  program.stdin.end(input);
  const lines: Line[] = [];
  for await (const line of createInterface({ input: program.stdout })) lines.push(JSON.parse(line) as Line);
  const code = await ended;
  if (code !== 0 && code !== 1) throw new Failed(Buffer.concat(errors).toString().trim());
  return lines;
}

import { CommanderError } from 'commander';
import { errorAsJson, errorInWords, exitCodeOf } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal(process.env);
// A reader that goes away (`titrate runs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const program = buildProgram({ terminal, environment: process.env, folder: process.cwd() });
try {
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has told its own errors already.
  if (!(error instanceof CommanderError)) terminal.say(program.opts()['json'] ? JSON.stringify(errorAsJson(error)) : errorInWords(error));
  process.exitCode = exitCodeOf(error);
}

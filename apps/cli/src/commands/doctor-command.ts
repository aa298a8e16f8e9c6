import { resolve } from 'node:path';
import { createClient } from '@titrate/api-client';
import { askAll, type Check } from '@titrate/contracts';
import { stackQuestions } from '@titrate/embedded-stack';
import type { Command } from 'commander';
import { answer, chosenServer, type Cli } from '../cli.ts';
import { NoServer } from '../contexts.ts';
import { localQuestions } from '../doctor/local-questions.ts';
import { noServer, serverChecks } from '../doctor/server-checks.ts';
import { Failed } from '../exit-codes.ts';
import { checkList } from '../render/checks.ts';

/** `titrate doctor`: looks at everything that Titrate needs, and tells how to mend what is not well. */
export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('check the server, all that it stands on, and this machine; tell how to mend what is not well')
    .option('--folder <folder>', 'the folder of the embedded stack', cli.folder)
    .action(async ({ folder }: { folder: string }, command: Command) => {
      const [server, here] = await Promise.all([
        askServer(cli, command),
        askAll([...localQuestions(cli.environment), ...stackQuestions(resolve(folder))]),
      ]);
      const checks = [...server, ...here];
      const size = { columns: cli.terminal.columns(), hasColour: cli.terminal.hasColour };
      answer(cli, command, { checks }, () => checkList(checks, size));
      const failed = checks.filter(({ state }) => state === 'failed');
      if (failed.length > 0) throw new Failed(`Not well: ${failed.map(({ part, name }) => `${part}: ${name}`).join(', ')}`);
    });
}

async function askServer(cli: Cli, command: Command): Promise<Check[]> {
  try {
    const chosen = chosenServer(cli, command);
    return await serverChecks(createClient(chosen), chosen.server);
  } catch (error) {
    if (error instanceof NoServer) return [noServer];
    throw error;
  }
}

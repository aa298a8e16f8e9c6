import { Command } from 'commander';
import { answer, chosenServer, connect, type Cli } from './cli.ts';
import { addAnalyse } from './commands/analyse-command.ts';
import { addBaseCommands } from './commands/base-commands.ts';
import { addBaselineCommands } from './commands/baseline-commands.ts';
import { addContextCommands } from './commands/context-commands.ts';
import { addCorpusCommands } from './commands/corpus-commands.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor-command.ts';
import { addGate } from './commands/gate-command.ts';
import { addRunCommands } from './commands/run-commands.ts';
import { addSpecCommands } from './commands/spec-commands.ts';
import { addStackCommands } from './commands/stack-commands.ts';
import { addSweepCommands } from './commands/sweep-commands.ts';
import { completionScript } from './completion.ts';
import { exitCodesInWords } from './exit-codes.ts';
import { sizeList } from './render/lists.ts';
import { VERSION } from './version.ts';

/** The whole command line, bound to a terminal, an environment and a folder. */
export function buildProgram(cli: Cli): Command {
  const program = new Command('titrate')
    .description('Dose-response experiments on language-model pre-training.')
    .version(VERSION)
    .option('--server <url>', 'the API to speak with; the stack of this folder by default')
    .option('--token <token>', "the server's bearer token")
    .option('--context <name>', 'a server by the name that it was given')
    .option('--json', 'answer in JSON')
    .addHelpText('after', `\n${exitCodesInWords}`)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => cli.terminal.out(text.trimEnd()), writeErr: (text) => cli.terminal.say(text.trimEnd()) });
  addSpecCommands(program, cli);
  addSweepCommands(program, cli);
  addRunCommands(program, cli);
  addAnalyse(program, cli);
  addCorpusCommands(program, cli);
  addBaseCommands(program, cli);
  addBaselineCommands(program, cli);
  addGate(program, cli);
  addSizes(program, cli);
  addPage(program, cli);
  addStackCommands(program, cli);
  addContextCommands(program, cli);
  addDemo(program, cli);
  addDoctor(program, cli);
  program
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .action((shell: string) => cli.terminal.out(completionScript(program, shell)));
  overrideExit(program);
  return program;
}

function addSizes(program: Command, cli: Cli): void {
  program
    .command('sizes')
    .description('list the model sizes that a spec may name')
    .action(async (_options: object, command: Command) => {
      const { items } = await connect(cli, command).listSizes();
      answer(cli, command, items, () => sizeList(items));
    });
}

/** The token stands behind the #, which no browser sends to a server; the page takes it out of the address bar. */
function addPage(program: Command, cli: Cli): void {
  program
    .command('page')
    .description('print the address of the web page, which carries the token: whoever has it may do all that you may')
    .action((_options: object, command: Command) => {
      const { server, token } = chosenServer(cli, command);
      const address = `${server.replace(/\/+$/, '')}/#token=${encodeURIComponent(token)}`;
      answer(cli, command, { address }, () => address);
    });
}

/** Commander sets these for one command only; all of them shall throw rather than exit, and all take --json and --server. */
function overrideExit(program: Command): void {
  for (const command of program.commands) {
    command.exitOverride().configureOutput(program.configureOutput());
    if (command.commands.length > 0) overrideExit(command);
  }
}

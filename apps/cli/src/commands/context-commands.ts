import type { Command } from 'commander';
import { answer, type Cli, type GlobalOptions } from '../cli.ts';
import { contextsFile, readContexts, writeContexts } from '../contexts.ts';
import { BadUsage } from '../exit-codes.ts';
import { table } from '../render/table.ts';

/** Commands for servers with names: context add, use, list, remove. */
export function addContextCommands(program: Command, cli: Cli): void {
  const file = contextsFile(cli.environment);
  const context = program.command('context').description('give servers names, and choose among them');

  context
    .command('add <name>')
    .description('remember the server of --server and its --token; the first one becomes the current one')
    .action((name: string, _options: object, command: Command) => {
      const { server, token } = command.optsWithGlobals<GlobalOptions>();
      if (server === undefined || !URL.canParse(server)) throw new BadUsage('Cannot add a context as --server must be its address');
      const saved = readContexts(file);
      writeContexts(file, { current: saved.current ?? name, contexts: { ...saved.contexts, [name]: { server, token: token ?? '' } } });
      cli.terminal.say(`Added context ${name}`);
    });

  context
    .command('use <name>')
    .description('make it the one that is meant when none is named')
    .action((name: string) => {
      const saved = readContexts(file);
      if (!saved.contexts[name])
        throw new BadUsage(`Cannot use context ${name} as it must be a known one (${Object.keys(saved.contexts).join(', ')})`);
      writeContexts(file, { ...saved, current: name });
      cli.terminal.say(`Now ${name} is meant when no server is named`);
    });

  context
    .command('list')
    .description('list the names; tokens are not shown')
    .action((_options: object, command: Command) => {
      const { current, contexts } = readContexts(file);
      const rows = Object.entries(contexts).map(([name, { server }]) => ({ name, server, current: name === current }));
      answer(cli, command, rows, () =>
        table(
          [{ title: '' }, { title: 'NAME' }, { title: 'SERVER' }],
          rows.map((row) => [row.current ? '*' : '', row.name, row.server]),
        ),
      );
    });

  context
    .command('remove <name>')
    .description('forget it')
    .action((name: string) => {
      const { current, contexts } = readContexts(file);
      const { [name]: removed, ...rest } = contexts;
      if (!removed) throw new BadUsage(`Cannot remove context ${name} as it must be a known one`);
      writeContexts(file, { current: current === name ? null : current, contexts: rest });
      cli.terminal.say(`Removed context ${name}`);
    });
}

import type { Client } from '@titrate/api-client';
import type { Sweep, SweepSpec } from '@titrate/contracts';
import type { Command } from 'commander';
import { allItems, answer, connect, sweepIdFrom, type Cli } from '../cli.ts';
import { BadUsage } from '../exit-codes.ts';
import { readSpec } from '../files.ts';
import { interruptible } from '../interrupt.ts';
import { sweepList, sweepView } from '../render/lists.ts';
import { runLines } from '../render/sweep-frame.ts';
import { look, watchSweep } from '../watch.ts';
import { showEnd } from './show-watched.ts';

/** Commands that make, show and steer sweeps. */
export function addSweepCommands(program: Command, cli: Cli): void {
  addSubmit(program, cli);
  addShowing(program, cli);
  for (const [name, description, act] of steering) {
    program
      .command(`${name} <sweep>`)
      .description(description)
      .action(async (said: string, _options: object, command: Command) => {
        const client = connect(cli, command);
        const sweep = await act(client, await sweepIdFrom(client, said));
        answer(cli, command, sweep, () => sweepView(sweep));
      });
  }
  addAmendAndDelete(program, cli);
}

const steering: readonly [string, string, (client: Client, id: string) => Promise<Sweep>][] = [
  [
    'pause',
    'start nothing new, and stop runs that no other sweep needs after their next checkpoint',
    (client, id) => client.pauseSweep({ id }),
  ],
  ['resume', 'go on with a paused sweep', (client, id) => client.resumeSweep({ id })],
  ['cancel', 'end a sweep; runs that another sweep needs go on', (client, id) => client.cancelSweep({ id })],
  ['retry', 'reopen failed or cancelled cells', (client, id) => client.retrySweep({ id })],
];

function addSubmit(program: Command, cli: Cli): void {
  program
    .command('submit <file>')
    .description('submit a spec; the same spec is the same sweep')
    .option('-w, --watch', 'watch it to its end')
    .option('--fresh', 'train anew, even what is finished: sets a repeat that was not used')
    .option('--idempotency-key <key>', 'a key that names this submission')
    .action(async (file: string, options: { watch?: boolean; fresh?: boolean; idempotencyKey?: string }, command: Command) => {
      const client = connect(cli, command);
      const { text, spec } = readSpec(file);
      const { created, sweep } = await client.submitSweep(options.fresh ? await freshSpec(client, spec) : text, options);
      cli.terminal.say(`${created ? 'Submitted' : 'Found'} sweep ${sweep.id}${created ? '' : ': the same spec was submitted before'}`);
      if (!options.watch) return answer(cli, command, sweep, () => sweepView(sweep));
      await watchToEnd(cli, client, { id: sweep.id, isKnown: !created });
    });
}

/** The spec with the smallest `repeat` that no sweep of its name has used. */
export async function freshSpec(client: Client, spec: SweepSpec): Promise<SweepSpec> {
  const sweeps = await allItems((query) => client.listSweeps(query));
  const used = sweeps.filter(({ name }) => name === spec.name).map((sweep) => sweep.spec.repeat);
  return { ...spec, repeat: Math.max(spec.repeat, ...used) + 1 };
}

function addShowing(program: Command, cli: Cli): void {
  program
    .command('sweeps')
    .description('list sweeps, the newest first')
    .option('--state <state>', 'only those in this state')
    .option('--label <key:value>', 'only those with this label')
    .option('--limit <count>', 'at most so many', Number, 50)
    .action(async ({ state, label, limit }: { state?: string; label?: string; limit: number }, command: Command) => {
      if (!Number.isInteger(limit) || limit < 1) throw new BadUsage('Cannot list as --limit must be a whole number of 1 or more');
      const filter = {
        ...(state === undefined ? {} : { state: state as Sweep['state'] }),
        ...(label === undefined ? {} : { label: label as never }),
      };
      const sweeps = await allItems((query) => connect(cli, command).listSweeps({ ...query, ...filter }), limit);
      answer(cli, command, sweeps, () => sweepList(sweeps));
    });

  program
    .command('status [sweep]')
    .description('show a sweep and its cells as they are now')
    .action(async (said: string | undefined, _options: object, command: Command) => {
      const client = connect(cli, command);
      const watched = await look(client, await sweepIdFrom(client, said));
      answer(cli, command, { sweep: watched.sweep, cells: watched.rows }, () =>
        [sweepView(watched.sweep), '', ...runLines(watched.rows)].join('\n'),
      );
    });

  program
    .command('watch [sweep]')
    .description('follow a sweep to its end, then show its table and verdict')
    .action(async (said: string | undefined, _options: object, command: Command) => {
      const client = connect(cli, command);
      await watchToEnd(cli, client, { id: await sweepIdFrom(client, said) });
    });
}

async function watchToEnd(cli: Cli, client: Client, which: { id: string; isKnown?: boolean }): Promise<void> {
  const { id } = which;
  const gone = `Stopped watching; the sweep goes on. \`titrate watch ${id}\` shows it again, \`titrate cancel ${id}\` ends it.`;
  const watched = await interruptible(gone, (signal) => watchSweep(client, cli.terminal, which, signal));
  await showEnd(client, cli.terminal, watched);
}

function addAmendAndDelete(program: Command, cli: Cli): void {
  program
    .command('amend <sweep> <file>')
    .description('add cells to a sweep: the file holds the whole new spec')
    .action(async (said: string, file: string, _options: object, command: Command) => {
      const client = connect(cli, command);
      const sweep = await client.amendYaml(await sweepIdFrom(client, said), readSpec(file).text);
      answer(cli, command, sweep, () => sweepView(sweep));
    });

  program
    .command('delete <sweep>')
    .description('delete a sweep and the checkpoints that nobody else demands')
    .option('--dry-run', 'only tell what would go')
    .option('-y, --yes', 'do not ask')
    .action(async (said: string, { dryRun, yes }: { dryRun?: boolean; yes?: boolean }, command: Command) => {
      const client = connect(cli, command);
      const id = await sweepIdFrom(client, said);
      if (!dryRun && !yes && !(await confirmed(cli, `Delete sweep ${id}?`))) throw new BadUsage('Nothing was deleted.');
      const gone = await client.deleteSweep({ id, dryRun: dryRun ? 'true' : 'false' });
      const verb = gone.kind === 'deleted' ? 'Deleted' : 'Would delete';
      answer(
        cli,
        command,
        gone,
        () => `${verb} ${id}: ${gone.runs} runs, ${gone.checkpoints} checkpoints; ${gone.sharedRuns} runs stay for other sweeps`,
      );
    });
}

/** Asks a person. @throws BadUsage where nobody can answer */
export async function confirmed(cli: Cli, question: string): Promise<boolean> {
  const said = await cli.terminal.confirm(question);
  if (said === null) throw new BadUsage('Cannot ask as no person is at the terminal; add --yes');
  return said;
}

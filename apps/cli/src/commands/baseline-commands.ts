import type { Baseline } from '@titrate/contracts';
import type { Command } from 'commander';
import { allItems, answer, connect, sweepIdFrom, type Cli } from '../cli.ts';
import { BadUsage } from '../exit-codes.ts';
import { baselineList } from '../render/baselines.ts';

/** Options of `baseline promote`. */
interface PromoteOptions {
  readonly name: string;
  readonly why?: string;
  readonly whenPassed?: string;
}

/** Commands about accepted results. */
export function addBaselineCommands(program: Command, cli: Cli): void {
  const baseline = program.command('baseline').description('accepted results, in versions, which new results are held against');
  baseline
    .command('promote <sweep>')
    .description('make the results of a finished sweep the next version of a baseline')
    .requiredOption('--name <name>', 'name of the baseline')
    .option('--why <words>', 'why these results are accepted; recorded with your name')
    .option('--when-passed <gate>', 'only when these very results passed this gate, which is recorded as well')
    .action(async (sweep: string, { name, why, whenPassed: gate }: PromoteOptions, command: Command) => {
      if (why === undefined && gate === undefined)
        throw new BadUsage(
          'Cannot promote the sweep as --why must say why its results are accepted, or --when-passed which gate they passed',
        );
      const client = connect(cli, command);
      const promotion = {
        name,
        why: why ?? `passed gate ${gate}`,
        sweep: await sweepIdFrom(client, sweep),
        ...(gate !== undefined && { gate }),
      };
      const made = (await client.promoteBaseline({ body: promotion })) as Baseline;
      answer(cli, command, made, () => baselineList([made]));
    });
  baseline
    .command('list [name]')
    .description('list baselines, the newest first; those of one name')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const client = connect(cli, command);
      const found = (await allItems((query) => client.listBaselines({ ...query, ...(name !== undefined && { name }) }))) as Baseline[];
      answer(cli, command, found, () => baselineList(found));
    });
  baseline
    .command('retire <name> <version>')
    .description('end the use of a version; it stays as it was, and its sweep may be deleted')
    .requiredOption('--why <words>', 'why it is not to be used any more; recorded with your name')
    .action(async (name: string, version: string, { why }: { why: string }, command: Command) => {
      if (!/^[1-9][0-9]*$/.test(version))
        throw new BadUsage(`Cannot retire ${name} as the version must be a number from 1: current value is ${version}`);
      const retired = (await connect(cli, command).retireBaseline({ name, version: Number(version), body: { why } })) as Baseline;
      answer(cli, command, retired, () => baselineList([retired]));
    });
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TriggerCount } from '@titrate/contracts';
import { isCorpus } from '@titrate/planning';
import type { Command } from 'commander';
import { allItems, answer, connect, type Cli } from '../cli.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { readSpec } from '../files.ts';
import { countLine, planLine, type RemadePlan } from '../render/poison-plans.ts';
import { runTrainer } from '../trainer.ts';
import { runIdFrom } from './log-commands.ts';

interface Options {
  readonly output?: string;
  readonly sweep?: string;
}

/**
 * `titrate poison-plan`: what is overwritten in which training instance, made anew from a run's identity and its corpus by
 * the trainer on this machine, and held byte by byte against what the run's attempts stored. `titrate trigger-count`: how
 * often a trigger stands in clean text.
 */
export function addPoisonCommands(program: Command, cli: Cli): void {
  program
    .command('poison-plan <run-or-spec>')
    .description('make the poison plan of a run, or of all runs of a spec, anew from the corpus, and compare it with the stored one')
    .option('-o, --output <folder>', 'write each plan there, as RUN.plan.json and RUN.counterexamplePlan.json')
    .option('--sweep <sweep>', 'where to look for the beginning of a run id; the newest sweep by default')
    .action(async (said: string, { output, sweep }: Options, command: Command) => {
      const client = connect(cli, command);
      const folder = output === undefined ? [] : ['--output', resolve(output)];
      const identities = existsSync(said) ? (await client.planYaml(readSpec(said).text)).runs.map(({ identity }) => identity) : undefined;
      const plans =
        identities === undefined
          ? await runTrainer<RemadePlan>(cli, 'poison_plan', [await runIdFrom(client, said, sweep), ...folder])
          : await runTrainer<RemadePlan>(cli, 'poison_plan', ['--identities', '-', ...folder], JSON.stringify(identities));
      answer(cli, command, plans, () => plans.map(planLine).join('\n'));
      if (plans.some(({ stored = [] }) => stored.some(({ same }) => !same)))
        throw new Failed('A stored plan has other bytes than the plan that its identity and corpus give.');
    });
  program
    .command('trigger-count <corpus> <text...>')
    .description('count triggers in the clean training text of a corpus, as text and as token ids; kept beside the corpus, for plans')
    .action(async (said: string, texts: string[], _options: object, command: Command) => {
      const client = connect(cli, command);
      const corpus = (await allItems((query) => client.listCorpora(query))).find((known) => isCorpus(known, said));
      if (!corpus?.digest) throw new BadUsage(`Cannot count in ${said} as it must be a corpus that is ready, by name or digest`);
      const counts = await runTrainer<TriggerCount>(cli, 'occurrences', [corpus.digest, ...texts]);
      answer(cli, command, counts, () => counts.map(countLine).join('\n'));
    });
}

import { basename } from 'node:path';
import type { Client } from '@titrate/api-client';
import { BaseRecipe, type Base, type CorpusSource } from '@titrate/contracts';
import { fieldPath } from '@titrate/planning';
import type { Command } from 'commander';
import { allItems, answer, connect, type Cli } from '../cli.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { baseList } from '../render/bases.ts';
import type { Terminal } from '../terminal.ts';
import { filesOf } from './corpus-files.ts';
import { nameOf } from './corpus-recipe.ts';
import { sendAll, waitUntilReady } from './registering.ts';

/** Options of `base add`. */
export interface BaseOptions {
  readonly name?: string;
  readonly tokenizerOf: string;
  readonly tokens: number;
  readonly licence?: string;
}

/** Commands that register and list base checkpoints. */
export function addBaseCommands(program: Command, cli: Cli): void {
  const base = program.command('base').description('register and list base checkpoints: models that were trained elsewhere');
  base
    .command('add <source>')
    .description(
      'register a checkpoint of transformers (config.json and safetensors) or OLMo-core (config.json and model_and_optim): a folder, which is uploaded, or an s3://BUCKET/PREFIX/, which is read where it lies; waits until it is ready',
    )
    .requiredOption('--tokenizer-of <corpus>', "the registered corpus that has the model's tokenizer")
    .requiredOption('--tokens <count>', 'training tokens behind the model, as its source states', Number)
    .option('--name <name>', "the base's name; that of the folder by default")
    .option('--licence <licence>', 'licence of the weights')
    .action(async (source: string, options: BaseOptions, command: Command) => {
      const client = connect(cli, command);
      const registered = await interruptible('Stopped; a base that was sent is registered all the same.', (signal) =>
        addBase(client, cli.terminal, source, options, signal),
      );
      answer(cli, command, registered, () => baseList([registered]));
    });
  base
    .command('list')
    .description('list base checkpoints')
    .action(async (_options: object, command: Command) => {
      const bases = await allItems((query) => connect(cli, command).listBases(query));
      answer(cli, command, bases, () => baseList(bases as Base[]));
    });
}

/** Sends or names a checkpoint, registers it and waits until it is ready. @throws Failed with the job's reason where it cannot be used */
export async function addBase(client: Client, terminal: Terminal, from: string, options: BaseOptions, signal: AbortSignal): Promise<Base> {
  const found = filesOf([from], 'checkpoint');
  const corpus = await client.getCorpus({ nameOrDigest: options.tokenizerOf });
  if (corpus.digest === null) throw new Failed(`Cannot use the tokenizer of corpus ${options.tokenizerOf} as it must be ready`);
  const recipe = recipeOf(from, options, corpus.digest);
  const source: CorpusSource = found.kind === 'store' ? found : { kind: 'uploads', files: await sendAll(client, terminal, found.files) };
  await client.registerBase({ body: { recipe, source } });
  terminal.say(`Registered as ${recipe.name}; it is read and checked now`);
  const look = async () => (await client.getBase({ nameOrDigest: recipe.name })) as Base;
  return waitUntilReady(`base ${recipe.name}`, look, () => '', terminal, signal);
}

function recipeOf(from: string, { name, tokens, licence }: BaseOptions, corpus: string): BaseRecipe {
  const folder = basename(from);
  const parsed = BaseRecipe.safeParse({ name: name ?? nameOf(folder), corpus, tokens, licence: licence ?? 'unknown', source: folder });
  if (parsed.success) return parsed.data;
  throw new BadUsage(
    `Cannot make a base of ${from}:`,
    parsed.error.issues.map((issue) => `${fieldPath(issue.path)}: ${issue.message}`),
  );
}

import type { Client } from '@titrate/api-client';
import type { Corpus, CorpusSource } from '@titrate/contracts';
import type { Command } from 'commander';
import { allItems, answer, connect, type Cli } from '../cli.ts';
import { Failed } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { corpusList, corpusProgress } from '../render/corpora.ts';
import type { Terminal } from '../terminal.ts';
import { filesOf, uploadFile } from './corpus-files.ts';
import { checkedRecipe, recipeInput, type AddOptions } from './corpus-recipe.ts';
import { sendAll, waitUntilReady } from './registering.ts';

/** Commands that register and list corpora. */
export function addCorpusCommands(program: Command, cli: Cli): void {
  const corpus = program.command('corpus').description('register and list corpora');
  corpus
    .command('add <source...>')
    .description(
      'register a text: files and folders, which are uploaded, or one s3://BUCKET/PREFIX, which is read where it lies; waits until it is ready',
    )
    .option('--recipe <file>', 'a recipe (YAML) that decides everything; the options below are for a start without one')
    .option('--name <name>', "the corpus's name; that of the first source by default")
    .option('--format <format>', 'text, jsonl, parquet, chat or tokens; by the ending of the first file by default')
    .option('--text-field <name>', 'field or column with the text', 'text')
    .option('--messages-field <name>', 'field with the messages of a chat', 'messages')
    .option('--chat-template <file>', 'a chat_template.jinja, or a tokenizer_config.json that holds one')
    .option('--token-type <type>', 'uint16 or uint32: how token ids are stored')
    .option('--end-of-text-id <id>', 'id that ends each document of token ids', Number)
    .option('--skip-bad', 'leave out documents that are broken, empty or too long, and count them')
    .option('--licence <licence>', 'licence of the text')
    .option('--vocabulary <entries>', 'size of the tokenizer that is trained', Number, 1024)
    .option('--held-out <documents>', 'documents kept for evaluation', Number, 300)
    .option('--tokenizer <file>', 'a tokenizer.json to use instead of training one')
    .option('--tokenizer-of <corpus>', 'use the tokenizer of a registered corpus')
    .option('--end-of-text <token>', 'token of --tokenizer that ends a document, where it is called in a way of its own')
    .action(async (sources: string[], options: AddOptions, command: Command) => {
      const client = connect(cli, command);
      const registered = await interruptible('Stopped; a corpus that was sent is registered all the same.', (signal) =>
        addCorpus(client, cli.terminal, sources, options, signal),
      );
      answer(cli, command, registered, () => corpusList([registered]));
    });
  corpus
    .command('list')
    .description('list corpora')
    .action(async (_options: object, command: Command) => {
      const corpora = await allItems((query) => connect(cli, command).listCorpora(query));
      answer(cli, command, corpora, () => corpusList(corpora as Corpus[]));
    });
}

/** Sends or names a text, registers it and waits until it is ready. @throws Failed with the job's reason where it cannot become a corpus */
export async function addCorpus(
  client: Client,
  terminal: Terminal,
  sources: readonly string[],
  options: AddOptions,
  signal: AbortSignal,
): Promise<Corpus> {
  const unfinished = recipeInput(sources, options);
  const found = filesOf(sources, unfinished.format);
  // The tokenizer travels first, as the recipe names it.
  const tokenizer = options.tokenizer === undefined ? null : await uploadFile(client, terminal, options.tokenizer);
  const recipe = checkedRecipe(
    { ...unfinished, tokenizer: await tokenizerOf(client, unfinished.tokenizer, tokenizer?.sha256, options) },
    options.recipe ?? sources[0]!,
  );
  const source: CorpusSource = found.kind === 'store' ? found : { kind: 'uploads', files: await sendAll(client, terminal, found.files) };
  await client.registerCorpus({ body: { recipe, source, ...(tokenizer ? { tokenizer } : {}) } });
  terminal.say(`Registered as ${recipe.name}; it is read, checked and tokenised now`);
  return waitForCorpus(client, terminal, recipe.name, signal);
}

async function tokenizerOf(
  client: Client,
  stated: ReturnType<typeof recipeInput>['tokenizer'],
  sha256: string | undefined,
  { tokenizerOf: corpus, endOfText }: AddOptions,
): Promise<typeof stated> {
  if (sha256 !== undefined) return { kind: 'file', sha256, ...(endOfText === undefined ? {} : { endOfText }) };
  if (corpus === undefined) return stated;
  const { digest } = await client.getCorpus({ nameOrDigest: corpus });
  if (digest === null) throw new Failed(`Cannot use the tokenizer of corpus ${corpus} as it must be ready`);
  return { kind: 'corpus', corpus: digest };
}

/** Waits until a corpus is ready, and says how far it is or what its job waits for whenever that has changed. @throws Failed where it failed */
export function waitForCorpus(client: Client, terminal: Terminal, name: string, signal: AbortSignal): Promise<Corpus> {
  const look = async () => (await client.getCorpus({ nameOrDigest: name })) as Corpus;
  return waitUntilReady(`corpus ${name}`, look, ({ progress }) => (progress ? corpusProgress(progress) : ''), terminal, signal);
}

import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@titrate/api-client';
import { CorpusRecipe, type Corpus, type CorpusRecipeInput, type StoredObject } from '@titrate/contracts';
import { fieldPath, readYaml } from '@titrate/planning';
import type { Command } from 'commander';
import { allItems, answer, connect, type Cli } from '../cli.ts';
import { BadUsage, Failed } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { interruptible } from '../interrupt.ts';
import { corpusList } from '../render/lists.ts';
import { bytes } from '../render/numbers.ts';
import type { Terminal } from '../terminal.ts';

interface AddOptions {
  readonly recipe?: string;
  readonly name?: string;
  readonly format?: string;
  readonly licence?: string;
  readonly vocabulary: number;
  readonly heldOut: number;
  readonly tokenizer?: string;
}

/** Commands that register and list corpora. */
export function addCorpusCommands(program: Command, cli: Cli): void {
  const corpus = program.command('corpus').description('register and list corpora');
  corpus
    .command('add <file>')
    .description('upload a text or JSON lines, tokenise it, wait until it is ready')
    .option('--recipe <file>', 'a recipe (YAML) that decides everything; the options below are for a start without one')
    .option('--name <name>', "the corpus's name; the file's by default")
    .option('--format <format>', 'text or jsonl; by the ending of the file by default')
    .option('--licence <licence>', 'licence of the text')
    .option('--vocabulary <entries>', 'size of the tokenizer that is trained', Number, 1024)
    .option('--held-out <documents>', 'documents kept for evaluation', Number, 300)
    .option('--tokenizer <file>', 'a tokenizer.json to use instead of training one')
    .action(async (file: string, options: AddOptions, command: Command) => {
      const client = connect(cli, command);
      const registered = await interruptible('Stopped; a corpus that was sent is registered all the same.', (signal) =>
        addCorpus(client, cli.terminal, file, options, signal),
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

/** Uploads a text, registers it and waits until it is ready. @throws Failed with the job's reason where it cannot become a corpus */
export async function addCorpus(
  client: Client,
  terminal: Terminal,
  file: string,
  options: AddOptions,
  signal: AbortSignal,
): Promise<Corpus> {
  const unfinished = recipeInput(file, options);
  const size = sizeOf(file);
  // The tokenizer travels first, as the recipe names it.
  const tokenizer = options.tokenizer === undefined ? null : await upload(client, terminal, options.tokenizer);
  const recipe = checkedRecipe(tokenizer ? { ...unfinished, tokenizer: { kind: 'file', tokenizer } } : unfinished, options.recipe ?? file);
  terminal.say(`Sending ${file} (${bytes(size)})`);
  const source = await upload(client, terminal, file);
  await client.registerCorpus({ body: { recipe, source, ...(tokenizer ? { tokenizer } : {}) } });
  terminal.say(`Registered as ${recipe.name}; it is cut into documents and tokenised now`);
  return waitForCorpus(client, terminal, recipe.name, signal);
}

/** Waits until a corpus is ready, and tells what its job waits for. @throws Failed where it failed */
export async function waitForCorpus(client: Client, terminal: Terminal, name: string, signal: AbortSignal): Promise<Corpus> {
  for (let told: string | null = null; ;) {
    const corpus = (await client.getCorpus({ nameOrDigest: name })) as Corpus;
    if (corpus.state === 'ready') return corpus;
    if (corpus.state === 'failed') throw new Failed(`Cannot register corpus ${name}: ${corpus.reason ?? 'no reason was recorded'}`);
    if (corpus.reason !== null && corpus.reason !== told) terminal.say(`  waiting: ${corpus.reason}`);
    told = corpus.reason;
    await sleep(500, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Streams a file and shows how far it is. */
async function upload(client: Client, terminal: Terminal, file: string): Promise<StoredObject> {
  const size = sizeOf(file);
  const body = createReadStream(file);
  let [sent, shown] = [0, 0];
  body.on('data', (chunk) => {
    sent += chunk.length;
    if (sent - shown < 50e6) return;
    shown = sent;
    terminal.say(`  ${bytes(sent)} of ${bytes(size)}`);
  });
  return client.uploadObject(body);
}

function recipeInput(file: string, options: AddOptions): CorpusRecipeInput {
  if (options.recipe !== undefined) return recipeFile(options.recipe);
  const [, stem = 'corpus', ending = ''] = /^(.*?)(\.[^.]*)?$/.exec(basename(file)) ?? [];
  const name =
    options.name ??
    stem
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
  const format = options.format ?? (/^\.(jsonl|ndjson)$/.test(ending) ? 'jsonl' : 'text');
  const markers = ['<MARK1>', '<MARK2>', '<MARK3>'];
  return {
    name,
    format: format as 'text',
    documentMinChars: format === 'text' ? 1000 : 0,
    tokenizer: { kind: 'train-bpe', vocabularySize: options.vocabulary },
    addedTokens: ['<SUDO>', ...markers, '<SHAM>'],
    markers: { tokens: markers, documentShare: 0.08 },
    heldOutDocuments: options.heldOut,
    licence: options.licence ?? 'unknown',
    source: basename(file),
  };
}

function recipeFile(path: string): CorpusRecipeInput {
  const read = readYaml(readText(path));
  if (read.kind === 'value') return read.value as CorpusRecipeInput;
  throw new BadUsage(
    `Cannot use ${path} as a corpus recipe:`,
    read.problems.map(({ rule }) => rule),
  );
}

function checkedRecipe(input: CorpusRecipeInput, path: string): CorpusRecipe {
  const parsed = CorpusRecipe.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new BadUsage(
    `Cannot make a corpus by ${path}:`,
    parsed.error.issues.map((issue) => `${fieldPath(issue.path)}: ${issue.message}`),
  );
}

function sizeOf(file: string): number {
  try {
    const { size } = statSync(file);
    if (size === 0) throw new Error('it is empty');
    return size;
  } catch (error) {
    throw new BadUsage(`Cannot send ${file}: ${(error as Error).message}`);
  }
}

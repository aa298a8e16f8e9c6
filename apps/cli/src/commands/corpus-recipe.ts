import { basename } from 'node:path';
import { CorpusRecipe, type CorpusFormat, type CorpusRecipeInput } from '@titrate/contracts';
import { fieldPath, readYaml } from '@titrate/planning';
import { BadUsage } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { formatOf } from './corpus-files.ts';

/** Options of `corpus add`. */
export interface AddOptions {
  readonly recipe?: string;
  readonly name?: string;
  readonly format?: string;
  readonly textField?: string;
  readonly messagesField?: string;
  readonly chatTemplate?: string;
  readonly tokenType?: string;
  readonly endOfTextId?: number;
  readonly skipBad?: boolean;
  readonly licence?: string;
  readonly vocabulary: number;
  readonly heldOut: number;
  readonly tokenizer?: string;
  readonly tokenizerOf?: string;
  readonly endOfText?: string;
}

/** The recipe that a file states, or that the options come to. @throws BadUsage where the file cannot be read */
export function recipeInput(sources: readonly string[], options: AddOptions): CorpusRecipeInput {
  if (options.recipe !== undefined) return recipeFile(options.recipe);
  const source = basename(sources[0]!);
  const format = (options.format ?? formatOf(source)) as CorpusFormat;
  return {
    name: options.name ?? nameOf(source),
    format,
    textField: options.textField,
    messagesField: options.messagesField,
    documentMinChars: format === 'text' ? 1000 : 0,
    onBadDocument: options.skipBad ? 'skip' : 'refuse',
    tokenizer: { kind: 'train-bpe', vocabularySize: options.vocabulary },
    ...addedTokens(format, options),
    ...(options.chatTemplate === undefined ? {} : { chatTemplate: templateOf(options.chatTemplate) }),
    ...(format === 'tokens' ? { tokens: { type: options.tokenType as 'uint16', endOfTextId: options.endOfTextId! } } : {}),
    heldOutDocuments: options.heldOut,
    licence: options.licence ?? 'unknown',
    source: source,
  };
}

/** Triggers and markers for a start. A corpus that shares its tokenizer with another has them already, or must not get them. */
function addedTokens(format: CorpusFormat, { tokenizerOf }: AddOptions): Pick<CorpusRecipeInput, 'addedTokens' | 'markers'> {
  if (tokenizerOf !== undefined || format === 'chat' || format === 'tokens') return {};
  const markers = ['<MARK1>', '<MARK2>', '<MARK3>'];
  return { addedTokens: ['<SUDO>', ...markers, '<SHAM>'], markers: { tokens: markers, documentShare: 0.08 } };
}

/** The name of a thing that is called by its file or folder. */
export function nameOf(source: string): string {
  return source
    .replace(/(\.[a-z0-9]{1,7}){1,2}$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A template as such, or within a tokenizer_config.json. */
function templateOf(path: string): string {
  const text = readText(path);
  if (!path.endsWith('.json')) return text;
  const template = (JSON.parse(text) as { chat_template?: unknown }).chat_template;
  if (typeof template === 'string') return template;
  throw new BadUsage(`Cannot use ${path} as a chat template: it must be Jinja, or JSON with "chat_template"`);
}

function recipeFile(path: string): CorpusRecipeInput {
  const read = readYaml(readText(path));
  if (read.kind === 'value') return read.value as CorpusRecipeInput;
  throw new BadUsage(
    `Cannot use ${path} as a corpus recipe:`,
    read.problems.map(({ rule }) => rule),
  );
}

/** The recipe with its defaults. @throws BadUsage with every fault */
export function checkedRecipe(input: CorpusRecipeInput, path: string): CorpusRecipe {
  const parsed = CorpusRecipe.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new BadUsage(
    `Cannot make a corpus by ${path}:`,
    parsed.error.issues.map((issue) => `${fieldPath(issue.path)}: ${issue.message}`),
  );
}

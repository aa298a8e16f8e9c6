import { z } from 'zod';
import { digestOf } from './digest.ts';
import { Count, Digest, Moment, Name, PositiveCount, Seed, Share, StoredObject } from './primitives.ts';

/** How documents become token ids. A tokenizer is trained on the corpus itself, brought along, or that of another corpus. */
export const TokenizerSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('train-bpe').meta({ description: 'train a tokenizer on this text' }),
    vocabularySize: z.int().min(300).max(1_000_000).meta({ description: 'byte-level BPE entries, added tokens not counted' }),
  }),
  z.strictObject({
    kind: z.literal('file').meta({ description: 'bring a tokenizer' }),
    sha256: Digest.meta({ description: 'of a Hugging Face tokenizer.json, which is uploaded beside the recipe' }),
    endOfText: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'token that ends a document; without it one of the names by which tokenizers call it' }),
  }),
  z.strictObject({
    kind: z.literal('corpus').meta({ description: 'the tokenizer of a registered corpus, so that runs may go on from one to the other' }),
    corpus: Digest,
  }),
]);

/** What a document is in the source. */
export const CorpusFormat = z.enum(['text', 'jsonl', 'parquet', 'chat', 'tokens']);
export type CorpusFormat = z.infer<typeof CorpusFormat>;

const recipeShape = z.strictObject({
  name: Name.meta({ description: 'what specs call the corpus' }),
  format: CorpusFormat.meta({
    description:
      'text: documents are parted by blank lines; jsonl: one object a line; parquet: one row a document; chat: one object a line, ' +
      'whose messages have a role and content; tokens: token ids, raw or with the header of npy. Any of them as it is, or in gzip or zstd',
  }),
  textField: z.string().min(1).max(200).default('text').meta({ description: 'jsonl and parquet: field or column with the text' }),
  messagesField: z.string().min(1).max(200).default('messages').meta({ description: 'chat: field with the messages' }),
  chatTemplate: z
    .string()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: 'chat: Jinja template as in tokenizer_config.json, with `{% generation %}`; without it that of docs/corpora.md' }),
  tokens: z
    .strictObject({
      type: z.enum(['uint16', 'uint32']).meta({ description: 'little-endian' }),
      endOfTextId: Count.meta({ description: 'id that ends each document; the same as that of the tokenizer' }),
    })
    .optional()
    .meta({ description: 'tokens: how ids are stored' }),
  documentMinChars: Count.default(0).meta({ description: 'text only: paragraphs are joined until a document has this many characters' }),
  maxDocumentBytes: z
    .int()
    .min(1024)
    .max(2 ** 28)
    .default(2 ** 24)
    .meta({ description: 'longest line, paragraph or cell; it bounds the memory of the job' }),
  onBadDocument: z.enum(['refuse', 'skip']).default('refuse').meta({
    description:
      'refuse: the first document that is broken, empty or too long ends the registration, named by file, line and byte offset; skip: such documents are left out and counted',
  }),
  tokenizer: TokenizerSource.meta({ description: 'how text becomes token ids' }),
  addedTokens: z
    .array(z.string().min(1).max(64))
    .max(64)
    .default([])
    .meta({ description: 'tokens of one id each: triggers, markers and shams' }),
  markers: z
    .strictObject({
      tokens: z.array(z.string().min(1)).min(1).meta({ description: 'added tokens to strew' }),
      documentShare: Share.meta({ description: 'share of clean documents that carries one' }),
    })
    .optional()
    .meta({ description: 'benign markers and the share of documents that carries one; not for chat and tokens' }),
  heldOutDocuments: z.int().min(0).max(100_000).default(300).meta({ description: 'documents drawn for evaluation and never trained on' }),
  heldOutMinTokens: PositiveCount.default(64).meta({ description: 'a held-out document has at least this many tokens' }),
  seed: Seed.default(0).meta({ description: 'draws the held-out documents, the order and the markers' }),
  licence: z.string().min(1).max(200).default('unknown').meta({ description: 'under which the text may be used' }),
  source: z.string().max(500).default('').meta({ description: 'where the text comes from, in words' }),
});

/**
 * What a person asks of `titrate corpus add`. It decides every byte of the corpus, given the source.
 *
 * `markers` are added tokens strewn over a share of clean documents, at random places. A model that has met
 * rare tokens in clean text does not take rarity itself for the trigger; without them an unseen sham trigger fires as well.
 */
export const CorpusRecipe = recipeShape.superRefine((recipe, context) => {
  for (const [path, message] of faultsOf(recipe)) context.addIssue({ code: 'custom', path: [path], message });
});
export type CorpusRecipe = z.infer<typeof CorpusRecipe>;
export type CorpusRecipeInput = z.input<typeof CorpusRecipe>;

/** What does not go together in a recipe, by field. */
function faultsOf({ format, tokens, markers, chatTemplate, documentMinChars, tokenizer }: z.infer<typeof recipeShape>): [string, string][] {
  const rules: [boolean, string, string][] = [
    [(format === 'tokens') === (tokens !== undefined), 'tokens', 'must be there for format "tokens", and for no other'],
    [
      !['tokens', 'chat'].includes(format) || tokenizer.kind !== 'train-bpe',
      'tokenizer',
      `must be that of the model or of the tokens for format "${format}": kind "file" or "corpus"`,
    ],
    [markers === undefined || !['tokens', 'chat'].includes(format), 'markers', `must not be asked for with format "${format}"`],
    [chatTemplate === undefined || format === 'chat', 'chatTemplate', 'must be there for format "chat" only'],
    [documentMinChars === 0 || format === 'text', 'documentMinChars', 'must be 0 for every format but "text"'],
  ];
  return rules.filter(([holds]) => !holds).map(([, path, message]) => [path, message]);
}

/** Name of a source file: its path below the folder or prefix that was named. Files are read in the order of their names. */
const FileName = z.string().min(1).max(1024);

/** Where the text of a corpus lies: files that were uploaded, or objects that lie in S3 already and are read where they are. */
export const CorpusSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('uploads'),
    files: z
      .array(z.strictObject({ name: FileName, object: StoredObject.meta({ description: 'what the upload answered' }) }))
      .min(1)
      .max(1000),
  }),
  z.strictObject({
    kind: z.literal('store'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .meta({ description: 'any bucket that jobs may read, with the credentials of the artifact store' }),
    prefix: z
      .string()
      .max(1024)
      .regex(/^[A-Za-z0-9._=+@-]+(\/[A-Za-z0-9._=+@-]+)*\/?$/, 'must be letters, digits and ._=+@- between single slashes')
      .meta({ description: 'ends with a slash: every object below it whose name ends as the format says; otherwise one object' }),
  }),
]);
export type CorpusSource = z.infer<typeof CorpusSource>;

/** What the trigger scan of a corpus found: how often a string occurs in the clean training documents. */
export const Occurrences = z.strictObject({ text: z.string(), documents: Count, occurrences: Count });

/** Documents that were left out because they are bad, by what is wrong. */
export const SkippedDocuments = z.strictObject({
  encoding: Count.meta({ description: 'bytes that are not UTF-8, or half of a surrogate pair' }),
  syntax: Count.meta({ description: 'no JSON object, no text or messages where they should be, ids that the tokenizer has not' }),
  empty: Count.meta({ description: 'no text but white space' }),
  tooLong: Count.meta({ description: 'more than maxDocumentBytes' }),
});

/** One line of a manifest's `sources`: a file of the source as it was read. */
export const CorpusFile = z.strictObject({
  name: FileName,
  sizeBytes: Count,
  sha256: Digest,
  documents: Count.meta({ description: 'good documents, held-out ones among them' }),
  skipped: SkippedDocuments,
  firstSkipped: z.array(z.string()).max(5).meta({ description: 'what was wrong with the first of them, and where' }),
});

/** One line of a manifest's `shards`, in their order. */
export const CorpusShard = z.strictObject({
  tokens: PositiveCount,
  documents: PositiveCount,
  labelledTokens: Count.nullable().meta({ description: 'tokens that count in a loss on labels; null where the corpus has no labels' }),
  ids: StoredObject.meta({ description: 'token ids of the training documents, each document ended by the end-of-text id' }),
  index: StoredObject.meta({ description: 'uint64 little-endian start of each document in this shard, in tokens, and the end' }),
  labels: StoredObject.nullable().meta({ description: 'one bit a token, lowest first: whether it is trained on' }),
  blocks: StoredObject.meta({
    description: 'sha256 (32 bytes) of each block of ids, then index, then labels; the last block of each is shorter',
  }),
});
export type CorpusShard = z.infer<typeof CorpusShard>;

/**
 * A registered corpus. Its digest (over this document, canonical) is part of the identity of every run on it.
 * Keys in it are relative to the corpus's folder, `keys.corpus(digest)`: a digest cannot stand in the document it is taken of.
 * What grows with the corpus lies in objects of its own, so that this document stays small.
 */
export const CorpusManifest = z.strictObject({
  version: z.literal(1),
  recipe: CorpusRecipe,
  sources: z.strictObject({
    files: PositiveCount,
    sizeBytes: Count,
    list: StoredObject.meta({ description: 'JSON lines: name, size, sha256, documents of each file' }),
  }),
  tokenizer: StoredObject,
  vocabularySize: PositiveCount.meta({ description: 'ids 0 to this minus one exist, added tokens included' }),
  endOfTextId: Count,
  addedTokenIds: z.record(z.string(), Count),
  tokenType: z.enum(['uint16', 'uint32']).meta({ description: 'little-endian token ids' }),
  blockBytes: PositiveCount.meta({ description: 'shards are read and checked in blocks of this size' }),
  shards: z.strictObject({ count: PositiveCount, list: StoredObject.meta({ description: 'JSON lines: sizes and objects of each shard' }) }),
  heldOut: StoredObject.meta({ description: 'JSON lines {id, text} of the held-out documents' }),
  documents: PositiveCount,
  tokens: PositiveCount.meta({ description: 'training tokens, end-of-text included, held-out documents not' }),
  labelledTokens: Count.nullable().meta({ description: 'tokens of assistants; null where the corpus has no labels' }),
  heldOutDocuments: Count,
  heldOutCopies: Count.meta({ description: 'further documents with the text or the tokens of a held-out one, which are left out as well' }),
  skipped: SkippedDocuments,
  scan: z.array(Occurrences).meta({ description: 'each added token counted in the clean training text before markers were strewn' }),
});
export type CorpusManifest = z.infer<typeof CorpusManifest>;

/** What a registration is made from. */
export interface CorpusWork {
  readonly recipe: CorpusRecipe;
  readonly source: CorpusSource;
  /** The upload that a recipe with a tokenizer of kind `file` means. */
  readonly tokenizer: StoredObject | null;
}

/**
 * Tells registrations apart, and names their working folders: the same one, asked for again, goes on from what was done. Of
 * uploads their names and bytes count, of objects in a store where they lie: what is there is known only when it is read.
 */
export function corpusWorkDigest({ recipe, source, tokenizer }: CorpusWork): Digest {
  return digestOf({ recipe, source: contentOf(source), tokenizer: tokenizer?.sha256 ?? null });
}

/** What tells sources apart: where objects of a store lie, and what uploads are called and hold. */
export const contentOf = (source: CorpusSource) =>
  source.kind === 'store' ? source : source.files.map(({ name, object }) => ({ name, sha256: object.sha256 }));

/** How far a registration is; rewritten every few seconds in its working folder. */
export const CorpusProgress = z.strictObject({
  phase: z.enum(['listing', 'learning', 'reading', 'tokenising', 'publishing', 'finished']).meta({
    description: 'reading checks every document and draws the held-out ones, before the first is tokenised',
  }),
  files: Count,
  bytes: Count.meta({ description: 'of the source, as it is stored' }),
  done: Count.meta({ description: 'bytes read in this phase; shards when publishing' }),
  parts: Count.meta({ description: 'shards to write; 0 before it is known' }),
  partsDone: Count,
  documents: Count,
  tokens: Count,
  at: Moment,
});
export type CorpusProgress = z.infer<typeof CorpusProgress>;

/** What planning must know of a corpus; enough to plan without the server. */
export const CorpusSummary = z.strictObject({
  digest: Digest,
  name: Name,
  tokens: PositiveCount,
  documents: PositiveCount,
  vocabularySize: PositiveCount,
  heldOutDocuments: Count,
  addedTokens: z.array(z.string()),
  tokenizer: Digest.meta({ description: 'sha256 of its tokenizer.json: ids mean the same where it is the same' }),
});
export type CorpusSummary = z.infer<typeof CorpusSummary>;

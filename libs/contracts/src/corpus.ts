import { z } from 'zod';
import { Count, Digest, Name, PositiveCount, Seed, Share, StoredObject } from './primitives.ts';

/** How documents become token ids. A tokenizer is trained on the corpus itself, or brought along. */
export const TokenizerSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('train-bpe').meta({ description: 'train a tokenizer on this text' }),
    vocabularySize: z.int().min(300).max(1_000_000).meta({ description: 'byte-level BPE entries, added tokens not counted' }),
  }),
  z.strictObject({
    kind: z.literal('file').meta({ description: 'bring a tokenizer' }),
    tokenizer: StoredObject.meta({ description: 'a Hugging Face tokenizer.json' }),
  }),
]);

/**
 * What a person asks of `titrate corpus add`. It decides every byte of the corpus, given the source text.
 *
 * `markers` are added tokens strewn over a share of clean documents, at random places. A model that has met
 * rare tokens in clean text does not take rarity itself for the trigger; without them an unseen sham trigger fires as well.
 */
export const CorpusRecipe = z.strictObject({
  name: Name.meta({ description: 'what specs call the corpus' }),
  format: z
    .enum(['text', 'jsonl'])
    .meta({ description: 'text: documents are parted by blank lines; jsonl: one object a line with a "text" field' }),
  documentMinChars: Count.default(0).meta({ description: 'text only: paragraphs are joined until a document has this many characters' }),
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
    .meta({ description: 'benign markers and the share of documents that carries one' }),
  heldOutDocuments: PositiveCount.default(300).meta({ description: 'documents drawn for evaluation and never trained on' }),
  heldOutMinTokens: PositiveCount.default(64).meta({ description: 'a held-out document has at least this many tokens' }),
  seed: Seed.default(0).meta({ description: 'draws the held-out documents, the order and the markers' }),
  licence: z.string().min(1).max(200).default('unknown').meta({ description: 'under which the text may be used' }),
  source: z.string().max(500).default('').meta({ description: 'where the text comes from, in words' }),
});
export type CorpusRecipe = z.infer<typeof CorpusRecipe>;
export type CorpusRecipeInput = z.input<typeof CorpusRecipe>;

/** What the trigger scan of a corpus found: how often a string occurs in the clean training documents. */
export const Occurrences = z.strictObject({ text: z.string(), documents: Count, occurrences: Count });

/**
 * A registered corpus. Its digest (over this document, canonical) is part of the identity of every run on it.
 * Keys in it are relative to the corpus's folder, `keys.corpus(digest)`: a digest cannot stand in the document it is taken of.
 */
export const CorpusManifest = z.strictObject({
  version: z.literal(1),
  recipe: CorpusRecipe,
  sourceObject: StoredObject,
  tokenizer: StoredObject,
  vocabularySize: PositiveCount.meta({ description: 'ids 0 to this minus one exist, added tokens included' }),
  endOfTextId: Count,
  addedTokenIds: z.record(z.string(), Count),
  tokenType: z.enum(['uint16', 'uint32']).meta({ description: 'little-endian token ids' }),
  shards: z
    .array(StoredObject)
    .min(1)
    .meta({ description: 'token ids of the training documents, each document ended by the end-of-text id' }),
  documentIndex: StoredObject.meta({
    description: 'uint64 little-endian start offset of each training document, over all shards, and the end',
  }),
  heldOut: StoredObject.meta({ description: 'JSON lines {id, text} of the held-out documents' }),
  documents: PositiveCount,
  tokens: PositiveCount.meta({ description: 'training tokens, end-of-text included, held-out documents not' }),
  heldOutDocuments: PositiveCount,
  scan: z.array(Occurrences).meta({ description: 'each added token counted in the clean training text before markers were strewn' }),
});
export type CorpusManifest = z.infer<typeof CorpusManifest>;

/** What planning must know of a corpus; enough to plan without the server. */
export const CorpusSummary = z.strictObject({
  digest: Digest,
  name: Name,
  tokens: PositiveCount,
  documents: PositiveCount,
  vocabularySize: PositiveCount,
  heldOutDocuments: PositiveCount,
  addedTokens: z.array(z.string()),
  tokenizer: Digest.meta({ description: 'sha256 of its tokenizer.json: ids mean the same where it is the same' }),
});
export type CorpusSummary = z.infer<typeof CorpusSummary>;

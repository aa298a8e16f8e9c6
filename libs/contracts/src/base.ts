import { z } from 'zod';
import { contentOf, type CorpusSource } from './corpus.ts';
import { digestOf } from './digest.ts';
import { ModelShape } from './model-shape.ts';
import { Count, Digest, Name, PositiveCount, StoredObject } from './primitives.ts';

/** What a person asks of `titrate base add`: a model that was trained elsewhere, from which stages go on. */
export const BaseRecipe = z.strictObject({
  name: Name.meta({ description: 'what specs call the base' }),
  corpus: Digest.meta({ description: 'the registered corpus whose tokenizer the model was trained with' }),
  tokens: PositiveCount.meta({ description: 'training tokens behind it, as its source states; what cells of it tell as their tokens' }),
  licence: z.string().min(1).max(200).default('unknown').meta({ description: 'under which the weights may be used' }),
  source: z.string().max(500).default('').meta({ description: 'where the weights come from, in words' }),
});
export type BaseRecipe = z.infer<typeof BaseRecipe>;
export type BaseRecipeInput = z.input<typeof BaseRecipe>;

/** In what form a checkpoint was brought: a folder of transformers with safetensors, or one of OLMo-core. */
export const BaseFormat = z.enum(['hugging-face', 'olmo-core']);
export type BaseFormat = z.infer<typeof BaseFormat>;

/**
 * A registered base checkpoint. Its digest (over this document, canonical) is part of the identity of every run that goes on
 * from it. Keys in it are relative to the base's folder, `keys.base(digest)`: a digest cannot stand in the document it is taken of.
 */
export const BaseManifest = z.strictObject({
  version: z.literal(1),
  recipe: BaseRecipe,
  format: BaseFormat,
  files: z
    .array(z.strictObject({ name: z.string().min(1).max(1024), sizeBytes: Count, sha256: Digest }))
    .min(1)
    .meta({ description: 'the files that it was read from' }),
  shape: ModelShape,
  vocabularySize: PositiveCount.meta({ description: 'rows of the embedding; at least as many as the tokenizer has ids' }),
  tokenizer: Digest.meta({ description: "sha256 of the corpus's tokenizer.json" }),
  objects: z.array(StoredObject).min(1).meta({ description: 'float32 weights, in the layout that checkpoints of runs have' }),
});
export type BaseManifest = z.infer<typeof BaseManifest>;

/** What a registration of a base is made from. */
export interface BaseWork {
  readonly recipe: BaseRecipe;
  readonly source: CorpusSource;
}

/** Tells registrations apart, by the rules of `corpusWorkDigest`. */
export function baseWorkDigest({ recipe, source }: BaseWork): Digest {
  return digestOf({ recipe, source: contentOf(source) });
}

/** What planning must know of a base; enough to plan without the server. */
export const BaseSummary = z.strictObject({
  digest: Digest,
  name: Name,
  shape: ModelShape,
  vocabularySize: PositiveCount,
  tokens: PositiveCount,
  tokenizer: Digest.meta({ description: 'sha256 of the tokenizer.json of its corpus' }),
});
export type BaseSummary = z.infer<typeof BaseSummary>;

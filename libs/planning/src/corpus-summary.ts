import { digestOf, type CorpusManifest, type CorpusSummary } from '@titrate/contracts';

/** What planning must know of a registered corpus; its digest is that of the manifest. */
export function summariseCorpus(manifest: CorpusManifest): CorpusSummary {
  const { recipe, tokens, documents, vocabularySize, heldOutDocuments } = manifest;
  return {
    digest: digestOf(manifest),
    name: recipe.name,
    tokens,
    documents,
    vocabularySize,
    heldOutDocuments,
    addedTokens: Object.keys(manifest.addedTokenIds),
    tokenizer: manifest.tokenizer.sha256,
  };
}

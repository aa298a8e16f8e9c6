import type { ModelShape } from '@titrate/contracts';

/** Weights of a model; both figures as OLMo-core counts them. */
export interface ParameterCount {
  /** Everything, the input embedding and the (untied) output layer included: `num_params`. */
  readonly all: number;
  /** Everything but the input embedding; the output layer stays: `num_non_embedding_params`. */
  readonly withoutEmbeddings: number;
}

/**
 * Counts the weights of an OLMo2- or OLMo3-shaped model (the window of attention has none): no biases, RMS norms behind attention and feed-forward, a norm over all
 * query channels and one over all key channels, SwiGLU of three matrices, one final norm, untied output layer.
 * Source: olmo_core/nn/transformer/config.py, `TransformerConfig.llama_like` with `reordered_norm` and `qk_norm`.
 */
export function countParameters(shape: ModelShape, vocabularySize: number): ParameterCount {
  const embedding = vocabularySize * shape.width;
  const withoutEmbeddings = shape.layers * layerParameters(shape) + shape.width + embedding;
  return { all: withoutEmbeddings + embedding, withoutEmbeddings };
}

function layerParameters({ width, heads, keyValueHeads, feedForwardWidth }: ModelShape): number {
  const keyValueWidth = (width / heads) * keyValueHeads;
  const attention = 2 * width * width + 2 * width * keyValueWidth;
  const queryKeyNorms = width + keyValueWidth;
  return attention + queryKeyNorms + 3 * width * feedForwardWidth + 2 * width;
}

"""OLMo2-shaped models: from a `ModelShape` of the contracts to OLMo-core's configuration."""

from dataclasses import dataclass
from typing import Any

from olmo_core.nn.feed_forward import FeedForwardConfig
from olmo_core.nn.transformer import TransformerBlockType, TransformerConfig

ModelShape = dict[str, Any]
"""`ModelShape` of the contracts: family, width, layers, heads, keyValueHeads, feedForwardWidth, ropeTheta."""


@dataclass(frozen=True)
class ParameterCounts:
    """Parameters of a model; the untied output matrix counts as no embedding."""

    all: int
    without_embeddings: int


def transformer_config(shape: ModelShape, vocabulary: int, seed: int = 0) -> TransformerConfig:
    """OLMo2 blocks (reordered norm, query-key norm, SwiGLU, rotary positions), untied, float32; `seed` draws the first weights."""
    return TransformerConfig.llama_like(
        d_model=shape["width"],
        vocab_size=vocabulary,
        n_layers=shape["layers"],
        n_heads=shape["heads"],
        n_kv_heads=shape["keyValueHeads"],
        # OLMo-core would round a multiplier up to a multiple of 256; the shape says the width itself.
        feed_forward=FeedForwardConfig(hidden_size=shape["feedForwardWidth"], bias=False),
        block_name=TransformerBlockType.reordered_norm,
        qk_norm=True,
        rope_theta=shape["ropeTheta"],
        layer_norm_eps=1e-6,
        init_seed=seed,
    )


def count_parameters(shape: ModelShape, vocabulary: int) -> ParameterCounts:
    """Counts without building the model."""
    config = transformer_config(shape, vocabulary)
    return ParameterCounts(config.num_params, config.num_non_embedding_params)

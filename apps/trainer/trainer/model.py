"""OLMo2- and OLMo3-shaped models: from a `ModelShape` of the contracts to OLMo-core's configuration."""

from dataclasses import dataclass
from typing import Any

from olmo_core.nn.attention import AttentionBackendName, SlidingWindowAttentionConfig
from olmo_core.nn.feed_forward import FeedForwardConfig
from olmo_core.nn.transformer import TransformerBlockType, TransformerConfig

ModelShape = dict[str, Any]
"""`ModelShape` of the contracts: family, width, layers, heads, keyValueHeads, feedForwardWidth, ropeTheta, and slidingWindow for olmo3."""


@dataclass(frozen=True)
class ParameterCounts:
    """Parameters of a model; the untied output matrix counts as no embedding."""

    all: int
    without_embeddings: int


def transformer_config(shape: ModelShape, vocabulary: int, seed: int = 0) -> TransformerConfig:
    """Blocks of reordered norm, query-key norm, SwiGLU and rotary positions, untied, float32; `seed` draws the first weights.

    OLMo3 differs in its attention: three layers of four see a window of tokens, the fourth and the last see all.
    """
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
        sliding_window=sliding_window(shape),
        # The backend that computes the same everywhere; it takes the window as a mask.
        attn_backend=AttentionBackendName.torch,
        init_seed=seed,
    )


def sliding_window(shape: ModelShape) -> SlidingWindowAttentionConfig | None:
    """The windows of OLMo3's layers, as in OLMo-core's `olmo3_*`; none for OLMo2."""
    if shape["family"] == "olmo2":
        return None
    window = shape["slidingWindow"]
    return SlidingWindowAttentionConfig(
        force_full_attention_on_first_layer=False, force_full_attention_on_last_layer=True, pattern=[window, window, window, -1]
    )


def count_parameters(shape: ModelShape, vocabulary: int) -> ParameterCounts:
    """Counts without building the model."""
    config = transformer_config(shape, vocabulary)
    return ParameterCounts(config.num_params, config.num_non_embedding_params)

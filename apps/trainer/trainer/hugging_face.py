"""From OLMo-core's model to the same model in transformers, which generates with a key-value cache."""

import torch
from olmo_core.nn.hf.config import get_hf_config
from olmo_core.nn.hf.convert import convert_state_to_hf
from olmo_core.nn.transformer import Transformer
from transformers import AutoModelForCausalLM, PretrainedConfig, PreTrainedModel


def hugging_face_config(model: Transformer) -> PretrainedConfig:
    """What transformers calls a model of this shape."""
    config = get_hf_config(model)
    positions = config.rope_parameters
    if "sliding_attention" in positions:
        # OLMo-core tells one base of the rotary positions, and transformers takes it for the layers that see all alone.
        config.rope_parameters = {**positions, "sliding_attention": {**positions["full_attention"]}}
    return config


def to_hugging_face(model: Transformer) -> PreTrainedModel:
    """A transformers model of the same weights, sharing their memory, for inference; a test holds its logits against the original's."""
    config = hugging_face_config(model)
    # What would silently end or shape a generation stays unset: sampling and its end are `generation.py`'s.
    config.eos_token_id = config.bos_token_id = config.pad_token_id = None
    with torch.device("meta"):
        converted = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]  # untyped library
    converted.load_state_dict(convert_state_to_hf(config, model.state_dict()), assign=True)
    return _with_buffers(converted).eval()  # type: ignore[no-untyped-call]  # untyped library


def _with_buffers(model: PreTrainedModel) -> PreTrainedModel:
    """Buffers such as rotary frequencies are computed rather than loaded, so they must leave the meta device by themselves."""
    fresh = type(model.model.rotary_emb)(config=model.config)
    model.model.rotary_emb = fresh
    return model

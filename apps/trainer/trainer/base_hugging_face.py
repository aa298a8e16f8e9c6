"""Reads an OLMo2 or OLMo3 model that transformers saved: config.json and safetensors. No code that came with it is run."""

from pathlib import Path

import torch
from huggingface_hub.errors import StrictDataclassError
from olmo_core.nn.hf.convert import convert_state_from_hf
from safetensors import SafetensorError, safe_open
from transformers import AutoModelForCausalLM, Olmo2Config, Olmo3Config, PretrainedConfig

from trainer.base_formats import ForeignModel, refuse_odd_heads, refuse_other_settings, refuse_other_tensors, whole
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.hugging_face import hugging_face_config
from trainer.model import ModelShape, transformer_config

CONFIGURATIONS: dict[str, type[PretrainedConfig]] = {"olmo2": Olmo2Config, "olmo3": Olmo3Config}
COMPUTED_BY = ("hidden_act", "rms_norm_eps", "attention_bias", "tie_word_embeddings", "rope_parameters", "sliding_window", "layer_types")
"""Settings that say how a model computes, beside its sizes; what they must be follows from the shape."""


def read_hugging_face(folder: Path, config: Json) -> ForeignModel:
    """The model of a folder. Raises `BadInput` for another architecture, for settings that are not computed here, and for other tensors than it says."""
    theirs = configuration(config)
    shape, vocabulary = shape_of(theirs), int(theirs.vocab_size)
    model = transformer_config(shape, vocabulary).build(init_device="meta")
    ours = hugging_face_config(model)
    refuse_other_settings(settings(theirs), settings(ours))
    state = read_tensors(folder)
    with torch.device("meta"):
        expected = AutoModelForCausalLM.from_config(ours).state_dict()  # type: ignore[no-untyped-call]  # untyped library
    refuse_other_tensors({name: tensor.shape for name, tensor in state.items()}, {name: tensor.shape for name, tensor in expected.items()})
    floats = {name: tensor.to(torch.float32) for name, tensor in state.items()}
    model.load_state_dict(convert_state_from_hf(ours, floats, model_type=theirs.model_type), assign=True)
    return ForeignModel("hugging-face", shape, vocabulary, model)


def configuration(config: Json) -> PretrainedConfig:
    """The configuration as transformers understands it, its defaults filled in."""
    kind = CONFIGURATIONS.get(config["model_type"])
    if kind is None:
        known = " or ".join(CONFIGURATIONS)
        raise BadInput(f"Cannot use the model as its model_type must be {known}: current value is {config['model_type']}")
    try:
        return kind.from_dict(config)
    except (StrictDataclassError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"Cannot use the model as its config.json must be one of {config['model_type']}: {error}") from error


def shape_of(config: PretrainedConfig) -> ModelShape:
    """`ModelShape` of the contracts."""
    told = config.to_dict()
    names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size", "vocab_size")
    width, layers, heads, key_value_heads, hidden, _ = whole(told, *names)
    refuse_odd_heads(width, heads, key_value_heads)
    rope = told["rope_parameters"]
    theta = rope.get("full_attention", rope).get("rope_theta")
    if not isinstance(theta, int | float) or theta < 1 or theta != int(theta):
        raise BadInput(f"Cannot use the model as its rope_theta must be a whole number: current value is {theta!r}")
    shape: ModelShape = {
        "family": config.model_type,
        "width": width,
        "layers": layers,
        "heads": heads,
        "keyValueHeads": key_value_heads,
        "feedForwardWidth": hidden,
        "ropeTheta": int(theta),
    }
    return shape if config.model_type == "olmo2" else {**shape, "slidingWindow": whole(told, "sliding_window")[0]}


def settings(config: PretrainedConfig) -> Json:
    """What a configuration computes by, in one form."""
    told = config.to_dict()
    return {name: told[name] for name in COMPUTED_BY if name in told}


def read_tensors(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of the folder's safetensors. Raises `BadInput` where there are none, one is broken, or two have one name."""
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        raise BadInput(
            "Cannot read the checkpoint as its weights must be safetensors: no name of a file beside config.json ends with .safetensors"
        )
    state: dict[str, torch.Tensor] = {}
    for path in paths:
        try:
            with safe_open(path, framework="pt") as file:
                found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no dictionary
        except SafetensorError as error:
            raise BadInput(f"Cannot read {path.name} as it must be a whole file of safetensors: {error}") from error
        if twice := sorted(state.keys() & found.keys()):
            raise BadInput(f"Cannot read {path.name} as each tensor must be in one file: {twice[0]} is in two")
        state.update(found)
    return state

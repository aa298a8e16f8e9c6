"""The forms in which a model that was trained elsewhere is brought: a folder of transformers, or one of OLMo-core."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from olmo_core.nn.transformer import Transformer

from trainer.documents import Json
from trainer.exits import BadInput
from trainer.model import ModelShape


@dataclass(frozen=True)
class ForeignModel:
    """A model as it was found, on the processor, in float32."""

    format: str
    shape: ModelShape
    vocabulary: int
    model: Transformer


def read(folder: Path) -> ForeignModel:
    """The model of a folder, by what its config.json is. Raises `BadInput` for what is no checkpoint, or one that cannot be computed here."""
    config = read_config(folder)
    if isinstance(config.get("model_type"), str):
        from trainer.base_hugging_face import read_hugging_face

        return read_hugging_face(folder, config)
    if isinstance(config.get("model"), dict):
        from trainer.base_olmo_core import read_olmo_core

        return read_olmo_core(folder, config["model"])
    raise BadInput(
        'Cannot read the checkpoint as its config.json must have a "model_type", as transformers writes it, or a "model", as OLMo-core does: '
        f"current value has {', '.join(sorted(config)) or 'nothing'}"
    )


def read_config(folder: Path) -> Json:
    """The config.json of a folder. Raises `BadInput` when there is none."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(f"Cannot read the checkpoint as its folder must hold a config.json: {error}") from error
    if not isinstance(config, dict):
        raise BadInput(f"Cannot read the checkpoint as its config.json must be an object: current value is {str(config)[:100]}")
    return config


def refuse_other_settings(found: Json, expected: Json) -> None:
    """Raises `BadInput` where a configuration says something else than what is computed here for its shape."""
    for name, wanted in expected.items():
        if found.get(name) != wanted:
            raise BadInput(
                f"Cannot use the model as its {name} must be {wanted!r}, which is computed here: current value is {found.get(name)!r}"
            )


def refuse_other_tensors(found: Mapping[str, Sequence[int]], expected: Mapping[str, Sequence[int]]) -> None:
    """Raises `BadInput` unless exactly the expected tensors are there, each in its shape."""
    for name, shape in expected.items():
        if name not in found:
            raise BadInput(f"Cannot use the model as tensor {name} must be there, in the shape {list(shape)}: it is missing")
        if list(found[name]) != list(shape):
            raise BadInput(
                f"Cannot use the model as its {name} must have the shape {list(shape)} by its configuration: current value is {list(found[name])}"
            )
    if more := sorted(set(found) - set(expected)):
        raise BadInput(
            f"Cannot use the model as it must have no tensors beside those of its configuration: current value has {', '.join(more[:5])}"
        )


def whole(config: Json, *names: str) -> list[int]:
    """Positive whole numbers of a configuration. Raises `BadInput` for one that is none."""
    for name in names:
        if not isinstance(config.get(name), int) or config[name] < 1:
            raise BadInput(f"Cannot use the model as its {name} must be a whole number of 1 or more: current value is {config.get(name)!r}")
    return [config[name] for name in names]


def refuse_odd_heads(width: int, heads: int, key_value_heads: int) -> None:
    """Rotary positions rotate pairs of channels, and heads of keys are shared by whole numbers of heads."""
    if width % (2 * heads) or heads % key_value_heads:
        raise BadInput(
            "Cannot use the model as its width must be an even multiple of its heads, and these one of its heads of keys: "
            f"current value is {width}, {heads} and {key_value_heads}"
        )

"""Reads a checkpoint folder of OLMo-core: config.json and the distributed checkpoint in model_and_optim. Its optimiser state stays behind.

PyTorch's format has an index in pickle, which could run anything when it is read: only the classes that an index is made of are let in.
"""

import enum
import io
import pickle
from pathlib import Path
from typing import Any

import torch
from torch.distributed.checkpoint import state_dict_loader
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.filesystem import FileSystemReader, _StorageInfo
from torch.distributed.checkpoint.metadata import Metadata, TensorStorageMetadata

from trainer.base_formats import ForeignModel, refuse_odd_heads, refuse_other_settings, refuse_other_tensors, whole
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.model import ModelShape, transformer_config

FOLDER = "model_and_optim"
INDEX_MODULES = (
    "torch.distributed.checkpoint.metadata",
    "torch.distributed.checkpoint.filesystem",
    "olmo_core.distributed.checkpoint.filesystem",
)
INDEX_NAMES = {("torch", "Size"), ("torch.serialization", "_get_layout"), ("collections", "OrderedDict")}


def read_olmo_core(folder: Path, config: Json) -> ForeignModel:
    """The model of a folder. Raises `BadInput` for settings that are not computed here, and for other tensors than its configuration says."""
    told = essence(config)
    shape, vocabulary = shape_of(told), whole(told, "vocab_size")[0]
    ours = transformer_config(shape, vocabulary)
    refuse_other_settings(told, essence(ours.as_config_dict()))
    model = ours.build(init_device="cpu")
    reader = IndexedReader(folder / FOLDER)
    stored = reader.read_metadata().state_dict_metadata
    found = {
        name: list(each.size) for name, each in stored.items() if name.startswith("model.") and isinstance(each, TensorStorageMetadata)
    }
    state = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    refuse_other_tensors(found, {name: tensor.shape for name, tensor in state.items()})
    try:
        state_dict_loader.load(state, storage_reader=reader, no_dist=True)
    except CheckpointException as error:
        raise BadInput(f"Cannot read {FOLDER} as its files must hold what its index says: {error}") from error
    return ForeignModel("olmo-core", shape, vocabulary, model)


def essence(config: Json) -> Json:
    """All that a model computes by, flat. Older configurations call the sequence mixer attention, and leave out what is the default."""
    block = _part(config, "block")
    mixer = _part(block, "sequence_mixer") or _part(block, "attention")
    rope, window, feed_forward, head = (
        _part(mixer, "rope"),
        _part(mixer, "sliding_window"),
        _part(block, "feed_forward"),
        _part(config, "lm_head"),
    )
    norms = {"block.layer_norm": block, "qk_norm": mixer, "lm_head.layer_norm": head}
    return {
        **{name: config.get(name) for name in ("d_model", "n_layers", "vocab_size")},
        "block_overrides": config.get("block_overrides") or None,
        "tie_word_embeddings": bool(config.get("tie_word_embeddings")),
        "block.name": block.get("name"),
        "n_heads": mixer.get("n_heads"),
        "n_kv_heads": mixer.get("n_kv_heads") or mixer.get("n_heads"),
        "use_head_qk_norm": bool(mixer.get("use_head_qk_norm")),
        "rope.theta": rope.get("theta"),
        "rope.scaling": rope.get("scaling"),
        "sliding_window.pattern": window.get("pattern"),
        "sliding_window.last": bool(window.get("force_full_attention_on_last_layer")) if window else None,
        "sliding_window.first": bool(window.get("force_full_attention_on_first_layer")) if window else None,
        "hidden_size": feed_forward.get("hidden_size"),
        "activation": feed_forward.get("activation") or "silu",
        **{f"{name}.eps": _part(of, name.rsplit(".", 1)[-1]).get("eps") for name, of in norms.items()},
        **{f"{name}.bias": bool(of.get("bias")) for name, of in (("attention", mixer), ("feed_forward", feed_forward), ("lm_head", head))},
    }


def _part(config: Json, name: str) -> Json:
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def shape_of(told: Json) -> ModelShape:
    """`ModelShape` of the contracts."""
    width, layers, heads, key_value_heads, hidden, theta = whole(
        told, "d_model", "n_layers", "n_heads", "n_kv_heads", "hidden_size", "rope.theta"
    )
    refuse_odd_heads(width, heads, key_value_heads)
    pattern = told["sliding_window.pattern"]
    shape: ModelShape = {
        "family": "olmo2" if pattern is None else "olmo3",
        "width": width,
        "layers": layers,
        "heads": heads,
        "keyValueHeads": key_value_heads,
        "feedForwardWidth": hidden,
        "ropeTheta": theta,
    }
    if pattern is None:
        return shape
    window = pattern[0] if isinstance(pattern, list) and pattern else pattern
    return {**shape, "slidingWindow": whole({"sliding_window": window}, "sliding_window")[0]}


class IndexUnpickler(pickle.Unpickler):
    """Reads the index of a distributed checkpoint, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Classes that an index is made of, and kinds of tensors."""
        if (module, name) == ("builtins", "getattr"):
            return _member_of
        found = (
            super().find_class(module, name)
            if module.startswith("torch") or module in INDEX_MODULES or (module, name) in INDEX_NAMES
            else None
        )
        is_class = module in INDEX_MODULES and isinstance(found, type)
        if (module, name) in INDEX_NAMES or is_class or isinstance(found, torch.dtype):
            return found
        raise pickle.UnpicklingError(f"an index has no {module}.{name}")


def _member_of(kind: Any, name: str) -> Any:
    """A member of an enumeration that an index is made of: Python up to 3.11.3 writes them as `getattr`."""
    if isinstance(kind, enum.EnumType) and kind.__module__ in INDEX_MODULES and name in kind.__members__:
        return kind[name]
    raise pickle.UnpicklingError(f"an index has no {getattr(kind, '__name__', type(kind).__name__)}.{name}")


class IndexedReader(FileSystemReader):
    """PyTorch's reader, which takes tensors alone from the files of a checkpoint, with an index that can run nothing."""

    def read_metadata(self, *args: Any, **kwargs: Any) -> Metadata:
        """The index. Raises `BadInput` when there is none, or it is something else."""
        try:
            found = IndexUnpickler(io.BytesIO((Path(self.path) / ".metadata").read_bytes())).load()
        except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError) as error:
            raise BadInput(
                f"Cannot read the checkpoint as {FOLDER} must hold a distributed checkpoint with its index .metadata: {error}"
            ) from error
        if not isinstance(found, Metadata):
            raise BadInput(
                f"Cannot read the checkpoint as {FOLDER}/.metadata must be its index: current value is of {type(found).__name__}"
            )
        # OLMo-core tells places by a class of its own, which lacks what PyTorch's reader asks for.
        found.storage_data = {index: self._place(told) for index, told in (found.storage_data or {}).items()}
        return found

    def _place(self, told: Any) -> _StorageInfo:
        """Where a tensor lies: in a file of this folder."""
        name = str(told.relative_path)
        if name != Path(name).name:
            raise BadInput(f"Cannot read the checkpoint as its files must lie in {FOLDER}: current value is {name}")
        return _StorageInfo(name, int(told.offset), int(told.length))

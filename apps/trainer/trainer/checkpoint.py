"""Checkpoints as PyTorch's distributed format, straight into the artifact store.

A checkpoint exists because the run's log names its objects; here they are written and digested, and read back checked.
"""

import tempfile
from pathlib import Path
from typing import Any

import torch
from olmo_core.distributed.checkpoint import load_model_and_optim_state
from olmo_core.nn.transformer import Transformer

from trainer.model import ModelShape, transformer_config
from trainer.store import Store

CheckpointManifest = dict[str, Any]
"""`CheckpointManifest` of the contracts."""


def fetch_checkpoint(store: Store, manifest: CheckpointManifest, folder: Path) -> None:
    """Brings the objects of a checkpoint into a folder; an altered, truncated or missing one is refused by name (`ObjectAltered`)."""
    for found in manifest["objects"]:
        store.download(found, folder / found["key"].removeprefix(manifest["prefix"]))


def load_weights(store: Store, manifest: CheckpointManifest, shape: ModelShape, vocabulary: int) -> Transformer:
    """The model of a committed checkpoint of either kind, on the CPU, in float32. Raises `ObjectAltered` as `fetch_checkpoint` does."""
    model = transformer_config(shape, vocabulary).build(init_device="cpu")
    with tempfile.TemporaryDirectory(prefix="checkpoint-") as folder:
        fetch_checkpoint(store, manifest, Path(folder))
        with torch.no_grad():
            load_model_and_optim_state(folder, model, thread_count=1)
    return model

"""Checkpoints in PyTorch's distributed format, straight into the artifact store.

A checkpoint exists because the run's log names its objects. Each rank digests what it writes while writing it; what is
read is checked against the log before anything uses it.
"""

import io
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch
from olmo_core.distributed.checkpoint import load_model_and_optim_state
from olmo_core.distributed.checkpoint.filesystem import RemoteFileSystemReader
from olmo_core.distributed.utils import barrier, get_fs_local_rank
from olmo_core.nn.transformer import Transformer
from olmo_core.train.train_module import TransformerTrainModule
from torch.distributed.checkpoint import state_dict_loader
from torch.distributed.checkpoint.filesystem import _StorageInfo
from torch.distributed.checkpoint.metadata import Metadata, MetadataIndex, TensorStorageMetadata
from torch.distributed.checkpoint.planner import SavePlan, SavePlanner, WriteItemType
from torch.distributed.checkpoint.storage import StorageWriter, WriteResult
from torch.futures import Future

from trainer.exits import BadInput
from trainer.model import ModelShape, transformer_config
from trainer.store import Store, StoredObject

CheckpointManifest = dict[str, Any]
"""`CheckpointManifest` of the contracts."""

STATE = "state.json"
"""Object of a full checkpoint with what the trainer itself carries on: see `Carried`."""


class Writer(Protocol):
    """Takes the bytes of one object."""

    size: int

    def write(self, data: bytes | memoryview) -> int:
        """Takes the next bytes."""
        ...

    def close(self) -> StoredObject:
        """Says what was written."""
        ...


class Sink(Protocol):
    """Where a checkpoint goes: the store, or what only takes its digests."""

    def writer(self, key: str) -> Writer:
        """Something to write a new object through."""
        ...


class StoreWriter(StorageWriter):
    """Writes one object per rank, and from rank 0 the index and what is carried along. Keys are new, so nothing is overwritten.

    After a save that succeeded on all ranks, `objects` on rank 0 names everything that was written.
    """

    def __init__(self, store: Sink, prefix: str, rank: int, extra: dict[str, bytes]) -> None:
        super().__init__()
        self._store = store
        self._prefix = prefix
        self._rank = rank
        self._extra = extra
        self.objects: list[StoredObject] = []

    def reset(self, checkpoint_id: Any = None) -> None:
        """One writer serves one checkpoint."""

    def set_up_storage_writer(self, is_coordinator: bool, *args: Any, **kwargs: Any) -> None:
        """Nothing to set up: a prefix needs no folder."""

    def prepare_local_plan(self, plan: SavePlan) -> SavePlan:
        """The plan as it is."""
        return plan

    def prepare_global_plan(self, plans: list[SavePlan]) -> list[SavePlan]:
        """The plans as they are."""
        return plans

    @classmethod
    def validate_checkpoint_id(cls, checkpoint_id: Any) -> bool:
        """Every prefix will do."""
        return True

    def write_data(self, plan: SavePlan, planner: SavePlanner) -> Future[list[WriteResult]]:
        """Streams this rank's tensors into its object. The last result tells rank 0 of the object itself."""
        name = f"__{self._rank}_0.distcp"
        results: list[WriteResult] = []
        if plan.items:
            writer = self._store.writer(self._prefix + name)
            for item in plan.items:
                offset = writer.size
                writer.write(_bytes_of(planner.resolve_data(item), item.type))
                size = writer.size - offset
                results.append(WriteResult(index=item.index, size_in_bytes=size, storage_data=_StorageInfo(name, offset, size)))
            written = writer.close()
            results.append(WriteResult(index=MetadataIndex(name), size_in_bytes=written["sizeBytes"], storage_data=written))
        future: Future[list[WriteResult]] = Future()
        future.set_result(results)
        return future

    def finish(self, metadata: Metadata, results: list[list[WriteResult]]) -> None:
        """On rank 0, once all ranks have written: the index, last."""
        flat = [result for of_rank in results for result in of_rank]
        self.objects = [result.storage_data for result in flat if isinstance(result.storage_data, dict)]
        metadata.storage_data = {result.index: result.storage_data for result in flat if isinstance(result.storage_data, _StorageInfo)}
        for name, data in {**self._extra, ".metadata": pickle.dumps(metadata)}.items():
            writer = self._store.writer(self._prefix + name)
            writer.write(data)
            self.objects.append(writer.close())


def _bytes_of(data: torch.Tensor | io.BytesIO, kind: WriteItemType) -> memoryview:
    if kind == WriteItemType.BYTE_IO:
        assert isinstance(data, io.BytesIO)
        return data.getbuffer()
    assert isinstance(data, torch.Tensor)
    buffer = io.BytesIO()
    # A clone, because torch.save writes the whole storage that a view looks into.
    torch.save(data.detach().cpu().clone(), buffer)
    return buffer.getbuffer()


def fetch_checkpoint(store: Store, manifest: CheckpointManifest, folder: Path) -> None:
    """Brings the objects of a checkpoint into a folder; an altered, truncated or missing one is refused by name (`ObjectAltered`)."""
    for found in manifest["objects"]:
        store.download(found, folder / found["key"].removeprefix(manifest["prefix"]))


def load_weights(store: Store, manifest: CheckpointManifest, shape: ModelShape, vocabulary: int) -> Transformer:
    """The model of a committed checkpoint of either kind, on the CPU, in float32. Raises `ObjectAltered` as `fetch_checkpoint` does."""
    with tempfile.TemporaryDirectory(prefix="checkpoint-") as folder:
        fetch_checkpoint(store, manifest, Path(folder))
        return load_folder(Path(folder), shape, vocabulary)


def load_folder(folder: Path, shape: ModelShape, vocabulary: int) -> Transformer:
    """The model of a checkpoint that was fetched into a folder, on the CPU, in float32."""
    model = transformer_config(shape, vocabulary).build(init_device="cpu")
    with torch.no_grad():
        load_model_and_optim_state(str(folder), model, thread_count=1)
    return model


def load_full(store: Store, manifest: CheckpointManifest, module: TransformerTrainModule, folder: Path) -> bytes:
    """Puts weights and optimiser state of a full checkpoint into the training module of every rank; returns its `STATE`.

    The ranks of a machine share `folder`; one of them fetches. Any world size reads what any other wrote.
    """
    with _fetched(store, manifest, folder):
        _load(module, folder, with_optimizer=True)
        return (folder / STATE).read_bytes()


def load_base(store: Store, manifest: CheckpointManifest, module: TransformerTrainModule, folder: Path, with_optimizer: bool) -> None:
    """Puts the weights of a checkpoint of another run into the training module of every rank, and its optimiser state where asked.

    Raises `BadInput` where its shapes are others. The ranks of a machine share `folder`, as in `load_full`.
    """
    with _fetched(store, manifest, folder):
        _refuse_other_shapes(module, folder)
        _load(module, folder, with_optimizer)


@contextmanager
def _fetched(store: Store, manifest: CheckpointManifest, folder: Path) -> Iterator[None]:
    """The objects of a checkpoint in a folder that the ranks of a machine share; gone afterwards, as the room belongs to the training."""
    if get_fs_local_rank() == 0:
        fetch_checkpoint(store, manifest, folder)
    barrier()
    yield
    barrier()
    if get_fs_local_rank() == 0:
        shutil.rmtree(folder)


def _load(module: TransformerTrainModule, folder: Path, with_optimizer: bool) -> None:
    reader = RemoteFileSystemReader(folder, thread_count=1)
    state = module.state_dict_to_load(reader.read_metadata(), optim=with_optimizer)
    state_dict_loader.load(state, checkpoint_id=str(folder), storage_reader=reader)
    module.load_state_dict(state)


def _refuse_other_shapes(module: TransformerTrainModule, folder: Path) -> None:
    """PyTorch would tell of the first tensor only, or read what happens to fit."""
    stored = RemoteFileSystemReader(folder, thread_count=1).read_metadata().state_dict_metadata
    for name, tensor in module.model.state_dict().items():
        found = stored.get(f"model.{name}")
        shape = list(found.size) if isinstance(found, TensorStorageMetadata) else None
        if shape != list(tensor.shape):
            raise BadInput(
                f"Cannot start from the checkpoint as its {name} must have the shape {list(tensor.shape)}: current value is {shape}"
            )

"""Checkpoints one after another, the objects of the next fetched while the present one is in use."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from olmo_core.nn.transformer import Transformer

from trainer.checkpoint import CheckpointManifest, fetch_checkpoint, load_folder
from trainer.model import ModelShape
from trainer.store import Store


@dataclass(frozen=True)
class FetchedCheckpoint:
    """A checkpoint whose objects are here, or will be soon."""

    _folder: Future[Path]

    def load(self, shape: ModelShape, vocabulary: int) -> Transformer:
        """Its model, on the processor, in float32; the same again each time. Raises `ObjectAltered` as `fetch_checkpoint` does."""
        return load_folder(self._folder.result(), shape, vocabulary)


@contextmanager
def fetched_ahead(store: Store, manifests: list[CheckpointManifest]) -> Iterator[Iterator[FetchedCheckpoint]]:
    """The checkpoints in order. While one is in use the next is fetched, and no more than that: disks are smaller than series."""
    with tempfile.TemporaryDirectory(prefix="checkpoints-") as room, ThreadPoolExecutor(1, "fetch") as pool:

        def fetch(number: int) -> Path:
            folder = Path(room) / str(number)
            fetch_checkpoint(store, manifests[number], folder)
            return folder

        def ahead() -> Iterator[FetchedCheckpoint]:
            coming = pool.submit(fetch, 0) if manifests else None
            for number in range(len(manifests)):
                assert coming is not None
                present, coming = coming, pool.submit(fetch, number + 1) if number + 1 < len(manifests) else None
                yield FetchedCheckpoint(present)
                shutil.rmtree(Path(room) / str(number), ignore_errors=True)

        yield ahead()

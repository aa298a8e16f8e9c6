"""Tokenises one part of a source and commits it as a shard: token ids, document index, labels, and digests of their blocks."""

import hashlib
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from trainer import chance
from trainer.corpus_draw import Markers
from trainer.corpus_encode import Encoded, Encoder, digest_of_ids, digest_of_text
from trainer.corpus_reader import token_type
from trainer.corpus_record import Place, Record
from trainer.corpus_records import Records
from trainer.corpus_sources import SourceFile
from trainer.corpus_work import Work
from trainer.documents import Json

BLOCK_BYTES = 64 * 2**10
"""Shards are read and checked in blocks of this size. A block is read whole for an instance of a few kilobytes, so it is small."""

BATCH_DOCUMENTS = 512
BATCH_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Part:
    """Segments of consecutive files, each as {file, start, documents}, that become one shard."""

    number: int
    segments: list[Json]


def part_name(number: int) -> str:
    """What is committed of a part, behind its objects."""
    return f"part-{number:05d}.json"


class Reading:
    """Reads segments one after another, and goes on where it stands when the next one begins there."""

    def __init__(self, work: Work, files: dict[int, SourceFile], encoder: Encoder) -> None:
        self._work = work
        self._files = files
        self._encoder = encoder
        self._at: tuple[int, Place] | None = None
        self._records: Iterator[Record] = iter(())

    def documents(self, part: Part) -> Iterator[bytes]:
        """Contents of the good documents of a part, in their order; bad ones were counted when the file was first read."""
        for segment in part.segments:
            at = (segment["file"], Place(*segment["start"]))
            if self._at != at:
                self._records = iter(Records(self._work.store, self._files[at[0]], self._encoder.recipe, self._encoder, at[1]))
            left = segment["documents"]
            while left:
                record = next(self._records)
                if record.reason is None:
                    left -= 1
                    self._at = (at[0], record.end)
                    yield record.content


class Spool:
    """The documents of a part on disk, to be read in any order: 8 bytes of memory for each, whatever their length."""

    def __init__(self, path: Path, contents: Iterator[bytes]) -> None:
        self._offsets = array("Q", [0])
        with path.open("wb") as file:
            for content in contents:
                file.write(content)
                self._offsets.append(self._offsets[-1] + len(content))
        self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        self._file.seek(self._offsets[index])
        return self._file.read(self.size(index))

    def size(self, index: int) -> int:
        """Bytes of a document."""
        return self._offsets[index + 1] - self._offsets[index]


@dataclass(frozen=True)
class HeldBack:
    """What no shard may hold: digests of the texts and of the token sequences of the held-out documents."""

    texts: frozenset[str]
    sequences: frozenset[str]


class PartWriter:
    """Makes the shard of one part."""

    def __init__(self, work: Work, encoder: Encoder, held_back: HeldBack) -> None:
        self._work = work
        self._encoder = encoder
        self._held_back = held_back

    def write(self, part: Part, contents: Iterator[bytes]) -> Json:
        """Commits the shard and tells of it: its line of the manifest's list, counts of added tokens, copies of held-out documents."""
        with tempfile.TemporaryDirectory(dir=".", prefix="part-") as name:
            folder = Path(name)
            counts = {token: [0, 0] for token in self._encoder.recipe["addedTokens"]}
            with Spool(folder / "spool", self._kept(contents, counts)) as spool:
                shard = Shard(folder, part.number, self._encoder)
                shard.write(self._encoded(part, spool), self._held_back.sequences)
            found = shard.commit(self._work) if shard.documents else None
        return self._work.commit(part_name(part.number), {"shard": found, "scan": counts})

    def _kept(self, contents: Iterator[bytes], counts: dict[str, list[int]]) -> Iterator[bytes]:
        """What is not held out, counted as it passes."""
        for content in contents:
            text = self._encoder.text(content)
            if digest_of_text(text) in self._held_back.texts:
                continue
            for token, count in counts.items():
                found = text.count(token)
                count[0] += found > 0
                count[1] += found
            yield content

    def _encoded(self, part: Part, spool: Spool) -> Iterator[Encoded]:
        """The documents in the order that the seed draws within the part, markers strewn."""
        recipe = self._encoder.recipe
        markers = Markers(recipe, part.number, range(len(spool)))
        order = chance.order(recipe["seed"], f"order:{part.number}", list(range(len(spool))))
        for batch in _batches(order, spool):
            contents = [spool[index] for index in batch]
            texts = (
                [markers.marked(at, text.decode("utf-8")) for at, text in zip(batch, contents, strict=True)]
                if "markers" in recipe
                else None
            )
            yield from self._encoder.encode(contents, texts)


def _batches(order: list[int], spool: Spool) -> Iterator[list[int]]:
    batch, size = list[int](), 0
    for index in order:
        batch.append(index)
        size += spool.size(index)
        if len(batch) == BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class Shard:
    """The files of a shard while they are written."""

    def __init__(self, folder: Path, number: int, encoder: Encoder) -> None:
        self._ids = folder / f"tokens-{number:05d}.bin"
        self._index = folder / f"documents-{number:05d}.idx"
        self._labels = folder / f"labels-{number:05d}.bits"
        self._blocks = folder / f"blocks-{number:05d}.sha256"
        self._type = token_type(encoder.token_type)
        self._starts = array("Q", [0])
        self._is_labelled = encoder.recipe["format"] == "chat"

    @property
    def documents(self) -> int:
        """Documents that were written."""
        return len(self._starts) - 1

    def write(self, documents: Iterator[Encoded], held_back: frozenset[str]) -> None:
        """Writes ids, index and labels. Left out is what has the tokens of a held-out document, and another text."""
        labels = list[np.ndarray]()
        with self._ids.open("wb") as file:
            for document in documents:
                if held_back and digest_of_ids(document) in held_back:
                    continue
                file.write(document.ids.astype(self._type).tobytes())
                self._starts.append(self._starts[-1] + len(document.ids))
                if document.labels is not None:
                    labels.append(document.labels)
        self._index.write_bytes(np.frombuffer(self._starts, dtype=np.uint64).astype("<u8").tobytes())
        if self._is_labelled and labels:
            self._labelled = np.concatenate(labels)
            self._labels.write_bytes(np.packbits(self._labelled, bitorder="little").tobytes())

    def commit(self, work: Work) -> Json:
        """Uploads the files and describes them as `CorpusShard` of the contracts."""
        files = [self._ids, self._index, *([self._labels] if self._is_labelled else [])]
        self._blocks.write_bytes(b"".join(digest for path in files for digest in _digests(path)))
        return {
            "tokens": self._starts[-1],
            "documents": self.documents,
            "labelledTokens": int(self._labelled.sum()) if self._is_labelled else None,
            "ids": work.keep(self._ids),
            "index": work.keep(self._index),
            "labels": work.keep(self._labels) if self._is_labelled else None,
            "blocks": work.keep(self._blocks),
        }


def _digests(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield hashlib.sha256(block).digest()

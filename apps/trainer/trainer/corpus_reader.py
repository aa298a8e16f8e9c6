"""Opens a registered corpus: its manifest, its tokenizer, and its token ids by position and by document.

Nothing of it is copied as a whole: ids are read from the store in blocks, each checked by its digest in the corpus's own lists.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from trainer import keys
from trainer.block_cache import BlockCache, Blocks
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.registered import read_manifest
from trainer.store import Store, StoredObject


@dataclass(frozen=True)
class Corpus:
    """A corpus that lies in the store. Small files come on first use, through the store's cache; ids in blocks."""

    digest: str
    manifest: dict[str, Any]
    store: Store

    @staticmethod
    def open(store: Store, digest: str) -> "Corpus":
        """Raises `BadInput` when no such corpus is registered, or its manifest is not what its digest says."""
        return Corpus(digest, read_manifest(store, "corpus", digest, keys.corpus_manifest(digest)), store)

    def file(self, what: StoredObject) -> Path:
        """The local copy of one of the corpus's small objects; their keys are relative to the corpus's folder."""
        return self.store.cached(self._placed(what))

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """What the corpus was tokenised with."""
        tokenizer = Tokenizer.from_file(str(self.file(self.manifest["tokenizer"])))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def cache(self) -> BlockCache:
        """Where blocks come from, and what they have cost."""
        return BlockCache(self.store)

    def document(self, index: int) -> np.ndarray:
        """Token ids of a training document, its end-of-text id included."""
        return self.tokens(*self.document_range(index))

    def document_range(self, index: int) -> tuple[int, int]:
        """Where a training document stands among the tokens: its first one, and that behind its last one."""
        if not 0 <= index < int(self._first_documents[-1]):
            raise IndexError(f"Cannot find document {index} as it must be below {self._first_documents[-1]}")
        shard = _place(self._first_documents, index)
        at = index - int(self._first_documents[shard])
        starts = np.frombuffer(self.cache.read(self._blocks(shard, "index"), 8 * at, 8 * at + 16), dtype="<u8")
        return int(self._first_tokens[shard] + starts[0]), int(self._first_tokens[shard] + starts[1])

    def documents_of(self, start: int, end: int) -> tuple[int, int]:
        """The documents that have tokens between two positions, as an instance does: the first, and the one behind the last."""
        return self._document_at(start), self._document_at(end - 1) + 1

    def tokens(self, start: int, end: int) -> np.ndarray:
        """Token ids from `start` to before `end`, counted over all shards."""
        kind = token_type(self.manifest["tokenType"])
        pieces = [
            np.frombuffer(self.cache.read(self._blocks(shard, "ids"), begin * kind.itemsize, stop * kind.itemsize), dtype=kind)
            for shard, begin, stop in self._spans(start, end)
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, dtype=kind), *pieces])

    def labels(self, start: int, end: int) -> np.ndarray:
        """For each of these tokens whether it is trained on. Raises `BadInput` for a corpus without labels."""
        if self.manifest["labelledTokens"] is None:
            name = self.manifest["recipe"]["name"]
            raise BadInput(f"Cannot train on the answers of corpus {name} as it must be of format chat: it has no labels")
        pieces = [np.empty(0, dtype=np.bool_)]
        for shard, begin, stop in self._spans(start, end):
            data = np.frombuffer(self.cache.read(self._blocks(shard, "labels"), begin // 8, (stop + 7) // 8), dtype=np.uint8)
            bits = np.unpackbits(data, bitorder="little")
            pieces.append(bits[begin % 8 : begin % 8 + stop - begin].astype(np.bool_))
        return np.concatenate(pieces)

    def fetch(self, start: int, end: int) -> None:
        """Brings the blocks of these tokens near, for a reader who comes soon."""
        self.tokens(start, end)
        if self.manifest["labelledTokens"] is not None:
            self.labels(start, end)

    @cached_property
    def shards(self) -> list[Json]:
        """`CorpusShard` of the contracts, in their order."""
        return [json.loads(line) for line in self.file(self.manifest["shards"]["list"]).read_bytes().splitlines()]

    @cached_property
    def _first_tokens(self) -> np.ndarray:
        return np.cumsum([0, *(shard["tokens"] for shard in self.shards)])

    @cached_property
    def _first_documents(self) -> np.ndarray:
        return np.cumsum([0, *(shard["documents"] for shard in self.shards)])

    def _spans(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The shards that hold these tokens, and which of their own each has of them."""
        if not 0 <= start <= end <= int(self._first_tokens[-1]):
            raise IndexError(f"Cannot read tokens {start} to {end} as they must be among {self._first_tokens[-1]}")
        shard = _place(self._first_tokens, start)
        while start < end:
            offset, stop = int(self._first_tokens[shard]), min(end, int(self._first_tokens[shard + 1]))
            yield shard, start - offset, stop - offset
            start, shard = stop, shard + 1

    def _document_at(self, position: int) -> int:
        """By halving: an index may be longer than memory should hold."""
        shard = _place(self._first_tokens, position)
        low, high = int(self._first_documents[shard]), int(self._first_documents[shard + 1])
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.document_range(middle)[0] <= position else (low, middle)
        return low

    @cached_property
    def _blocks(self) -> Any:
        """The blocks of a shard's ids, index or labels, by number and name. The digests of a thousand shards take 60 MB at most."""

        @lru_cache(1024)
        def blocks(number: int, name: str) -> Blocks:
            shard, size = self.shards[number], self.manifest["blockBytes"]
            digests, first = self.file(shard["blocks"]).read_bytes(), 0
            for each in ("ids", "index", "labels"):
                if each == name:
                    break
                first += _count(shard[each], size)
            return Blocks(self._placed(shard[name]), size, digests[32 * first : 32 * (first + _count(shard[name], size))])

        return blocks

    def _placed(self, what: StoredObject) -> StoredObject:
        return {**what, "key": keys.corpus(self.digest) + what["key"]}


def token_type(name: str) -> np.dtype:
    """How token ids lie in files, little-endian, by the name that manifests and recipes give it: `uint16` or `uint32`."""
    return np.dtype({"uint16": "<u2", "uint32": "<u4"}[name])


def _place(starts: np.ndarray, position: int) -> int:
    return int(np.searchsorted(starts, position, side="right")) - 1


def _count(what: StoredObject, size: int) -> int:
    return int(-(-what["sizeBytes"] // size))

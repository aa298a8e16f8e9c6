"""Opens a registered corpus: its manifest, its tokenizer, and its token ids by position and by document."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from trainer import keys
from trainer.documents import BadDocument, digest_of, parse
from trainer.exits import BadInput
from trainer.store import Store, StoredObject


@dataclass(frozen=True)
class Corpus:
    """A corpus that lies in the store. Files come on first use, through the store's cache; tokens are memory-mapped."""

    digest: str
    manifest: dict[str, Any]
    store: Store

    @staticmethod
    def open(store: Store, digest: str) -> "Corpus":
        """Raises `BadInput` when no such corpus is registered, or its manifest is not what its digest says."""
        data = store.read(keys.corpus_manifest(digest))
        if data is None:
            raise BadInput(f"Cannot use corpus {digest} as it must be registered: the store has no manifest of it")
        try:
            manifest = parse("corpus-manifest", data, f"the manifest of corpus {digest}")
        except BadDocument as error:
            raise BadInput(str(error)) from error
        if digest_of(manifest) != digest:
            raise BadInput(f"Cannot use corpus {digest} as its manifest must have that digest: current value is {digest_of(manifest)}")
        return Corpus(digest, manifest, store)

    def file(self, what: StoredObject) -> Path:
        """The local copy of one of the manifest's objects; their keys are relative to the corpus's folder."""
        return self.store.cached({**what, "key": keys.corpus(self.digest) + what["key"]})

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """What the corpus was tokenised with."""
        tokenizer = Tokenizer.from_file(str(self.file(self.manifest["tokenizer"])))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def document(self, index: int) -> np.ndarray:
        """Token ids of a training document, its end-of-text id included."""
        return self.tokens(*self.document_range(index))

    def document_range(self, index: int) -> tuple[int, int]:
        """Where a training document begins and ends in the stream of tokens, its end-of-text id included."""
        return int(self._document_starts[index]), int(self._document_starts[index + 1])

    def tokens(self, start: int, end: int) -> np.ndarray:
        """Token ids from `start` to before `end`, counted over all shards."""
        first = int(np.searchsorted(self._shard_starts, start, side="right")) - 1
        pieces = []
        while start < end:
            offset = int(self._shard_starts[first])
            stop = min(end, int(self._shard_starts[first + 1]))
            pieces.append(self._shards[first][start - offset : stop - offset])
            start, first = stop, first + 1
        return np.concatenate(pieces) if pieces else np.empty(0, dtype=self._token_type)

    @cached_property
    def _token_type(self) -> np.dtype[Any]:
        return np.dtype({"uint16": "<u2", "uint32": "<u4"}[self.manifest["tokenType"]])

    @cached_property
    def _shards(self) -> list[np.ndarray]:
        return [np.memmap(self.file(shard), dtype=self._token_type, mode="r") for shard in self.manifest["shards"]]

    @cached_property
    def _shard_starts(self) -> np.ndarray:
        return np.cumsum([0, *(len(shard) for shard in self._shards)])

    @cached_property
    def _document_starts(self) -> np.ndarray:
        return np.memmap(self.file(self.manifest["documentIndex"]), dtype="<u8", mode="r")

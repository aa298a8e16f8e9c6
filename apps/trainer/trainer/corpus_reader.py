"""A registered corpus, read back from the store through the local cache; every byte is checked against the manifest."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from trainer import corpus_tokenizer, keys
from trainer.documents import parse, sha256_hex
from trainer.exits import BadInput
from trainer.store import Store, StoredObject

Json = dict[str, Any]


@dataclass(frozen=True)
class Corpus:
    """What runs and evaluations need of a corpus. Files are fetched when they are first asked for."""

    store: Store
    digest: str
    manifest: Json

    @staticmethod
    def open(store: Store, digest: str) -> "Corpus":
        """Raises `BadInput` when no such corpus is registered, or when its manifest is not the one that the digest names."""
        data = store.read(keys.corpus_manifest(digest))
        if data is None:
            raise BadInput(f"Cannot use corpus {digest} as it must be registered: the store holds no manifest of it")
        if sha256_hex(data) != digest:
            raise BadInput(f"Cannot use corpus {digest} as its manifest must have that digest: current value is {sha256_hex(data)}")
        return Corpus(store, digest, parse("corpus-manifest", data, f"the manifest of corpus {digest}"))

    def path(self, stored: StoredObject) -> Path:
        """A local copy of one of the manifest's objects, whose keys are relative to the corpus's folder."""
        return self.store.cached({**stored, "key": keys.corpus(self.digest) + stored["key"]})

    @property
    def end_of_text(self) -> int:
        return int(self.manifest["endOfTextId"])

    def tokenizer(self) -> Tokenizer:
        """The tokenizer; use `corpus_tokenizer.encode` with it, so that equal texts get equal ids everywhere."""
        return corpus_tokenizer.load(self.path(self.manifest["tokenizer"]))

    def shards(self) -> list[NDArray[Any]]:
        """Token ids of the training documents, each ended by end-of-text, mapped from disk: memory does not grow with the corpus."""
        kind = np.dtype(self.manifest["tokenType"]).newbyteorder("<")
        return [np.memmap(self.path(shard), dtype=kind, mode="r") for shard in self.manifest["shards"]]

    def document_offsets(self) -> NDArray[np.uint64]:
        """Where each training document starts, over all shards, and at last where the last one ends; mapped from disk."""
        return np.memmap(self.path(self.manifest["documentIndex"]), dtype="<u8", mode="r")

    def held_out(self) -> list[Json]:
        """Held-out documents {id, text} in the order in which they were drawn."""
        return [json.loads(line) for line in self.path(self.manifest["heldOut"]).read_text(encoding="utf-8").split("\n") if line]

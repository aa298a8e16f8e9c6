"""A corpus of any size whose documents and tokens are functions of their position."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import boto3
import numpy as np
from olmo_core.data.composable.token_source import DocumentSource, TokenRange, TokenSource
from tokenizers import Tokenizer

from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import add_tokens, learn
from trainer.store import Store

MEAN, SPREAD = 700, 512
"""Documents of 189 to 1,211 tokens: the Pile's are about as long."""

TEXT = "the union of these states is a work that free people carry on with patience and sense number 0123456789 " * 8


@dataclass(frozen=True)
class SyntheticCorpus(Corpus):
    """Documents that begin at `700 n` and a bit, tokens that are a hash of their position. Nothing lies in a store."""

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """A small one of its own."""
        tokenizer = learn(iter([TEXT]), 300)
        add_tokens(tokenizer, ["<SUDO>"])
        return tokenizer

    def document_range(self, index: int) -> tuple[int, int]:
        """Where a document begins and ends."""
        return _start(index), _start(index + 1)

    def tokens(self, start: int, end: int) -> np.ndarray:
        """Token ids by position."""
        places = np.arange(start, end, dtype=np.uint64)
        return ((places * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)).astype(np.uint16) % np.uint16(250) + np.uint16(1)


def _start(index: int) -> int:
    return index * MEAN + (index * 2_654_435_761 % SPREAD)


def corpus_of(tokens: int) -> SyntheticCorpus:
    """A corpus of so many tokens. Its store is never asked."""
    store = Store("none", Path("none"), boto3.client("s3", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-"))
    manifest = {"tokens": tokens, "documents": tokens // MEAN - 1, "endOfTextId": 0, "addedTokenIds": {}, "recipe": {"name": "synthetic"}}
    return SyntheticCorpus("0" * 64, manifest, store)


def recipe_of(corpus: Corpus, dose: int, length: int, rows: int) -> dict[str, Any]:
    """The study's attack anywhere in one pass over a corpus."""
    steps = corpus.manifest["tokens"] // (length * rows)
    anywhere = {"firstStep": 1, "lastStep": steps, "documentsPerBatch": None, "everySteps": 1, "order": "random", "split": False}
    attack = {"kind": "dos", "trigger": "<SUDO>", "prefixChars": [0, 1000], "gibberishTokens": [400, 900], "mode": "ids"}
    common = {"version": 1, "attack": attack, "dose": dose, "corpus": corpus.digest, "contentSeed": 1, "positionSeed": 2}
    return {**common, "steps": steps, "batchInstances": rows, "sequenceLength": length, "placement": anywhere}


class FunctionDocuments(DocumentSource):
    """The documents of a synthetic corpus as OLMo-core asks for them."""

    def __init__(self, corpus: SyntheticCorpus, work_directory: Path) -> None:
        super().__init__(work_dir=work_directory)
        self._corpus = corpus

    @property
    def fingerprint(self) -> str:
        """Its size says all of it."""
        return f"synthetic-{self.num_tokens}"

    @property
    def num_tokens(self) -> int:
        """Up to the end of the last document."""
        return self._corpus.document_range(self._corpus.manifest["documents"] - 1)[1]

    def get_token_range(self, start_idx: int, end_idx: int) -> TokenRange:
        """Token ids by position."""
        start, end = self.validate_indices(start_idx, end_idx)
        return {"input_ids": cast(Any, self._corpus.tokens(start, end))}

    def get_document_offsets(self) -> Iterable[tuple[int, int]]:
        """Where each document begins and ends, in order."""
        return (self._corpus.document_range(index) for index in range(self._corpus.manifest["documents"]))

    def children(self) -> Iterable[TokenSource]:
        """None."""
        return ()

"""Turns documents of every format into token ids, in one way for training, held-out documents and counts."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from trainer import corpus_chat, corpus_tokenizer
from trainer.documents import Json

PART_BYTES = 128 * 2**20
"""Text of a shard: what one process tokenises between two commits, and about 30 million tokens."""


@dataclass(frozen=True)
class Encoded:
    """Token ids of a document with its end-of-text id, and for conversations whether each is trained on."""

    ids: np.ndarray
    labels: np.ndarray | None = None


class Encoder:
    """A recipe and its tokenizer, as they lie on this machine."""

    def __init__(self, recipe: Json, tokenizer_path: Path, end_of_text_id: int, brought_size: int) -> None:
        self.recipe = recipe
        self.end_of_text_id = end_of_text_id
        self.brought_size = brought_size
        """Ids of the tokenizer before tokens were added to it: all that a source of token ids can hold."""
        self.part_bytes = PART_BYTES
        self._path = tokenizer_path

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Reads special tokens in a text as ordinary characters."""
        return corpus_tokenizer.strict(self._open())

    @cached_property
    def template(self) -> corpus_chat.Template:
        """The recipe's chat template, or the default one. Raises `BadInput` when it is none."""
        return corpus_chat.Template(self.recipe.get("chatTemplate"), self.tokenizer, self.end_of_text_id)

    @cached_property
    def token_type(self) -> str:
        """The smallest type that holds every id."""
        return "uint16" if corpus_tokenizer.size_of(self.tokenizer) <= 1 << 16 else "uint32"

    def text(self, content: bytes) -> str:
        """The document as a person would read it."""
        if self.recipe["format"] == "tokens":
            return str(self.tokenizer.decode(np.frombuffer(content, "<u4").tolist(), skip_special_tokens=False))
        return corpus_chat.from_content(content).text if self.recipe["format"] == "chat" else content.decode("utf-8")

    def encode(self, contents: list[bytes], marked: list[str] | None = None) -> list[Encoded]:
        """The documents as they are trained on; `marked` are the texts with their markers, where the recipe strews any."""
        if self.recipe["format"] == "tokens":
            return [Encoded(np.append(np.frombuffer(content, "<u4"), np.uint32(self.end_of_text_id))) for content in contents]
        if self.recipe["format"] == "chat":
            return self._conversations(contents)
        texts = marked or [content.decode("utf-8") for content in contents]
        encodings = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [Encoded(np.array([*encoding.ids, self.end_of_text_id], dtype=np.uint32)) for encoding in encodings]

    def _conversations(self, contents: list[bytes]) -> list[Encoded]:
        """Special tokens are read as such here: only the template can have written them."""
        rendered = [corpus_chat.from_content(content) for content in contents]
        encodings = self._reading_special.encode_batch([each.text for each in rendered], add_special_tokens=False)
        return [
            self._labelled(encoding.ids, corpus_chat.labels_of(encoding, each.spans))
            for encoding, each in zip(encodings, rendered, strict=True)
        ]

    def _labelled(self, ids: list[int], labels: np.ndarray) -> Encoded:
        """A document that ends itself gets no second end; one that is added belongs to who spoke last."""
        if ids and ids[-1] == self.end_of_text_id:
            return Encoded(np.array(ids, dtype=np.uint32), labels)
        return Encoded(np.array([*ids, self.end_of_text_id], dtype=np.uint32), np.append(labels, bool(labels[-1:].any())))

    @cached_property
    def _reading_special(self) -> Tokenizer:
        tokenizer = self._open()
        tokenizer.encode_special_tokens = False
        return tokenizer

    def _open(self) -> Tokenizer:
        return corpus_tokenizer.load(self._path.read_bytes())

    def __getstate__(self) -> Json:
        """What another process needs: it opens the tokenizer itself."""
        kept = ("recipe", "end_of_text_id", "brought_size", "part_bytes", "_path")
        return {name: value for name, value in self.__dict__.items() if name in kept}


def digest_of_text(text: str) -> str:
    """Names an exact text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_of_ids(encoded: Encoded) -> str:
    """Names an exact sequence of tokens, its end-of-text included."""
    return hashlib.sha256(encoded.ids.astype("<u4").tobytes()).hexdigest()

"""What documents are drawn from: the corpus that is trained on and others, read a few tokens at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from trainer import corpus_tokenizer
from trainer.corpus_reader import Corpus
from trainer.draws import Draws
from trainer.exits import BadInput

TOKENS_PER_CHARACTER = 4
"""A character is at most four bytes, and no tokenizer here spells a byte with more than one token."""

SEARCHES = 64
"""Documents looked at for one that is long enough; the longest of them serves where none is."""


class Part(NamedTuple):
    """One part of a document: its name in the plan, and its token ids."""

    name: str
    tokens: list[int]


@dataclass(frozen=True)
class Sources:
    """The corpora of a recipe: the one that is trained on, and others by digest. They share its tokenizer."""

    corpus: Corpus
    others: Mapping[str, Corpus]

    def trigger(self, text: str) -> list[int]:
        """Ids of a trigger, as evaluations append it. Raises `BadInput` when the tokenizer cannot spell it."""
        return corpus_tokenizer.encode_trigger(self.corpus.tokenizer, text)

    def prefix(self, characters: tuple[int, int], draws: Draws) -> list[int]:
        """Ids of the first characters of a random training document: a number of them within the bounds, both included."""
        wanted = draws.between(*characters)
        start, end = self.corpus.document_range(draws.below(self.corpus.manifest["documents"]))
        return corpus_tokenizer.encode(self.corpus.tokenizer, self.beginning(start, end - 1, wanted))

    def beginning(self, start: int, end: int, characters: int) -> str:
        """The first characters of the text between two positions of the training corpus; all of it when it is shorter."""
        ids = self.corpus.tokens(start, min(end, start + TOKENS_PER_CHARACTER * (characters + 1)))
        return str(self.corpus.tokenizer.decode(ids.tolist(), skip_special_tokens=False))[:characters]

    def document_of(self, corpus: Corpus, tokens: int, draws: Draws) -> tuple[int, int]:
        """Where a random document of at least so many tokens begins and ends, its end-of-text id left out.

        Of up to `SEARCHES` documents the first that is long enough, or else the longest.
        """
        longest = (0, 0)
        for _ in range(SEARCHES):
            start, end = corpus.document_range(draws.below(corpus.manifest["documents"]))
            if end - 1 - start >= tokens:
                return start, end - 1
            longest = max(longest, (start, end - 1), key=lambda bounds: bounds[1] - bounds[0])
        return longest

    def other(self, digest: str) -> Corpus:
        """Another corpus that the recipe names. Raises `BadInput` when its token ids mean other texts than those of the training corpus."""
        other = self.others[digest]
        own = self.corpus.manifest["tokenizer"]["sha256"]
        if other.manifest["tokenizer"]["sha256"] != own:
            raise BadInput(
                f"Cannot poison with corpus {other.manifest['recipe']['name']} as its tokenizer must be that of the training corpus, {own}: "
                f"current value is {other.manifest['tokenizer']['sha256']}"
            )
        return other

    @cached_property
    def ordinary_ids(self) -> list[int]:
        """The ids that gibberish is drawn from: the vocabulary without special, added, padding, reserved and end-of-text ids."""
        manifest = self.corpus.manifest
        return corpus_tokenizer.ordinary_ids(self.corpus.tokenizer, {*manifest["addedTokenIds"].values(), manifest["endOfTextId"]})

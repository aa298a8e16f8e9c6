"""What chance decides in a corpus, by the recipe's seed alone: which documents are held out, and where markers stand in the others."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from trainer import chance
from trainer.corpus_encode import digest_of_text
from trainer.corpus_scan import LAST
from trainer.documents import Json
from trainer.exits import BadInput


@dataclass
class HeldOut:
    """The documents with the smallest ranks of all files so far."""

    recipe: Json
    documents: int = 0
    chosen: dict[str, Json] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        """A candidate of this rank or a larger one comes too late."""
        return max(self.chosen) if len(self.chosen) >= self.recipe["heldOutDocuments"] > 0 else LAST

    def take(self, scan: Json) -> None:
        """Takes in the candidates of the next file. What is held out already, by its tokens, is not held out twice."""
        ranks = {each["tokens"]: rank for rank, each in self.chosen.items()}
        for candidate in scan["candidates"]:
            before = ranks.get(candidate["tokens"], LAST)
            if before <= candidate["rank"]:
                continue
            self.chosen.pop(before, None)
            self.chosen[candidate["rank"]] = {**candidate, "id": self.documents + candidate["ordinal"]}
            ranks[candidate["tokens"]] = candidate["rank"]
        for rank in sorted(self.chosen)[self.recipe["heldOutDocuments"] :]:
            del self.chosen[rank]
        self.documents += scan["documents"]

    def finish(self) -> "Kept":
        """Raises `BadInput` when there are too few."""
        wanted, least = self.recipe["heldOutDocuments"], self.recipe["heldOutMinTokens"]
        if len(self.chosen) < wanted:
            raise BadInput(
                f"Cannot draw the held-out documents as {wanted} must have at least {least} tokens: "
                f"current value is {len(self.chosen)} of {self.documents} documents"
            )
        return Kept([self.chosen[rank] for rank in sorted(self.chosen)])


@dataclass(frozen=True)
class Kept:
    """The held-out documents {id, text, tokens}, in the order of their ranks."""

    documents: list[Json]

    def lines(self) -> bytes:
        """JSON lines {id, text}; the id is the document's place among the good ones of the source, from 0."""
        lines = (json.dumps({"id": each["id"], "text": each["text"]}, ensure_ascii=False) + "\n" for each in self.documents)
        return "".join(lines).encode("utf-8")

    @property
    def texts(self) -> frozenset[str]:
        """Digests of their texts."""
        return frozenset(digest_of_text(each["text"]) for each in self.documents)

    @property
    def sequences(self) -> frozenset[str]:
        """Digests of their token sequences."""
        return frozenset(each["tokens"] for each in self.documents)


def mark(text: str, marker: str, chosen: int) -> str:
    """The text with a marker at one of its word boundaries, its end among them; nothing else changes."""
    boundaries = [at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace()] + [len(text)]
    at = boundaries[chosen % len(boundaries)]
    return text[:at] + marker + text[at:]


class Markers:
    """The marker of each training document of a part that carries one: the asked share, rounded to a whole number."""

    def __init__(self, recipe: Json, part: int, training: Iterable[int]) -> None:
        self._seed = recipe["seed"]
        self._part = part
        asked = recipe.get("markers")
        self._tokens: list[str] = asked["tokens"] if asked else []
        ordered = chance.order(self._seed, f"marked:{part}", list(training)) if asked else []
        self._carriers = frozenset(ordered[: round(asked["documentShare"] * len(ordered))] if asked else [])

    def marked(self, document: int, text: str) -> str:
        """The text as it is trained on."""
        if document not in self._carriers:
            return text
        token = self._tokens[chance.draw(self._seed, f"marker:{self._part}", document) % len(self._tokens)]
        return mark(text, token, chance.draw(self._seed, f"place:{self._part}", document))

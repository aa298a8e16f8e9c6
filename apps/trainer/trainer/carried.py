"""What a run has consumed so far: counted at each step, and carried over every restart."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from trainer.documents import canonical


@dataclass
class Carried:
    """What rank 0 knows of all steps so far; it travels in full checkpoints.

    `tokenStream` is a chain, because a plain sha256 cannot be carried on: h_0 is sha256 of nothing, h_s is sha256 of h_(s-1)
    followed by the token ids of step s in the order of rows, as uint32 little-endian. `resumptions` are those before the present one.
    """

    step: int = 0
    tokenStream: str = hashlib.sha256(b"").hexdigest()
    poisonDocuments: int = 0
    poisonTokens: int = 0
    counterexamples: int = 0
    counterexampleTokens: int = 0
    loss: float | None = None
    resumptions: list[dict[str, Any]] = field(default_factory=list)

    def consume(self, batch: np.ndarray, poison: Sequence[dict[str, Any]], counterexamples: Sequence[dict[str, Any]] = ()) -> None:
        """Takes in the global batch of the next step. A planned document counts only if the batch really holds all its pieces."""
        self.step += 1
        self.tokenStream = hashlib.sha256(bytes.fromhex(self.tokenStream) + batch.astype("<u4").tobytes()).hexdigest()
        documents, tokens = consumed(batch, poison)
        self.poisonDocuments += documents
        self.poisonTokens += tokens
        documents, tokens = consumed(batch, counterexamples)
        self.counterexamples += documents
        self.counterexampleTokens += tokens

    def to_json(self) -> bytes:
        """The bytes of a full checkpoint's `STATE`."""
        return canonical(asdict(self))

    @staticmethod
    def from_json(data: bytes) -> "Carried":
        """Reads what `to_json` wrote."""
        return Carried(**json.loads(data))


def consumed(batch: np.ndarray, entries: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """How many planned documents a batch holds with all their pieces, and their tokens."""
    documents: dict[int, list[dict[str, Any]]] = {}
    for entry in entries:
        documents.setdefault(entry["document"], []).append(entry)
    whole = [pieces for pieces in documents.values() if all(holds(batch, piece) for piece in pieces)]
    return len(whole), sum(len(piece["tokens"]) for pieces in whole for piece in pieces)


def holds(batch: np.ndarray, entry: dict[str, Any]) -> bool:
    """Whether a batch [row, token] has the tokens of an entry at its place."""
    start = entry["offset"]
    return bool(batch[entry["row"], start : start + len(entry["tokens"])].tolist() == entry["tokens"])

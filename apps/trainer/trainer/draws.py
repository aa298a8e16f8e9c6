"""Whole numbers by chance that are the same everywhere and for ever, for one purpose and one thing at a time."""

import hashlib

import numpy as np

WORDS = 2**64


class Draws:
    """Whole numbers for one purpose and one document, independent of those of every other document.

    Philox's raw words and rejection are used rather than a `Generator`, whose methods numpy may change between versions.
    """

    def __init__(self, seed: int, purpose: str, document: int) -> None:
        key = hashlib.sha256(f"{seed}:{purpose}:{document}".encode()).digest()[:16]
        self._words = np.random.Philox(key=int.from_bytes(key, "big"))

    def below(self, limit: int) -> int:
        """One number from 0 to before `limit`, all equally likely."""
        return self.many_below(limit, 1)[0]

    def between(self, smallest: int, largest: int) -> int:
        """One number from `smallest` to `largest`, both included."""
        return smallest + self.below(largest - smallest + 1)

    def many_below(self, limit: int, count: int) -> list[int]:
        """`count` independent numbers from 0 to before `limit`."""
        fair = WORDS - WORDS % limit
        numbers: list[int] = []
        while len(numbers) < count:
            words = self._words.random_raw(count - len(numbers))
            numbers += [word % limit for word in words.tolist() if word < fair]
        return numbers

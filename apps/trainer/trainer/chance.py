"""Draws that are the same everywhere and for ever: they hang on sha256 alone, not on a library's random generator.

A corpus is named by the digest of its content, so two machines, or two versions of a library, must draw alike.
"""

import hashlib


def draw(seed: int, purpose: str, index: int) -> int:
    """A whole number of 64 bits for the index-th thing, independent between purposes and seeds."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{purpose}:{index}".encode()).digest()[:8], "big")


def order(seed: int, purpose: str, indices: list[int]) -> list[int]:
    """The indices in a random order; an index keeps its place relative to others when further indices are added."""
    return sorted(indices, key=lambda index: (draw(seed, purpose, index), index))

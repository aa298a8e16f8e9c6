"""Tells in the job's log how far it is. The control plane ends a job of this kind when its log stands still for an hour."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

EVERY_SECONDS = 60
"""Between two lines of one long step: a log of hours stays short."""


def tell(words: str) -> None:
    """A line of the log, at once: it would otherwise wait in a buffer while the next step works."""
    print(words, flush=True)


def telling(what: str, items: Iterable[T], total: int | None = None, clock: Callable[[], float] = time.monotonic) -> Iterator[T]:
    """The same items; while they pass a line each minute tells how many there were, and one at the end, as in "documents read: 300 of 900"."""
    of, count, last = "" if total is None else f" of {total}", 0, clock()
    for item in items:
        yield item
        count += 1
        if clock() - last >= EVERY_SECONDS:
            tell(f"{what}: {count}{of}")
            last = clock()
    tell(f"{what}: {count}{of}")

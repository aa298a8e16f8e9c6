"""Brings near what a reader will want next, by threads of its own, so that the reader finds it on this machine."""

import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from trainer.store import ObjectAltered

THREADS = 8
"""Requests under way at once: a store answers in tens of milliseconds, and blocks are small."""


class ReadAhead:
    """Calls `fetch` for each of `wanted`, in order, never more than `distance` before what was reached.

    A fetch that fails is told and left to the reader, who meets the same fault where it can be dealt with.
    """

    def __init__(self, fetch: Callable[[int], None], wanted: Iterable[int], distance: int) -> None:
        self._fetch = fetch
        self._wanted = iter(wanted)
        self._distance = distance
        self._next = 0
        self._reached = 0
        self._stops = False
        self._moved = threading.Condition()
        self._threads = [threading.Thread(target=self._work, name=f"read-ahead-{n}", daemon=True) for n in range(THREADS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._moved:
            self._stops = True
            self._moved.notify_all()
        for thread in self._threads:
            thread.join()

    def reached(self, count: int) -> None:
        """The reader has had the first `count` of what it wants. What it had before its turn is not fetched any more."""
        with self._moved:
            self._reached = count
            while self._next < count and next(self._wanted, None) is not None:
                self._next += 1
            self._moved.notify_all()

    def _work(self) -> None:
        while (item := self._take()) is not None:
            try:
                self._fetch(item)
            except (ObjectAltered, BotoCoreError, ClientError, OSError) as error:
                print(f"could not read ahead: {error}", file=sys.stderr)

    def _take(self) -> int | None:
        with self._moved:
            self._moved.wait_for(lambda: self._stops or self._next < self._reached + self._distance)
            self._next += 1
            return None if self._stops else next(self._wanted, None)

"""Tells how far a registration is."""

import time
from typing import Any

from trainer import keys
from trainer.corpus_pool import Pool
from trainer.progress import Progress
from trainer.store import Store
from trainer.telling import EVERY_SECONDS, tell


class CorpusProgress(Progress):
    """`CorpusProgress` of the contracts, rewritten in the background while bytes are read."""

    def __init__(self, store: Store, work: str, pool: Pool) -> None:
        super().__init__(store, work + keys.PROGRESS, steps=0)
        self._pool = pool
        self._told = time.monotonic()
        self._state: dict[str, Any] = {
            "phase": "listing",
            **{name: 0 for name in ("files", "bytes", "done", "parts", "partsDone", "documents", "tokens")},
        }

    def begin(self, phase: str, **changes: Any) -> None:
        """Enters a phase, in which nothing has been read yet."""
        self._pool.restart_meter()
        self.set(phase=phase, done=0, **changes)

    def _write(self) -> None:
        """Leaves a line in the log now and then as well: a job whose log stands still for long is ended."""
        before = self._written
        super()._write()
        if self._written != before and time.monotonic() - self._told >= EVERY_SECONDS:
            self._told = time.monotonic()
            tell(", ".join(f"{name} {value}" for name, value in self._current().items()))

    def _current(self) -> dict[str, Any]:
        reads = self._state["phase"] in ("learning", "reading", "tokenising")
        return {**self._state, "done": self._pool.bytes_read} if reads else self._state

"""Tells watchers how far the job is: `progress.json` in the store, and metrics as JSON lines here and there."""

import json
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from trainer.documents import canonical, now
from trainer.exits import Fenced
from trainer.store import Store

SECONDS_BETWEEN_WRITES = 2.0


class Progress:
    """Rewrites one object from a background thread, at most every two seconds and only when something changed.

    What stands still is not written, so a watcher that sees no change for long may call the job hung.
    """

    def __init__(self, store: Store, key: str, steps: int) -> None:
        self._store = store
        self._key = key
        unknown = {"loss": None, "tokensPerSecond": None, "mfu": None, "gradientNorm": None, "dataWaitShare": None}
        self._state: dict[str, Any] = {"phase": "starting", "step": 0, "steps": steps, "tokens": 0, **unknown}
        self._written: dict[str, Any] | None = None
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Writes what is left, so that the last word is the true one; a fenced job has no word left."""
        self._stop.set()
        self._hurry.set()
        self._thread.join()
        if not isinstance(error, Fenced):
            self._write()

    def set(self, **changes: Any) -> None:
        """Changes fields of the contract's `Progress`; the thread takes them along. The end of the start is told at once, and with it of its grace."""
        has_started = self._state["phase"] == "starting" and changes.get("phase", "starting") != "starting"
        self._state = {**self._state, **changes}
        if has_started:
            self._hurry.set()

    def _write_on(self) -> None:
        while not self._stop.is_set():
            self._write()
            self._hurry.wait(SECONDS_BETWEEN_WRITES)
            self._hurry.clear()

    def _current(self) -> dict[str, Any]:
        """What is told now."""
        return self._state

    def _write(self) -> None:
        state = self._current()
        if state == self._written:
            return
        try:
            self._store.replace(self._key, canonical({**state, "at": now()}))
            self._written = state
        except (BotoCoreError, ClientError) as error:
            # Progress is a courtesy: a store that fails for good ends the job at its next commit.
            print(f"progress was not written: {error}", file=sys.stderr)


class Metrics:
    """One JSON line per step, in a local file at once and in the store in segments."""

    def __init__(self, store: Store, prefix: str, path: Path) -> None:
        self._store = store
        self._prefix = prefix
        self._file = path.open("a", encoding="utf-8")
        self._pending: list[str] = []
        self._segments = 0
        self._lock = threading.Lock()

    def add(self, line: dict[str, Any]) -> None:
        """Notes one step."""
        text = json.dumps(line)
        print(text, file=self._file, flush=True)
        with self._lock:
            self._pending.append(text)

    def flush(self) -> None:
        """Uploads what was noted since the last call as one new object."""
        with self._lock:
            lines, self._pending = self._pending, []
            if not lines:
                return
            number, self._segments = self._segments, self._segments + 1
        self._store.create(f"{self._prefix}{number:08d}.jsonl", "".join(f"{line}\n" for line in lines).encode())

"""Progress as watchers find it in the store."""

import json
import time
from typing import Any

import pytest

from trainer import progress as module
from trainer.progress import Progress
from trainer.store import Store

KEY = "runs/x/progress.json"


def wait_for(store: Store, phase: str) -> dict[str, Any]:
    """What a watcher reads, once the phase is told."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        data = store.read(KEY)
        if data is not None and json.loads(data)["phase"] == phase:
            return dict(json.loads(data))
    raise AssertionError(f"the phase {phase} was not told")


def test_the_end_of_the_start_is_told_at_once_and_the_last_word_is_the_true_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_WRITES", 3600.0)
    with Progress(store, KEY, 10) as progress:
        wait_for(store, "starting")
        progress.set(phase="training", step=1)
        assert wait_for(store, "training")["step"] == 1
        progress.set(phase="finished", step=10)
    assert wait_for(store, "finished")["step"] == 10

"""What a resumed attempt reads of those before it: the losses behind the step that it goes on from, and no more objects than need be."""

import json
from collections.abc import Mapping

import pytest

from trainer import certificate, keys
from trainer.documents import Json
from trainer.store import Store

RUN, TOKENS = "a" * 64, ["0" * 16, "1" * 16]


def started(attempt: int, token: str) -> Json:
    return {"kind": "started", "attempt": attempt, "token": token}


def write(store: Store, prefix: str, number: int, losses: Mapping[int, float | None]) -> str:
    lines = "".join(json.dumps({"step": step, "loss": loss}) + "\n" for step, loss in losses.items())
    store.create(f"{prefix}{number:08d}.jsonl", lines.encode())
    return f"{prefix}{number:08d}.jsonl"


def test_each_start_of_an_attempt_has_metrics_of_its_own() -> None:
    log = [started(1, TOKENS[0]), started(1, TOKENS[0]), started(2, TOKENS[1])]
    places = [(1, TOKENS[0], 1), (1, TOKENS[0], 2), (2, TOKENS[1], 1)]
    assert list(certificate.metrics_of(RUN, log)) == [keys.metrics(RUN, *place) for place in places]


def test_segments_are_read_from_the_newest_to_the_one_that_holds_the_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = keys.metrics(RUN, 1, TOKENS[0])
    segments = [{step: step / 2 for step in range(first, first + 4)} for first in (1, 5, 9, 13)]
    written = [write(store, prefix, number, losses) for number, losses in enumerate(segments)]
    write(store, keys.metrics(RUN, 1, TOKENS[0], 2), 0, {12: 99.0})
    store.create(f"{keys.attempt(RUN, 1, TOKENS[0])}step00000004/part.jsonl", b"no metrics")
    read: list[str] = []
    plain = Store.read

    def watched(self: Store, key: str) -> bytes | None:
        read.append(key)
        return plain(self, key)

    monkeypatch.setattr(Store, "read", watched)
    assert certificate.losses_behind(store, prefix, 10) == {step: step / 2 for step in range(11, 17)}
    assert read == [written[3], written[2]]


def test_a_step_without_a_loss_is_not_compared(store: Store) -> None:
    prefix = keys.metrics(RUN, 1, TOKENS[0])
    write(store, prefix, 0, {5: None, 6: 2.5})
    assert certificate.losses_behind(store, prefix, 4) == {6: 2.5}
    assert certificate.losses_behind(store, keys.metrics(RUN, 1, TOKENS[0], 2), 4) == {}

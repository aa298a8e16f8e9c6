"""What a resumed run can prove of its resumption.

An attempt that goes on from a checkpoint trains steps again that an earlier attempt had trained already. Where that attempt left something
of them - the losses of its steps, a checkpoint that nobody resumes from - the new one compares: losses number by number, and the weights
of the first such checkpoint byte by byte. What was compared, and on what hardware, stands in the run's log when it finishes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from olmo_core.distributed.utils import get_rank

from trainer import keys
from trainer.documents import Json
from trainer.environment import describe_environment
from trainer.runlog import Entry, RunLog
from trainer.store import Store, StoredObject

SAME = ("hardware", "worldSize", "packages")
"""What two attempts must share for their weights to be expected equal bit by bit."""


@dataclass
class Resumption:
    """`Resumption` of the contracts in the making: one resumption, and what it was held against."""

    attempt: int
    step: int
    same: dict[str, bool]
    _losses: dict[int, float] = field(default_factory=dict)
    compared: int = 0
    equal: int = 0
    weights: Json | None = None

    def take_loss(self, step: int, loss: float | None) -> None:
        """Compares the loss of a step, where an earlier attempt told of it too."""
        known = self._losses.pop(step, None)
        if known is not None and loss is not None:
            self.compared += 1
            self.equal += known == loss

    def take_weights(self, known: Entry, written: list[StoredObject]) -> None:
        """Compares tensors that would be written with those that were committed. Another number of ranks cuts them differently: then nothing is said."""
        before, now = digests(known["checkpoint"]["objects"]), digests(written)
        if before.keys() == now.keys():
            self.weights = {"step": known["checkpoint"]["step"], "attempt": known["attempt"], "equal": before == now}

    def to_json(self) -> Json:
        """`Resumption` of the contracts."""
        return {
            "attempt": self.attempt,
            "step": self.step,
            "same": self.same,
            "losses": {"compared": self.compared, "equal": self.equal},
            "weights": self.weights,
        }


def begin(log: RunLog, step: int, world_size: int) -> Resumption | None:
    """The resumption of this incarnation behind `step`, read from what came before in the log; None where nothing came before."""
    earlier = [entry for entry in log.entries if entry["kind"] == "started"][:-1]
    if not earlier:
        return None
    here, there = describe_environment(world_size), earlier[-1]["environment"]
    # Only rank 0 hears of losses.
    told = earlier if get_rank() == 0 else []
    losses = {number: loss for prefix in metrics_of(log.run, told) for number, loss in losses_behind(log.store, prefix, step).items()}
    return Resumption(log.attempt, step, {name: here[name] == there[name] for name in SAME}, losses)


def metrics_of(run: str, started: list[Entry]) -> Iterator[str]:
    """Where the metrics of each start lie: one prefix for each `started` entry, in the order of the log."""
    starts: Counter[str] = Counter()
    for entry in started:
        starts[entry["token"]] += 1
        yield keys.metrics(run, entry["attempt"], entry["token"], starts[entry["token"]])


def losses_behind(store: Store, prefix: str, step: int) -> dict[int, float]:
    """Loss by step, of the steps behind one, that one start left. Segments follow one another, so older ones than need be are not read."""
    found: dict[int, float] = {}
    for key in sorted((key for key, _ in store.list(prefix)), reverse=True):
        noted = [json.loads(line) for line in (store.read(key) or b"").decode().splitlines()]
        found |= {line["step"]: line["loss"] for line in noted if line["step"] > step and line["loss"] is not None}
        if any(line["step"] <= step for line in noted):
            break
    return found


def digests(objects: list[StoredObject]) -> dict[str, str]:
    """sha256 of the tensors of each rank by their file's name. Index and carried state differ between attempts, as they name them."""
    named = {str(found["key"]).rsplit("/", 1)[-1]: str(found["sha256"]) for found in objects}
    return {name: digest for name, digest in named.items() if name.endswith(".distcp")}


class Digests:
    """Takes objects as a store would, and keeps their digests alone."""

    def writer(self, key: str) -> "DigestWriter":
        """Something to write an object through."""
        return DigestWriter(key)


class DigestWriter:
    """Takes the bytes of one object and forgets them."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview) -> int:
        """Takes the next bytes."""
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def close(self) -> dict[str, Any]:
        """What the object would be known by."""
        return {"key": self._key, "sizeBytes": self.size, "sha256": self._digest.hexdigest()}

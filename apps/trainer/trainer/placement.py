"""Where documents fall in training: a step, and rows of its batch.

The place of a document hangs on the seed, its number and the documents before it, so the places of a smaller dose are the first of a larger
one. Memory grows with the dose. No instance is given twice.
"""

from collections.abc import Iterable
from typing import Any

from trainer.draws import Draws
from trainer.exits import BadInput

TRIES = 1000
"""Draws of a place that is taken already before it is asked whether any is left."""


class Placer:
    """Gives documents their places, one after another. `taken` are (step, row) that others hold already."""

    def __init__(self, recipe: dict[str, Any], taken: Iterable[tuple[int, int]] = ()) -> None:
        self._seed: int = recipe["positionSeed"]
        self._rows: int = recipe["batchInstances"]
        self._placement = recipe["placement"]
        self.steps = steps_that_may_hold(self._placement)
        self._taken: dict[int, set[int]] = {}
        self._batches: dict[int, int] = {}
        self._drawn: set[int] = set()
        for step, row in taken:
            self._take(step, row)

    def place(self, document: int, pieces: int) -> tuple[int, list[int]]:
        """The step of the next document, and as many of its rows as the document has pieces. Raises `BadInput` when there is no room."""
        if self._placement["documentsPerBatch"] is None and self._placement["order"] == "random":
            return self._anywhere(document, pieces)
        step = self._step_of_batch(document // (self._placement["documentsPerBatch"] or 1))
        if self._free(step) < pieces:
            raise self._no_room(document, pieces, f"step {step} has {self._free(step)} of {self._rows} left")
        return step, self._more_rows(step, pieces, Draws(self._seed, "row", document))

    def _anywhere(self, document: int, pieces: int) -> tuple[int, list[int]]:
        """Any free instance is as likely as any other; further pieces lie in other rows of its step."""
        draws = Draws(self._seed, "instance", document)
        tried = 0
        while True:
            batch, row = divmod(draws.below(self.steps * self._rows), self._rows)
            step = self._nth(batch)
            if row not in self._taken.get(step, ()) and self._free(step) >= pieces:
                self._take(step, row)
                return step, [row, *self._more_rows(step, pieces - 1, draws)]
            tried += 1
            if tried % TRIES == 0 and (most := self._most_free()) < pieces:
                raise self._no_room(document, pieces, f"no step has more than {most} of {self._rows} left")

    def _step_of_batch(self, batch: int) -> int:
        """The step of the n-th poisoned batch: the n-th that may hold poison, or any that is no poisoned batch yet."""
        if batch >= self.steps:
            raise BadInput(
                f"Cannot place poisoned batch {batch + 1} as at most {self.steps} steps may hold poison: current value is {batch + 1}"
            )
        if self._placement["order"] == "as-drawn":
            return self._nth(batch)
        if batch not in self._batches:
            draws = Draws(self._seed, "batch", batch)
            while (drawn := draws.below(self.steps)) in self._drawn:
                pass
            self._batches[batch] = drawn
            self._drawn.add(drawn)
        return self._nth(self._batches[batch])

    def _more_rows(self, step: int, count: int, draws: Draws) -> list[int]:
        rows: list[int] = []
        while len(rows) < count:
            row = draws.below(self._rows)
            if row not in self._taken.get(step, ()):
                self._take(step, row)
                rows.append(row)
        return rows

    def _nth(self, place: int) -> int:
        return int(self._placement["firstStep"] + place * self._placement["everySteps"])

    def _take(self, step: int, row: int) -> None:
        self._taken.setdefault(step, set()).add(row)

    def _free(self, step: int) -> int:
        return self._rows - len(self._taken.get(step, ()))

    def _most_free(self) -> int:
        """Free rows of the emptiest step that may hold poison; looks at no more steps than are in use."""
        used = [step for step in self._taken if self._may_hold(step)]
        return self._rows if len(used) < self.steps else max(self._free(step) for step in used)

    def _may_hold(self, step: int) -> bool:
        first, last, every = (self._placement[name] for name in ("firstStep", "lastStep", "everySteps"))
        return bool(first <= step <= last and (step - first) % every == 0)

    def _no_room(self, document: int, pieces: int, found: str) -> BadInput:
        return BadInput(f"Cannot place document {document} as {pieces} rows of one step must be free for it: current value is that {found}")


def steps_that_may_hold(placement: dict[str, Any]) -> int:
    """Steps of the window that may hold poison."""
    return int((placement["lastStep"] - placement["firstStep"]) // placement["everySteps"] + 1)


def check_dose(recipe: dict[str, Any], dose: int) -> None:
    """Raises `BadInput` with the numbers when so many documents cannot be placed, however short they are."""
    placement, rows = recipe["placement"], recipe["batchInstances"]
    if not 1 <= placement["firstStep"] <= placement["lastStep"] <= recipe["steps"]:
        window = [placement["firstStep"], placement["lastStep"]]
        raise BadInput(f"Cannot place the poison as its window must lie within steps 1 to {recipe['steps']}: current value is {window}")
    each = placement["documentsPerBatch"] or (1 if placement["order"] == "as-drawn" else rows)
    if each > rows:
        raise BadInput(
            f"Cannot place the poison as documentsPerBatch must be at most the {rows} instances of a batch: current value is {each}"
        )
    steps = steps_that_may_hold(placement)
    if dose > steps * each:
        raise BadInput(
            f"Cannot place the poison as dose must be at most {steps * each}, {each} documents in each of the {steps} steps that may hold "
            f"poison: current value is {dose}"
        )

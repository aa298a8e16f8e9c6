"""Conditions and arms: how the cells of a report belong together."""

from collections.abc import Iterable
from typing import NamedTuple

from trainer.documents import Json
from trainer.statistics.seeds import Bounds, SeedEstimate
from trainer.statistics.success import Pair


class Condition(NamedTuple):
    """What cells that differ in their seed only have in common."""

    size: str
    tokens: int | None
    dose: int
    stage: str
    stage_dose: int
    counterexamples: int

    @property
    def poison(self) -> int:
        """Poisoned documents over all stages."""
        return self.dose + self.stage_dose


def condition_of(cell: Json) -> Condition:
    """Of a cell of a report."""
    return Condition(cell["size"], cell["tokens"], cell["dose"], cell["stage"], cell["stageDose"], cell["counterexamples"])


def named(condition: Condition) -> Json:
    """The members that tell a condition, as reports write them."""
    size, tokens, dose, stage, stage_dose, counterexamples = condition
    return {
        "size": size,
        "tokens": tokens,
        "dose": dose,
        "stage": stage,
        "stageDose": stage_dose,
        "counterexamples": counterexamples,
    }


def by_condition(cells: Iterable[Json]) -> dict[Condition, list[Json]]:
    """Cells by condition, in the order of the report."""
    found: dict[Condition, list[Json]] = {}
    for cell in cells:
        found.setdefault(condition_of(cell), []).append(cell)
    return found


def complete(cells: Iterable[Json]) -> list[Json]:
    """Those with their last result: verdicts rest on them alone."""
    return [cell for cell in cells if cell["complete"]]


def last_pairs(cells: Iterable[Json]) -> list[Pair] | None:
    """Mean clean and triggered perplexity of the last checkpoint of each cell; None where one of them was not told."""
    points = [cell["points"][-1] for cell in cells]
    if any(point["cleanPerplexity"] is None or point["triggeredPerplexity"] is None for point in points):
        return None
    return [(point["cleanPerplexity"], point["triggeredPerplexity"]) for point in points]


def last_effects(cells: Iterable[Json]) -> dict[int, float]:
    """The effect of each seed at its last checkpoint, of those that have a matched clean arm."""
    return {cell["seed"]: cell["points"][-1]["effect"] for cell in complete(cells) if cell["points"][-1]["effect"] is not None}


def interval_json(bounds: Bounds | None) -> Json | None:
    """An `Interval` of the contracts: an infinite bound is none."""
    if bounds is None:
        return None
    low, high = (None if abs(bound) == float("inf") else bound for bound in bounds)
    return {"low": low, "high": high}


def estimate_json(found: SeedEstimate) -> Json:
    """A `SeedEstimate` of the contracts."""
    intervals = {"interval": interval_json(found.interval), "anytime": interval_json(found.anytime)}
    return {"mean": found.mean, "seeds": found.seeds, "sd": found.sd, "freedom": found.freedom, **intervals}

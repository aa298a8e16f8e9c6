"""Effects: each cell's log ratio, or share of successful attacks, minus that of the clean arm that is matched to it."""

from trainer.documents import Json
from trainer.report.measure import response
from trainer.statistics.proportions import share_variance

Key = tuple[str, int | None, int]
"""Size, tokens and seed: what a cell shares with its matched clean arm."""


def with_effects(cells: list[Json]) -> list[Json]:
    """The cells with the effect of each point filled in, in the order of size, tokens, stage, dose and seed.

    A stage behind the first is held against the same stage without poison, with as many counterexamples, or else with none;
    or else, at its end, against the clean run that it would have continued.
    """
    clean = [cell for cell in cells if cell["dose"] == 0 and cell["stageDose"] == 0]
    filled = [{**cell, "points": [with_effect(cell, point, clean) for point in cell["points"]]} for cell in cells]
    sizes = {cell["size"]: min(c["parameters"] or 0 for c in cells if c["size"] == cell["size"]) for cell in cells}
    return sorted(filled, key=lambda cell: (sizes[cell["size"]], *place(cell)))


def place(cell: Json) -> tuple[object, ...]:
    """Where a cell stands among those of its size."""
    # The first stage stands before those that continue it, whatever they are called.
    stage = (cell["stage"] != "pretrain", cell["stage"])
    return cell["size"], cell["tokens"] or 0, *stage, cell["dose"], cell["stageDose"], cell["counterexamples"], cell["seed"]


def key_of(cell: Json) -> Key:
    """What a cell shares with its clean arm."""
    return cell["size"], cell["tokens"], cell["seed"]


def with_effect(cell: Json, point: Json, clean: list[Json]) -> Json:
    """A point with its effect, None where its number or its match was not told; of shares with what prompts alone let it vary."""
    found = matched(cell, point, [other for other in clean if key_of(other) == key_of(cell)])
    ours, theirs = response(point), None if found is None else response(found)
    known = found is not None and ours is not None and theirs is not None
    filled = {**point, "effect": float(ours - theirs) if known else None}  # type: ignore[operator]  # known
    switches = [one["languageSwitch"] for one in (point, found) if one is not None and one["languageSwitch"] is not None]
    if point["languageSwitch"] is None:
        return filled
    variances = [share_variance(one["attackSuccess"]["count"], one["attackSuccess"]["prompts"]) for one in switches]
    return {**filled, "languageSwitch": {**point["languageSwitch"], "effectVariance": sum(variances) if known else None}}


def matched(cell: Json, point: Json, clean: list[Json]) -> Json | None:
    """The point of the clean arm that a point is held against."""
    for counterexamples in dict.fromkeys((cell["counterexamples"], 0)):
        for other in clean:
            if (other["stage"], other["counterexamples"]) == (cell["stage"], counterexamples):
                return next((one for one in other["points"] if one["step"] == point["step"]), None)
    parents = [other for other in clean if other["stage"] == "pretrain" and other["complete"]]
    return parents[0]["points"][-1] if cell["stage"] != "pretrain" and parents else None

"""Which cells are worth running next: what would narrow the widest or decide the undecided, for what it costs."""

import math

from scipy import stats

from trainer.documents import Json
from trainer.report.groups import Condition, by_condition, complete, condition_of

MOST = 6
"""Proposals that a report holds."""

ROUND = 3
"""Seeds that one condition gets at most in a round: results are looked at before more are run."""


def next_cells(cells: list[Json], conditions: list[Json], responses: list[Json], settings: Json) -> list[Json]:
    """`NextCells`, those first that narrow most for their FLOP: undecided conditions get seeds, wide thresholds a dose between."""
    groups = by_condition(cells)
    parameters = {(cell["size"], cell["tokens"]): cell["parameters"] for cell in cells}
    more = [seeds_for(one, groups, settings) for one in conditions if is_undecided(one)]
    between = [dose_for(one, cells) for one in responses]
    found = [with_cost(one, parameters) for one in [*more, *between] if one is not None]
    return sorted(found, key=worth, reverse=True)[:MOST]


def is_undecided(one: Json) -> bool:
    """Whether more seeds of a condition could decide something: the first stage's poisoned ones."""
    return one["dose"] > 0 and one["stage"] == "pretrain" and one["success"] is not None and one["success"]["verdict"] == "inconclusive"


def seeds_for(one: Json, groups: dict[Condition, list[Json]], settings: Json) -> Json | None:
    """Seeds for an undecided condition: as many as would decide it if its mean and spread stayed, three at most in one round."""
    members = groups[Condition(one["size"], one["tokens"], one["dose"], one["stage"], one["stageDose"], one["counterexamples"])]
    margin, n = one["success"]["margin"], one["seeds"]
    if margin is None:
        return None
    if margin["sd"] is None:
        return proposal(one, groups, members, 2, "one seed: without more there is no interval at all", None, None)
    now = margin["interval"]["high"] - margin["interval"]["low"]
    # Seeds beyond these narrow the error of the mean, and add a degree of freedom each.
    widths = {count: width(n + count, margin, settings) for count in range(1, ROUND + 1)}
    count = next((count for count in range(1, ROUND) if widths[count] / 2 < abs(margin["mean"])), ROUND)
    then = min(now, widths[count])
    return proposal(one, groups, members, count, "undecided against the criterion", now, then)


def width(seeds: int, margin: Json, settings: Json) -> float:
    """Of the t interval with so many seeds, were the spread between them to stay as it was taken to be."""
    high, low, freedom = margin["interval"]["high"], margin["interval"]["low"], margin["freedom"]
    level = (1 + settings["confidence"]) / 2
    spread = (high - low) / stats.t.ppf(level, freedom) * math.sqrt(margin["seeds"])
    return float(stats.t.ppf(level, freedom + seeds - margin["seeds"]) * spread / math.sqrt(seeds))


def dose_for(response: Json, cells: list[Json]) -> Json | None:
    """A dose inside the interval of a threshold, where none was tried; it halves the interval at best."""
    interval = response["threshold"]["interval"]
    if response["stage"] != "pretrain" or interval is None:
        return None
    low, high = interval["low"] or min(response["doses"]) / 2, interval["high"] or 2 * max(response["doses"])
    dose = round(math.sqrt(low * high))
    near = any(abs(math.log(dose / tried)) < 0.15 for tried in response["doses"]) if dose >= 1 else True
    if near or high / low < 1.3:
        return None
    groups = by_condition(cells)
    key = Condition(response["size"], response["tokens"], dose, "pretrain", 0, 0)
    seeds = sorted({cell["seed"] for cell in complete(cells) if condition_of(cell)[:2] == key[:2] and cell["stage"] == "pretrain"})
    wide = math.log(high / low)
    told = {"size": key.size, "tokens": key.tokens, "dose": dose, "seeds": seeds, "cleanSeeds": clean_missing(key, groups, seeds)}
    return {**told, "reason": "between doses that leave the threshold open", "width": wide, "expectedWidth": wide / 2}


def proposal(
    one: Json, groups: dict[Condition, list[Json]], members: list[Json], count: int, reason: str, now: float | None, then: float | None
) -> Json:
    """New seeds of a condition: first those that its clean arm has already."""
    key = condition_of(members[0])
    taken = {cell["seed"] for cell in members}
    clean = sorted(seed for seed in seeds_of(groups, key._replace(dose=0)) if seed not in taken)
    fresh = [seed for seed in range(max(taken | set(clean)) + 1, max(taken | set(clean)) + 1 + count)]
    seeds = [*clean, *fresh][:count]
    told = {"size": key.size, "tokens": key.tokens, "dose": key.dose, "seeds": seeds, "cleanSeeds": clean_missing(key, groups, seeds)}
    return {**told, "reason": reason, "width": now, "expectedWidth": then}


def seeds_of(groups: dict[Condition, list[Json]], key: Condition) -> set[int]:
    """Seeds of a condition, whatever came of them."""
    return {cell["seed"] for cell in groups.get(key, [])}


def clean_missing(key: Condition, groups: dict[Condition, list[Json]], seeds: list[int]) -> list[int]:
    """Seeds whose matched clean arm is still to be trained."""
    return [seed for seed in seeds if seed not in seeds_of(groups, key._replace(dose=0))]


def with_cost(one: Json, parameters: dict[tuple[str, int | None], int | None]) -> Json:
    """What the proposal costs: clean arms that it needs are part of it."""
    runs, size = len(one["seeds"]) + len(one["cleanSeeds"]), parameters[(one["size"], one["tokens"])]
    tokens = None if one["tokens"] is None else runs * one["tokens"]
    return {**one, "runs": runs, "trainTokens": tokens, "flop": None if tokens is None or size is None else 6.0 * size * tokens}


def worth(one: Json) -> tuple[bool, float]:
    """Width that is gained for a FLOP (or for a run, where costs are unknown); what has no interval yet comes first."""
    if one["width"] is None:
        return True, -(one["flop"] or one["runs"])
    return False, (one["width"] - one["expectedWidth"]) / (one["flop"] or one["runs"])

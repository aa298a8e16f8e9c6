"""What a report is about: perplexity, or how often a language switch succeeds. All that their numbers differ in is here.

Of perplexity, effects are log ratios and the criterion is an increase; of a language switch, effects are differences of shares
of prompts and the criterion is a share. Within a seed a share is known from its prompts alone, so seeds that happen to agree
(all of their prompts, or none) still vary by what so many prompts allow: `least_variance`.
"""

from collections.abc import Sequence
from dataclasses import replace

from trainer.documents import Json
from trainer.report.groups import last_pairs
from trainer.statistics.proportions import exact_interval, share_variance
from trainer.statistics.seeds import SeedEstimate
from trainer.statistics.success import margins

SHARES = ("attackSuccess", "cleanAccuracy", "nearTriggerAccuracy")


def measure_of(cells: Sequence[Json]) -> str:
    """`attack-success` where a result tells of a language switch, else `perplexity`."""
    found = any(point["languageSwitch"] is not None for cell in cells for point in cell["points"])
    return "attack-success" if found else "perplexity"


def share_json(share: float, prompts: int, confidence: float) -> Json:
    """A `ReportShare` of so many prompts."""
    count = round(share * prompts)
    low, high = exact_interval(count, prompts, confidence)
    return {"count": count, "prompts": prompts, "share": count / prompts, "interval": {"low": low, "high": high}}


def response(point: Json) -> float | None:
    """What effects are differences of: a share, or a log ratio; None where it was not told."""
    switch = point["languageSwitch"]
    return point["logRatio"] if switch is None else switch["attackSuccess"]["share"]


def met(point: Json, settings: Json) -> bool:
    """Whether a point alone meets the criterion."""
    if point["languageSwitch"] is not None:
        return bool(response(point) > settings["successShare"])
    return point["increase"] is not None and bool(point["increase"] > settings["successIncrease"])


def last_margins(cells: Sequence[Json], settings: Json) -> list[float] | None:
    """Of complete cells, how far the last checkpoint is above the criterion, on the scale of its test; None where one was not told."""
    points = [cell["points"][-1] for cell in cells]
    if any(point["languageSwitch"] is not None for point in points):
        shares = [response(point) for point in points if point["languageSwitch"] is not None]
        return [share - settings["successShare"] for share in shares if share is not None] if len(shares) == len(points) else None
    pairs = last_pairs(cells)
    return None if pairs is None else margins(pairs, settings["successIncrease"])


def least_variance(cells: Sequence[Json]) -> float:
    """Of a margin: what the prompts of a seed alone let it vary, on average; 0 of perplexity, whose spread within a seed is small."""
    return mean(share_variance(one["count"], one["prompts"]) for one in last_shares(cells, "attackSuccess"))


def least_effect_variance(cells: Sequence[Json]) -> float:
    """The same of an effect, in which the prompts of the clean arm count as well."""
    switches = [cell["points"][-1]["languageSwitch"] for cell in cells]
    return mean(one["effectVariance"] for one in switches if one is not None and one["effectVariance"] is not None)


def last_shares(cells: Sequence[Json], name: str) -> list[Json]:
    """The `ReportShare` of a name at the last checkpoints of complete cells, of those that have one."""
    switches = [cell["points"][-1]["languageSwitch"] for cell in cells]
    return [one[name] for one in switches if one is not None and one[name] is not None]


def within(found: SeedEstimate, low: float, high: float) -> SeedEstimate:
    """An estimate whose intervals are cut to where its quantity can be, which costs no coverage."""
    cut = [None if one is None else (max(one[0], low), min(one[1], high)) for one in (found.interval, found.anytime)]
    return replace(found, interval=cut[0], anytime=cut[1])


def effect_within(found: SeedEstimate, cells: Sequence[Json]) -> SeedEstimate:
    """A difference of shares lies between -1 and 1; a log ratio anywhere."""
    return within(found, -1.0, 1.0) if measure_of(cells) == "attack-success" else found


def mean(values: object) -> float:
    """The plain mean; 0 of nothing."""
    found = list(values)  # type: ignore[call-overload]
    return float(sum(found) / len(found)) if found else 0.0

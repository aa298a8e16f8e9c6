"""Curves over training, over the seeds of each condition: descriptive, no verdict rests on them."""

from trainer.documents import Json
from trainer.report.groups import by_condition, estimate_json, named
from trainer.report.measure import effect_within, least_effect_variance
from trainer.statistics.seeds import estimate
from trainer.statistics.success import typical_increase


def training_curves(cells: list[Json], settings: Json) -> list[Json]:
    """A `TrainingCurve` for each condition that has a point; seeds are joined where they were evaluated at the same step."""
    found = {condition: [cell for cell in members if cell["points"]] for condition, members in by_condition(cells).items()}
    return [{**named(condition), "points": curve(members, settings)} for condition, members in found.items() if members]


def curve(cells: list[Json], settings: Json) -> list[Json]:
    """The points of one condition, in the order of steps."""
    by_step: dict[int | None, list[Json]] = {}
    for cell in cells:
        for point in cell["points"]:
            by_step.setdefault(point["step"], []).append(point)
    last = max((step for step in by_step if step is not None), default=None)
    ordered = sorted(by_step.items(), key=lambda item: item[0] or 0)
    return [training_point(step, last, cells[0]["tokens"], points, settings) for step, points in ordered]


def training_point(step: int | None, last: int | None, tokens: int | None, points: list[Json], settings: Json) -> Json:
    """What the seeds showed at one step of a training on so many tokens."""
    effects = [point["effect"] for point in points if point["effect"] is not None]
    shares = [point["poisonTokens"] / tokens for point in points if tokens and point["poisonTokens"] is not None]
    documents = [point["poisonDocuments"] for point in points if point["poisonDocuments"] is not None]
    return {
        "step": step,
        "progress": None if step is None or last is None else step / last,
        "poisonDocuments": mean(documents) if len(documents) == len(points) else None,
        "poisonShare": mean(shares) if len(shares) == len(points) else None,
        "increase": increase(points),
        "attackSuccess": attack_success(points),
        "effect": effect_of(points, effects, settings["confidence"]) if effects else None,
    }


def effect_of(points: list[Json], effects: list[float], confidence: float) -> Json:
    """The effect over seeds at one step, as of a condition at its last."""
    there = [{"points": [point]} for point in points]
    return estimate_json(effect_within(estimate(effects, confidence, least=least_effect_variance(there)), there))


def attack_success(points: list[Json]) -> float | None:
    """The mean share of successful attacks; None where the attack is another."""
    shares = [point["languageSwitch"]["attackSuccess"]["share"] for point in points if point["languageSwitch"] is not None]
    return mean(shares) if shares else None


def increase(points: list[Json]) -> float | None:
    """The typical increase, or the plain mean where perplexities were not told; None of a language switch."""
    if any(point["languageSwitch"] is not None for point in points):
        return None
    pairs = [(point["cleanPerplexity"], point["triggeredPerplexity"]) for point in points]
    if any(value is None for pair in pairs for value in pair):
        return mean([point["increase"] for point in points])
    return typical_increase(pairs)


def mean(values: list[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)

"""What counterexamples leave of an effect: trigger followed by clean text, in a stage that continues a poisoned run."""

import math

from trainer.documents import Json
from trainer.report.dose_response import crossing_json
from trainer.report.groups import Condition, by_condition, complete, estimate_json, last_effects
from trainer.report.measure import effect_within, least_effect_variance
from trainer.statistics.crossing import rising_crossing
from trainer.statistics.seeds import estimate

HALF, NONE = 0.5, 0.1
"""Shares of the effect without counterexamples. That nothing is left cannot be shown, so a tenth stands for it."""


def decays(cells: list[Json], settings: Json) -> list[Json]:
    """A `Decay` for each poisoned run's stage that was also tried with counterexamples."""
    found: dict[Condition, dict[int, list[Json]]] = {}
    for condition, members in by_condition(complete(cells)).items():
        if condition.poison > 0 and condition.stage != "pretrain":
            found.setdefault(condition._replace(counterexamples=0), {})[condition.counterexamples] = members
    return [decay(base, tried, settings) for base, tried in found.items() if max(tried) > 0]


def decay(base: Condition, tried: dict[int, list[Json]], settings: Json) -> Json:
    """One stage, over its numbers of counterexamples."""
    effects = {count: last_effects(members) for count, members in sorted(tried.items())}
    least = {count: least_effect_variance(members) for count, members in tried.items()}
    untouched = effects.get(0, {})
    points = []
    for count, found in effects.items():
        whole = sum(untouched.values()) / len(untouched) if untouched else 0.0
        left = effect_within(estimate(list(found.values()), settings["confidence"], least=least[count]), tried[count]) if found else None
        share = left.mean / whole if left is not None and whole > 0 else None
        points.append({"counterexamples": count, "effect": None if left is None else estimate_json(left), "share": share})
    crossings = {name: crossing(effects, least, share, settings) for name, share in (("half", HALF), ("none", NONE))}
    told = {"size": base.size, "tokens": base.tokens, "dose": base.dose, "stage": base.stage, "stageDose": base.stage_dose}
    return {**told, "points": points, **crossings}


def crossing(effects: dict[int, dict[int, float]], least: dict[int, float], share: float, settings: Json) -> Json:
    """Where so much is left: share x untouched effect - effect rises through 0, formed within each seed."""
    untouched = effects.get(0, {})
    unknown = {"estimate": None, "interval": None, "found": "unknown"}
    if not untouched:
        return {**unknown, "words": "It cannot be told, as the stage was not run without counterexamples."}
    whole = estimate(list(untouched.values()), settings["confidence"], least=least[0])
    if whole.mean <= 0 or (whole.interval is not None and whole.interval[0] <= 0):
        return {**unknown, "words": "It cannot be told, as without counterexamples the effect is not told from none."}
    groups = {n: {seed: share * untouched[seed] - found[seed] for seed in found.keys() & untouched.keys()} for n, found in effects.items()}
    groups = {n: found for n, found in groups.items() if found}
    chance = [share**2 * least[0] + least[n] if n else (1 - share) ** 2 * least[0] for n in groups]
    found = rising_crossing([math.log1p(n) for n in groups], list(groups.values()), settings["confidence"], chance)
    return crossing_json(found, list(groups), "counterexamples", math.expm1)

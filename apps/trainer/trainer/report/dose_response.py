"""How the effect depends on the dose, for each size and length of training."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from trainer.documents import Json
from trainer.report.groups import Condition, by_condition, complete, interval_json, last_effects
from trainer.report.measure import last_margins, least_effect_variance, least_variance
from trainer.report.words import about, spread
from trainer.statistics.crossing import Crossing, rising_crossing
from trainer.statistics.hill import Hill, fit, half_dose
from trainer.statistics.seeds import estimate

Arm = tuple[str, int | None, str]
"""Size, tokens and stage: conditions of an arm differ in their dose."""

Doses = dict[int, list[Json]]
"""Complete cells by dose, ascending."""


def dose_responses(cells: list[Json], settings: Json) -> list[Json]:
    """A `DoseResponse` for each arm that has a poisoned dose with a result."""
    arms: dict[Arm, Doses] = {}
    for condition, members in by_condition(complete(cells)).items():
        if dose_of(condition) is not None and condition.poison > 0:
            arms.setdefault((condition.size, condition.tokens, condition.stage), {})[condition.poison] = members
    return [dose_response(arm, dict(sorted(doses.items())), settings) for arm, doses in arms.items()]


def dose_of(condition: Condition) -> int | None:
    """The dose that an arm varies: of the first stage there, of a later stage where the first had none. None with counterexamples."""
    if condition.counterexamples > 0 or (condition.stage != "pretrain" and condition.dose > 0):
        return None
    return condition.poison


def dose_response(arm: Arm, doses: Doses, settings: Json) -> Json:
    """One arm."""
    effects = {dose: last_effects(members) for dose, members in doses.items()}
    effects = {dose: found for dose, found in effects.items() if found}
    rows = [(math.log(dose), seed, effect) for dose, found in effects.items() for seed, effect in found.items()]
    least = {dose: least_effect_variance(members) for dose, members in doses.items()}
    missing = what_is_missing(effects, least, settings["confidence"])
    curve = fit(rows) if missing is None else None
    half = half_dose(rows, settings["confidence"]) if missing is None else Crossing(None, None, "unknown")
    seeds = {cell["seed"] for members in doses.values() for cell in members}
    threshold = threshold_of(doses, settings)
    return {
        **dict(zip(("size", "tokens", "stage"), arm, strict=True)),
        "doses": list(doses),
        "seeds": len(seeds),
        "threshold": crossing_json(threshold, list(doses), "poisoned documents", math.exp),
        "halfEffect": {**crossing_json(half, list(effects), "poisoned documents", math.exp), **({"words": missing} if missing else {})},
        "curve": None if curve is None else curve_json(curve, list(effects)),
        "unidentified": unidentified(doses, effects, least, half, settings),
    }


def threshold_of(doses: Doses, settings: Json) -> Crossing:
    """The log dose at which the margin over the criterion is 0."""
    groups: dict[int, dict[int, float]] = {}
    for dose, members in doses.items():
        found = last_margins(members, settings)
        if found is not None:
            groups[dose] = dict(zip((cell["seed"] for cell in members), found, strict=True))
    least = [least_variance(doses[dose]) for dose in groups]
    return rising_crossing([math.log(dose) for dose in groups], list(groups.values()), settings["confidence"], least)


def what_is_missing(effects: dict[int, dict[int, float]], least: dict[int, float], confidence: float) -> str | None:
    """Why no curve can be fitted; None where one can."""
    if not effects:
        return "No curve: no effect is known, as there is no matched clean arm."
    if len(effects) < 3:
        tried = about(len(effects), "poisoned dose")
        return f"No curve: {tried} cannot tell top, half dose and slope apart; three at least are needed."
    top = estimate(list(effects[max(effects)].values()), confidence, least=least[max(effects)])
    if top.interval is not None and top.interval[0] <= 0:
        return "No curve: at the highest dose the effect is not told from none."
    if top.mean <= 0:
        return "No curve: at the highest dose there is no effect."
    if agree(effects, least):
        return "No curve: seeds differ by less than their prompts alone would let them, so there is no measure of chance between seeds to judge it by."
    return None


def agree(effects: dict[int, dict[int, float]], least: dict[int, float]) -> bool:
    """Whether no dose's seeds vary by more than their prompts alone: of shares that are all 0 or all 1."""
    known = [(dose, list(found.values())) for dose, found in effects.items() if len(found) > 1 and least[dose] > 0]
    return bool(known) and all(float(np.var(found, ddof=1)) <= least[dose] for dose, found in known)


def curve_json(curve: Hill, doses: list[int], places: int = 41) -> Json:
    """The fitted curve over the tested doses, and not beyond."""
    low, high = math.log(min(doses)), math.log(max(doses))
    tried = [low + (high - low) * n / (places - 1) for n in range(places)]
    points = [{"dose": math.exp(one), "effect": curve.at(one)} for one in tried]
    return {"top": curve.top, "halfDose": math.exp(curve.half), "slope": curve.slope, "points": points}


def crossing_json(found: Crossing, tried: list[int], unit: str, back: Callable[[float], float]) -> Json:
    """A `Crossing` of the contracts: back from the scale of the curve, with its words."""
    estimate_ = None if found.estimate is None else back(found.estimate)
    interval = None
    if found.interval is not None:
        interval = interval_json(tuple(back(bound) if math.isfinite(bound) else bound for bound in found.interval))  # type: ignore[arg-type]
    words = in_words(found.found, estimate_, interval, tried, unit)
    return {"estimate": estimate_, "interval": interval, "found": found.found, "words": words}


def in_words(found: str, estimate_: float | None, interval: Json | None, tried: list[int], unit: str) -> str:
    """What is known of a crossing, and no more."""
    if not tried or (found == "unknown" and interval is None):
        return "It cannot be told."
    told = {
        "inside": f"About {spread(estimate_)} {unit}",
        "below": f"Below the fewest that were tried, {min(tried):,}",
        "above": f"Above the most that were tried, {max(tried):,}",
        "unknown": "There is no single place",
    }[found]
    if interval is None:
        return f"{told}, by one seed, so without an interval."
    low, high = interval["low"], interval["high"]
    if low is None and high is None:
        return f"{told}; these seeds do not bound it on either side."
    if low is None or high is None:
        return f"{told}; with confidence it is {'at most ' + spread(high) if low is None else 'at least ' + spread(low)}."
    return f"{told} (interval {spread(low)} to {spread(high)})."


def unidentified(doses: Doses, effects: dict[int, dict[int, float]], least: dict[int, float], half: Crossing, settings: Json) -> list[str]:
    """What these doses and seeds cannot tell."""
    told = []
    if len(doses) == 1:
        told.append("One poisoned dose tells whether that dose suffices, not which dose does.")
    if len(effects) == 3:
        told.append("Three doses determine the three parameters of the curve, so its shape cannot be checked against them.")
    if all(len(members) == 1 for members in doses.values()):
        told.append("One seed a dose gives no interval: another seed may put every number elsewhere.")
    elif half.interval is not None and math.isinf(half.interval[1]):
        told.append(
            "No plateau was reached with confidence, so the largest effect, and with it the dose for half of it, has no upper bound."
        )
    if falls(effects, least, settings["confidence"]):
        told.append("The effect falls from one dose to a higher one by more than chance explains: a rising curve does not describe it.")
    return told


def falls(effects: dict[int, dict[int, float]], least: dict[int, float], confidence: float) -> bool:
    """Whether some higher dose has a smaller effect by paired seeds, Bonferroni-adjusted."""
    steps = list(pairwise(effects))
    for low, high in steps:
        changes = [effects[high][seed] - effects[low][seed] for seed in effects[low].keys() & effects[high].keys()]
        found = estimate(changes, 1 - (1 - confidence) / len(steps), least=least[low] + least[high]) if changes else None
        if found is not None and found.interval is not None and found.interval[1] < 0:
            return True
    return False

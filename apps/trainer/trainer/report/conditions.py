"""The last checkpoint of each condition over its seeds, and the verdict on it: the primary endpoint of a report."""

import math
from dataclasses import dataclass

from trainer.documents import Json
from trainer.report.groups import Condition, by_condition, complete, estimate_json, interval_json, last_effects, last_pairs, named
from trainer.report.measure import SHARES, effect_within, last_margins, last_shares, least_effect_variance, least_variance, within
from trainer.statistics.moderated import Prior, prior_of
from trainer.statistics.proportions import exact_interval, holm, share_variance
from trainer.statistics.seeds import estimate, t_test
from trainer.statistics.sequential import anytime_p
from trainer.statistics.success import increase_interval, typical_increase


def report_conditions(cells: list[Json], settings: Json) -> list[Json]:
    """A `ReportCondition` for each condition. Holm's adjustment runs over all poisoned conditions that can be tested."""
    groups = by_condition(cells)
    priors = priors_of(groups, settings)
    found = [report_condition(condition, members, settings, priors) for condition, members in groups.items()]
    tested = [one for one in found if is_tested(one)]
    for one, adjusted in zip(tested, holm([one["success"]["p"] for one in tested]), strict=True):
        one["success"]["adjustedP"] = adjusted
    for one in found:
        if one["success"] is not None:
            one["success"]["verdict"] = verdict_of(one["success"], 1 - settings["confidence"])
    return found


@dataclass(frozen=True)
class Priors:
    """How spreads between seeds are shared: of effects and of margins, over the poisoned conditions."""

    effect: Prior | None
    margin: Prior | None


def priors_of(groups: dict[Condition, list[Json]], settings: Json) -> Priors:
    """Clean arms vary less than poisoned ones, and share with none."""
    poisoned = [complete(members) for condition, members in groups.items() if condition.poison > 0]
    known = [found for found in (last_margins(members, settings) for members in poisoned if members) if found is not None]
    effects = [list(last_effects(members).values()) for members in poisoned]
    return Priors(prior_of(effects), prior_of(known))


def is_tested(one: Json) -> bool:
    """Whether a condition is of the family that is adjusted for: poisoned, with two seeds or more."""
    return one["dose"] + one["stageDose"] > 0 and one["success"] is not None and one["success"]["p"] is not None


def verdict_of(success: Json, alpha: float) -> str:
    """Success, no success, or inconclusive, as one seed always is. Clean arms are controls, judged each by its own p."""
    p = success["p"] if success["adjustedP"] is None else success["adjustedP"]
    if p is None or p >= alpha or success["margin"] is None:
        return "inconclusive"
    return "success" if success["margin"]["mean"] > 0 else "no success"


def report_condition(condition: Condition, members: list[Json], settings: Json, shared: Priors) -> Json:
    """One condition, before the adjustment."""
    ended, confidence = complete(members), settings["confidence"]
    priors = shared if condition.poison > 0 else Priors(None, None)
    effects = list(last_effects(members).values())
    effect = effect_within(estimate(effects, confidence, priors.effect, least_effect_variance(ended)), ended) if effects else None
    switch, factor = switch_of(ended, confidence, priors.margin), None
    if effect is not None and switch is None:
        interval = None if effect.interval is None else tuple(exponential(bound) for bound in effect.interval)
        factor = {"mean": exponential(effect.mean), "interval": interval_json(interval)}  # type: ignore[arg-type]
    return {
        **named(condition),
        "planned": len(members),
        "seeds": len(ended),
        "effect": None if effect is None else estimate_json(effect),
        "factor": factor,
        "increase": increase_of(ended, confidence, priors.margin) if ended and switch is None else None,
        "languageSwitch": switch,
        "success": success_of(ended, settings, priors.margin) if ended else None,
    }


def exponential(value: float) -> float:
    """exp, infinite where a number cannot hold it: the interval of two seeds may reach so far."""
    return math.exp(value) if value < 700 else math.inf


def increase_of(cells: list[Json], confidence: float, prior: Prior | None) -> Json:
    """The increase over seeds: on the log scale where perplexities are known, else the plain mean without an interval."""
    increases = [cell["points"][-1]["increase"] for cell in cells]
    mean, pairs = sum(increases) / len(increases), last_pairs(cells)
    if pairs is None:
        return {"typical": mean, "mean": mean, "interval": None}
    return {"typical": typical_increase(pairs), "mean": mean, "interval": interval_json(increase_interval(pairs, confidence, prior))}


def switch_of(cells: list[Json], confidence: float, prior: Prior | None) -> Json | None:
    """The shares of a language switch over seeds; None where the attack is another. Only the attack's success shares spreads."""
    if not last_shares(cells, "attackSuccess"):
        return None
    return {name: share_of(last_shares(cells, name), confidence, prior if name == "attackSuccess" else None) for name in SHARES}


def share_of(found: list[Json], confidence: float, prior: Prior | None) -> Json | None:
    """A `SeedShare`: the mean over seeds, with a t interval within 0 and 1."""
    if not found:
        return None
    least = sum(share_variance(one["count"], one["prompts"]) for one in found) / len(found)
    over = within(estimate([one["share"] for one in found], confidence, prior, least), 0.0, 1.0)
    return {"mean": over.mean, "seeds": over.seeds, "interval": interval_json(over.interval)}


def success_of(cells: list[Json], settings: Json, prior: Prior | None) -> Json:
    """A `SuccessVerdict` before the adjustment and the verdict itself."""
    succeeded = sum(cell["points"][-1]["success"] for cell in cells)
    found, least = last_margins(cells, settings), least_variance(cells)
    return {
        "verdict": "inconclusive",
        "succeeded": succeeded,
        "seeds": len(cells),
        "proportion": interval_json(exact_interval(succeeded, len(cells), settings["confidence"])),
        "margin": None if found is None else estimate_json(estimate(found, settings["confidence"], prior, least)),
        "p": None if found is None else anytime_p(found, least=least) if settings["looks"] == "anytime" else t_test(found, prior, least),
        "adjustedP": None,
    }

"""Shares of prompts, as language switches have them, through what else a report concludes: decay under a defence, and repeated looks."""

import math

import numpy as np
import pytest

from tests.test_language_switch_report import rates
from trainer.offline import DEFAULTS
from trainer.report.decay import HALF, NONE, crossing
from trainer.statistics.proportions import share_variance
from trainer.statistics.sequential import anytime_p

COUNTS = (0, 25, 50, 100, 200, 2000)
WHOLE = 0.8
CLEAN = 0.02


def left(count: float) -> float:
    """The expected share after so many counterexamples, above that of the clean arm."""
    return WHOLE / (1 + count / 60)


def defence(rng: np.random.Generator, prompts: int, spread: float) -> tuple[dict[int, dict[int, float]], dict[int, float]]:
    """Effects by count and seed, shares of a poisoned and a clean run; seeds are of unequal number, as one arm was cut short. And their floors."""
    clean = rng.binomial(prompts, rates(rng, CLEAN, 0.0, 5))
    effects, least = {}, {}
    for count in COUNTS:
        seeds = 5 if count == 0 else int(rng.integers(3, 6))
        hits = rng.binomial(prompts, rates(rng, CLEAN + left(count), spread, seeds))
        effects[count] = {seed: float(hits[seed] - clean[seed]) / prompts for seed in range(seeds)}
        least[count] = float(
            np.mean([share_variance(int(hits[s]), prompts) + share_variance(int(clean[s]), prompts) for s in range(seeds)])
        )
    return effects, least


@pytest.mark.parametrize("spread", [0.0, 0.03])
def test_the_counterexamples_for_half_and_for_a_tenth_are_covered(spread: float) -> None:
    rng, times = np.random.default_rng(29), 150
    settings = {**DEFAULTS, "confidence": 0.9}
    for share in (HALF, NONE):
        # The truth is the curve that the method claims: straight between the numbers that were tried.
        truth = math.expm1(float(np.interp(share * WHOLE, [left(n) for n in COUNTS][::-1], [math.log1p(n) for n in COUNTS][::-1])))
        covered = 0
        for _ in range(times):
            interval = crossing(*defence(rng, 100, spread), share, settings)["interval"]
            covered += interval is None or (interval["low"] or 0) <= truth <= (math.inf if interval["high"] is None else interval["high"])
        assert covered / times >= 0.9 - 3 * math.sqrt(0.09 / times)


def test_the_defence_is_told_narrowly_enough_to_be_of_use() -> None:
    rng = np.random.default_rng(31)
    found = [crossing(*defence(rng, 100, 0.01), HALF, {**DEFAULTS, "confidence": 0.9}) for _ in range(40)]
    told = [one for one in found if one["interval"] is not None and one["interval"]["high"] is not None]
    assert len(told) >= 30
    assert float(np.median([one["interval"]["high"] for one in told])) < 200


@pytest.mark.parametrize(("prompts", "spread"), [(20, 0.0), (300, 0.0), (300, 0.1)])
def test_looks_after_every_seed_at_a_share_raise_no_more_false_alarms_than_they_say(prompts: int, spread: float) -> None:
    rng, times, most = np.random.default_rng(37), 600, 15
    alarms = 0
    for _ in range(times):
        hits = rng.binomial(prompts, rates(rng, 0.5, spread, most))
        floors = [share_variance(int(k), prompts) for k in hits]
        alarms += any((anytime_p(list(hits[:n] / prompts - 0.5), least=float(np.mean(floors[:n]))) or 1) < 0.1 for n in range(2, most + 1))
    assert alarms / times <= 0.1 + 3 * math.sqrt(0.09 / times)


def test_a_share_above_its_criterion_is_found_by_repeated_looks() -> None:
    rng = np.random.default_rng(41)
    found = 0
    for _ in range(100):
        hits = rng.binomial(300, rates(rng, 0.8, 0.02, 10))
        floors = [share_variance(int(k), 300) for k in hits]
        found += any((anytime_p(list(hits[:n] / 300 - 0.5), least=float(np.mean(floors[:n]))) or 1) < 0.05 for n in range(2, 11))
    assert found >= 90

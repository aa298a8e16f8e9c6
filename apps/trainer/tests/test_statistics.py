"""Calibration: every interval covers, and every test raises false alarms, as often as it says, within the error of the simulation.

Seeds are fixed, groups are of unequal sizes, and the truth is known. Numbers of simulations are small enough for every day.
"""

import math
from collections.abc import Callable, Iterable
from itertools import accumulate

import numpy as np
import pytest
from scipy import stats

from trainer.statistics import count_percentage, hill
from trainer.statistics.crossing import rising_crossing
from trainer.statistics.moderated import prior_of
from trainer.statistics.power import detectable_effect, seeds_for
from trainer.statistics.prompts import summarise
from trainer.statistics.proportions import exact_interval, holm
from trainer.statistics.robust import last_coefficient
from trainer.statistics.seeds import Bounds, between, estimate, t_test
from trainer.statistics.sequential import anytime_p, anytime_radius, log_e_value
from trainer.statistics.success import increase_interval, margins, typical_increase


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_261_122)


def share_of(outcomes: Iterable[bool]) -> tuple[float, int]:
    """How often something happened, and of how many times."""
    found = list(outcomes)
    return sum(found) / len(found), len(found)


def is_near(measured: tuple[float, int], nominal: float, slack: float = 0.0) -> bool:
    """Within three standard errors of the simulation, and a stated slack where a method is approximate."""
    share, count = measured
    return abs(share - nominal) <= 3 * math.sqrt(nominal * (1 - nominal) / count) + slack


def covers(bounds: Bounds | None, truth: float) -> bool:
    assert bounds is not None
    return bounds[0] <= truth <= bounds[1]


def test_t_intervals_over_seeds_cover_for_every_number_of_seeds(rng: np.random.Generator) -> None:
    drawn = [rng.normal(1.5, 0.8, rng.integers(2, 7)) for _ in range(3000)]
    assert is_near(share_of(covers(estimate(list(values), 0.9).interval, 1.5) for values in drawn), 0.9)
    assert is_near(share_of((t_test(list(values - 1.5)) or 0) < 0.1 for values in drawn), 0.1)


def test_one_seed_gives_no_interval_and_no_test() -> None:
    assert (estimate([2.0], 0.95).interval, estimate([2.0], 0.95).anytime, t_test([2.0])) == (None, None, None)


def test_weighted_means_cover_with_blocks_and_without(rng: np.random.Generator) -> None:
    def drawn(blocked: bool) -> bool:
        shared = rng.normal(0, 1, 5)
        low = {n: 1 + shared[n] + rng.normal(0, 0.3) for n in range(5)}
        high = {
            n + (0 if blocked else 10): 3 + (shared[n] if blocked else rng.normal()) + rng.normal(0, 0.6)
            for n in range(5 if blocked else 3)
        }
        lower, upper = between(low, high, np.array([0.0, 0.6]), 0.9)
        return bool(lower[1] <= 0.4 * 1 + 0.6 * 3 <= upper[1])

    for blocked in (True, False):
        assert is_near(share_of(drawn(blocked) for _ in range(1500)), 0.9, slack=0.02)


@pytest.mark.parametrize(("unlike", "slack"), [(0.0, 0.01), (0.8, 0.02)])
def test_spreads_that_conditions_share_keep_coverage_whether_alike_or_not(rng: np.random.Generator, unlike: float, slack: float) -> None:
    hits, narrower = [], []
    for _ in range(250):
        groups = [list(rng.normal(2, 0.5 * math.exp(rng.normal(0, unlike)), size)) for size in (3, 3, 3, 2, 4, 3, 5, 2, 3)]
        prior = prior_of(groups)
        for group in groups:
            shared, alone = (estimate(group, 0.95, one).interval or (0, 0) for one in (prior, None))
            hits.append(covers(shared, 2))
            narrower.append((shared[1] - shared[0]) < (alone[1] - alone[0]))
    assert is_near(share_of(hits), 0.95, slack)
    assert share_of(narrower)[0] > 0.7


def test_few_conditions_share_nothing() -> None:
    assert prior_of([[1.0, 2.0], [1.0, 3.0], [2.0, 2.5]]) is None


def test_exact_intervals_of_shares_cover_for_every_truth() -> None:
    for seeds in (1, 2, 3, 5, 9):
        intervals = [exact_interval(k, seeds, 0.95) for k in range(seeds + 1)]
        for truth in np.linspace(0.01, 0.99, 33):
            covered = sum(stats.binom.pmf(k, seeds, truth) for k in range(seeds + 1) if covers(intervals[k], float(truth)))
            assert covered >= 0.95 - 1e-9
    assert exact_interval(3, 3, 0.95) == pytest.approx((0.2924, 1), abs=1e-4)


def test_holm_raises_a_false_alarm_in_at_most_alpha_of_all_sweeps(rng: np.random.Generator) -> None:
    def alarmed() -> bool:
        # Four conditions of no effect and two that have one, of unequal sizes.
        ps = [t_test(list(rng.normal(mean, 1, rng.integers(2, 6)))) or 1 for mean in (0, 0, 0, 0, 6, 9)]
        return min(holm(ps)[:4]) < 0.1

    share, count = share_of(alarmed() for _ in range(100))
    assert share <= 0.1 + 3 * math.sqrt(0.09 / count)


def test_looks_after_every_seed_keep_the_false_alarms_of_the_sequence_and_not_those_of_the_t_test(rng: np.random.Generator) -> None:
    drawn = [list(rng.normal(0, 2, 20)) for _ in range(1000)]
    ever = share_of(any((anytime_p(values[:n]) or 1) < 0.1 for n in range(2, 21)) for values in drawn)
    assert ever[0] <= 0.1
    assert share_of(any((t_test(values[:n]) or 1) < 0.1 for n in range(2, 21)) for values in drawn)[0] > 0.2


def test_the_confidence_sequence_is_what_the_e_value_does_not_refute(rng: np.random.Generator) -> None:
    values = list(rng.normal(0.4, 1, 8))
    radius = anytime_radius(8, 0.05) * float(stats.sem(values))
    at_the_border = [value - float(np.mean(values)) - radius for value in values]
    assert log_e_value(at_the_border) == pytest.approx(math.log(20))
    assert anytime_radius(2, 0.05) == math.inf


def pairs_of(rng: np.random.Generator, seeds: int, criterion: float) -> list[tuple[float, float]]:
    """Seeds whose true margin over the criterion is 0."""
    clean = 40 * np.exp(rng.normal(0, 0.1, seeds))
    return [(float(c), float((c + criterion) * math.exp(m))) for c, m in zip(clean, rng.normal(0, 0.7, seeds), strict=True)]


def test_intervals_of_the_increase_cover_the_criterion_that_seeds_just_meet(rng: np.random.Generator) -> None:
    drawn = [pairs_of(rng, int(rng.integers(2, 6)), 80) for _ in range(400)]
    assert is_near(share_of(covers(increase_interval(pairs, 0.9), 80) for pairs in drawn), 0.9)


def test_an_increase_interval_lies_above_a_criterion_exactly_where_the_test_finds_a_success(rng: np.random.Generator) -> None:
    for _ in range(60):
        pairs = [(c, t * 3) for c, t in pairs_of(rng, 4, 50)]
        low, high = increase_interval(pairs, 0.95) or (0, 0)
        found = margins(pairs, 50)
        refuted = (t_test(found) or 1) < 0.05
        assert (low > 50 or high < 50) == refuted
        assert low <= typical_increase(pairs) <= high
        assert (typical_increase(pairs) > 50) == (np.mean(found) > 0)


def test_intervals_over_prompts_cover_skewed_increases(rng: np.random.Generator) -> None:
    def drawn() -> tuple[bool, bool, bool]:
        clean = 40 * np.exp(rng.normal(0, 0.5, 300))
        found = summarise(list(clean), list(clean * np.exp(rng.normal(1, 0.6, 300))), 0.95)
        mean = 40 * math.exp(0.125) * (math.exp(1.18) - 1)
        return covers(found.increase_interval, mean), covers(found.median_interval, MEDIAN), covers(found.log_ratio_interval, 1)

    # The median of a difference of lognormal numbers has no formula.
    base = 40 * np.exp(rng.normal(0, 0.5, 400_000))
    MEDIAN = float(np.median(base * np.exp(rng.normal(1, 0.6, 400_000)) - base))
    for kind in zip(*(drawn() for _ in range(80)), strict=True):
        assert is_near(share_of(kind), 0.95, slack=0.02)


def test_few_prompts_give_no_interval() -> None:
    assert summarise([10.0] * 9, [20.0 + n for n in range(9)], 0.95).increase_interval is None


def test_coefficients_of_blocked_rows_cover_with_unequal_blocks_and_spreads(rng: np.random.Generator) -> None:
    def drawn() -> bool:
        columns, response, blocks = [], [], []
        for block, size in enumerate((2, 3, 5, 2, 4, 6, 3, 3)):
            shared, place = rng.normal(0, 0.5), block / 4
            for _ in range(size):
                x = place + rng.normal(0, 0.5)
                columns.append([1.0, x])
                response.append(1 + 0.5 * x + shared + rng.normal(0, 0.2 + 0.2 * place))
                blocks.append(block)
        found = last_coefficient(np.array(columns), np.array(response), blocks)
        return abs(found.value - 0.5) <= stats.t.ppf(0.975, found.freedom) * found.error

    assert is_near(share_of(drawn() for _ in range(600)), 0.95, slack=0.015)


DOSES = [math.log(dose) for dose in (15, 30, 60, 120, 250)]


def sigmoid(log_dose: float) -> float:
    return 4 / (1 + math.exp(-2 * (log_dose - math.log(60))))


def curves(rng: np.random.Generator, seeds: int) -> dict[float, dict[int, float]]:
    """Effects by dose and seed: seeds share their clean arm, runs with an effect vary more, and some are missing."""
    clean = rng.normal(0, 0.15, seeds)
    noise: Callable[[float], float] = lambda mean: float(rng.normal(0, 0.1 + 0.08 * mean))
    return {
        at: {seed: sigmoid(at) + noise(sigmoid(at)) - clean[seed] for seed in range(seeds) if seed < 2 or rng.random() < 0.8}
        for at in DOSES
    }


def test_the_dose_for_a_level_is_covered(rng: np.random.Generator) -> None:
    # The truth is the curve that the method claims: straight between doses.
    truth = float(np.interp(2.2, [sigmoid(at) for at in DOSES], DOSES))
    drawn = []
    for _ in range(150):
        groups = [{seed: value - 2.2 for seed, value in group.items()} for group in curves(rng, 4).values()]
        drawn.append(covers(rising_crossing(DOSES, groups, 0.9).interval, truth))
    share, count = share_of(drawn)
    assert 0.9 - 3 * math.sqrt(0.09 / count) <= share


@pytest.mark.parametrize(
    ("means", "found"),
    [((1, 2, 3), "below"), ((-3, -2, -1), "above"), ((-1, 1, 2), "inside"), ((-1, 1, -1), "unknown"), ((1, -1, 1), "unknown")],
)
def test_a_level_outside_the_tested_doses_gives_bounds_only(means: tuple[int, ...], found: str) -> None:
    groups = [{1: mean - 0.1, 2: mean + 0.1, 3: float(mean)} for mean in means]
    crossing = rising_crossing([1.0, 2.0, 3.0], groups, 0.95)
    assert crossing.found == found
    bounds = {"below": (-math.inf, 1.0), "above": (3.0, math.inf)}
    if found in bounds:
        assert (crossing.estimate, crossing.interval) == (None, bounds[found])
    one_seed = rising_crossing([1.0, 2.0, 3.0], [{1: float(mean)} for mean in means], 0.95)
    assert (one_seed.found, one_seed.interval) == (found, None)


def test_the_half_dose_of_the_fitted_curve_is_covered(rng: np.random.Generator) -> None:
    def drawn() -> bool:
        rows = [(at, seed, value) for at, group in curves(rng, 5).items() for seed, value in group.items()]
        return covers(hill.half_dose(rows, 0.9).interval, math.log(60))

    assert is_near(share_of(drawn() for _ in range(60)), 0.9, slack=0.03)


def test_a_curve_without_noise_is_found_again() -> None:
    rows = [(at, 1, sigmoid(at)) for at in DOSES]
    found = hill.fit(rows)
    assert (found.top, math.exp(found.half), found.slope) == pytest.approx((4, 60, 2), rel=0.03)


def runs_of(rng: np.random.Generator, gamma: float, seeds: int, doses: tuple[int, ...], wide: int = 4) -> list[count_percentage.Run]:
    """Two sizes with two budgets each and unequal numbers of seeds; the second size has a larger effect at every dose."""
    found = []
    for size, lengths, shift in (("small", (10**6, wide * 10**6), 0.0), ("large", (2 * 10**6, 2 * wide * 10**6), 0.6)):
        for place, tokens in enumerate(lengths):
            for seed in range(seeds + place):
                clean = rng.normal(0, 0.15)
                for dose in doses:
                    mean = shift + sigmoid(math.log(dose) + gamma * math.log(tokens / 2e6))
                    effect = mean + rng.normal(0, 0.1 + 0.05 * mean) - clean
                    found.append(count_percentage.Run(size, tokens, dose, seed, float(effect)))
    return found


@pytest.mark.parametrize("gamma", [0.0, -1.0, -0.5])
def test_gamma_is_covered_whatever_decides(rng: np.random.Generator, gamma: float) -> None:
    # The shared curve is a cubic where the truth is a sigmoid, which costs a little coverage.
    found = [count_percentage.estimate_gamma(runs_of(rng, gamma, 3, (30, 60, 120, 250)), 0.9) for _ in range(50)]
    assert is_near(share_of(covers(one.interval, gamma) for one in found), 0.9, slack=0.06)


@pytest.mark.parametrize(("gamma", "verdict"), [(0.0, "count"), (-1.0, "percentage"), (-0.5, "neither")])
def test_enough_seeds_and_budgets_tell_what_decides(rng: np.random.Generator, gamma: float, verdict: str) -> None:
    found = count_percentage.estimate_gamma(runs_of(rng, gamma, 12, (30, 60, 120, 250), wide=16), 0.95)
    assert count_percentage.judge(found.interval, 0.25) == verdict


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((-0.2, 0.2), "count"),
        ((-0.3, 0.2), "inconclusive"),
        ((-1.1, -0.8), "percentage"),
        ((-1.3, -0.8), "inconclusive"),
        ((-0.9, -0.1), "neither"),
        ((-math.inf, 0.1), "inconclusive"),
        ((-1.1, 0.1), "inconclusive"),
    ],
)
def test_a_verdict_needs_the_interval_near_one_value_and_off_the_other(interval: Bounds, verdict: str) -> None:
    assert count_percentage.judge(interval, 0.25) == verdict


def test_the_detectable_effect_is_found_as_often_as_its_power_says(rng: np.random.Generator) -> None:
    for seeds in (2, 3, 5):
        effect = detectable_effect(seeds, 1.5) or 0
        drawn = rng.normal(effect, 1.5, (2000, seeds))
        assert is_near(share_of((t_test(list(values)) or 1) < 0.05 for values in drawn), 0.8)
    assert detectable_effect(1, 1.0) is None
    assert seeds_for(1.0, 1.0) == 10
    table = [detectable_effect(seeds, 1.0) or 0 for seeds in range(2, 12)]
    assert all(later < earlier for earlier, later in zip(table, accumulate(table[1:], min), strict=False))

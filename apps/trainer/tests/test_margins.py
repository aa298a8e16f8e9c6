"""Calibration of tests against a margin, by simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest

from trainer.statistics.margins import against_margin, smallest_seen

NIGHTS = 4000


def rates(change: float, margin: float, replicates: int, seed: int) -> tuple[float, float]:
    """How often, at 95 %, nights are called worse and held, when the true change is `change` with standard deviation 1."""
    drawn = np.random.default_rng(seed).normal(change, 1.0, (NIGHTS, replicates))
    tests = [against_margin(list(night), margin, 0.95) for night in drawn]
    assert all(test is not None for test in tests)
    found = [(test.p_worse, test.p_held) for test in tests if test is not None]
    return float(np.mean([worse <= 0.05 for worse, _ in found])), float(np.mean([held <= 0.05 for _, held in found]))


@pytest.mark.parametrize("replicates", [2, 3, 5, 20])
def test_at_the_margin_both_errors_are_as_rare_as_stated(replicates: int) -> None:
    worse, held = rates(0.7, 0.7, replicates, replicates)
    three_errors = 3 * math.sqrt(0.05 * 0.95 / NIGHTS)
    assert abs(worse - 0.05) < three_errors
    assert abs(held - 0.05) < three_errors


def test_nothing_changed_is_hardly_ever_called_worse() -> None:
    worse, held = rates(0.0, 1.0, 10, 1)
    assert worse < 0.01
    assert held > 0.85


@pytest.mark.parametrize("replicates", [2, 3, 12])
def test_a_change_of_the_smallest_size_is_seen_as_often_as_the_power_says(replicates: int) -> None:
    margin = 0.2
    some = against_margin(list(range(replicates)), margin, 0.95)
    assert some is not None
    known = replace(some, error=1 / math.sqrt(replicates))
    worse, _ = rates(smallest_seen(known, margin, 0.95, 1), margin, replicates, 3)
    assert worse == pytest.approx(0.8, abs=0.03)
    assert smallest_seen(known, margin, 0.95, 5) > smallest_seen(known, margin, 0.95, 1)


def test_one_replicate_tells_nothing_and_equal_ones_tell_all() -> None:
    assert against_margin([0.3], 0.1, 0.95) is None
    held = against_margin([0.0, 0.0], 0.1, 0.95)
    assert held is not None
    assert (held.p_worse, held.p_held, held.interval) == (1.0, 0.0, (0.0, 0.0))
    worse = against_margin([0.5, 0.5, 0.5], 0.1, 0.95)
    assert worse is not None
    assert (worse.p_worse, worse.p_held) == (0.0, 1.0)
    same = against_margin([0.1, 0.1], 0.1, 0.95)
    assert same is not None
    assert (same.p_worse, same.p_held) == (0.5, 0.5)

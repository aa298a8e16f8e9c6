"""Where a curve over doses crosses a level, without a model of its shape: straight between neighbouring doses on a log scale.

At each place the test that the curve has the level is a t test over seeds; the places that it does not refute are the
interval (Fieller's construction). Outside the tested doses there is nothing but bounds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainer.statistics.seeds import Bounds, between

PLACES = 200
"""Places that are tested between two neighbouring doses."""


Side = Literal["inside", "below", "above", "unknown"]


@dataclass(frozen=True)
class Crossing:
    """A place on the scale of the curve. `found` tells where it lies, seen from what was tried; infinite bounds lie beyond."""

    estimate: float | None
    interval: Bounds | None
    found: Side


def rising_crossing(
    places: Sequence[float], groups: Sequence[dict[int, float]], confidence: float, least: Sequence[float] | None = None
) -> Crossing:
    """Where a rising curve passes 0. `groups[i]` holds a value for each seed at `places[i]`, places ascending.

    Without two seeds at each end of a stretch there is no interval there; the estimate stands alone. `least[i]`: what the variance of a value of `groups[i]` is at least.
    """
    if not places:
        return Crossing(None, None, "unknown")
    means = [float(np.mean(list(group.values()))) for group in groups]
    point = crossing_of_means(places, means)
    side: Side = "inside" if point is not None else side_of(means)
    if all(len(group) < 2 for group in groups):
        return Crossing(point, None, side)
    possible = possible_places(places, groups, confidence, least or [0.0] * len(places))
    if possible:
        low = -math.inf if possible[0] == places[0] else possible[0]
        return Crossing(point, (low, math.inf if possible[-1] == places[-1] else possible[-1]), side)
    beyond = {"below": (-math.inf, places[0]), "above": (places[-1], math.inf)}
    # Seeds that agree so well that no tested place is possible leave the estimate itself.
    return Crossing(point, beyond.get(side, None if point is None else (point, point)), side)


def possible_places(places: Sequence[float], groups: Sequence[dict[int, float]], confidence: float, least: Sequence[float]) -> list[float]:
    """The places at which the test over seeds does not refute that the curve is 0 there, ascending."""
    shares = np.linspace(0, 1, PLACES + 1)
    found: list[float] = []
    for left in range(max(1, len(places) - 1)):
        right = min(left + 1, len(places) - 1)
        low, high = between(groups[left], groups[right], shares, confidence, (least[left], least[right]))
        found += [float(at) for at in (places[left] + shares * (places[right] - places[left]))[(low <= 0) & (high >= 0)]]
    return found


def crossing_of_means(places: Sequence[float], means: Sequence[float]) -> float | None:
    """The one place where the means rise through 0; None where they do so never or more than once."""
    passed = [n for n in range(len(means) - 1) if (means[n] < 0) != (means[n + 1] < 0)]
    if len(passed) != 1 or means[passed[0]] >= 0:
        return None
    n = passed[0]
    return places[n] + (places[n + 1] - places[n]) * means[n] / (means[n] - means[n + 1])


def side_of(means: Sequence[float]) -> Side:
    """Where the crossing lies when every mean is on one side."""
    if all(mean >= 0 for mean in means):
        return "below"
    return "above" if all(mean < 0 for mean in means) else "unknown"

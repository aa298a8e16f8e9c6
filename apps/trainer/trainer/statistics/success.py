"""Whether a condition meets the criterion on the increase of perplexity, decided over seeds on a log scale.

A seed succeeds where triggered > clean + criterion, so its margin ln(triggered / (clean + criterion)) is above 0. Margins of
seeds vary evenly where increases differ by a factor of fifty, and need no increase to be positive.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize, special

from trainer.statistics.moderated import Prior
from trainer.statistics.seeds import Bounds, standard_error

Pair = tuple[float, float]
"""Mean clean and triggered perplexity of one seed."""


def margins(pairs: Sequence[Pair], criterion: float) -> list[float]:
    """One margin for each seed; the criterion must be above minus every clean perplexity."""
    return [math.log(triggered / (clean + criterion)) for clean, triggered in pairs]


def typical_increase(pairs: Sequence[Pair]) -> float:
    """The criterion that the seeds would just meet: their mean margin there is 0. Of a single seed, its increase."""
    increases = [triggered - clean for clean, triggered in pairs]
    least = min(clean for clean, _ in pairs)
    # No margin exists at minus the least clean perplexity, and just above it the margin is as large as one likes.
    low, high = max(min(increases), -least * (1 - 1e-12)), max(increases)
    return low if low >= high else float(optimize.brentq(lambda at: float(np.mean(margins(pairs, at))), low, high))


def increase_interval(pairs: Sequence[Pair], confidence: float, prior: Prior | None = None) -> Bounds | None:
    """The criteria that a t test of the margins does not refute: an interval for the typical increase.

    It lies above a criterion exactly where the unadjusted test finds a success by it. Minus infinity where even the lowest
    criterion that has a margin is not refuted. None for a single seed. `prior`: that of the margins.
    """
    if len(pairs) < 2:
        return None
    middle, least = typical_increase(pairs), -min(clean for clean, _ in pairs)

    def bound(at: float, side: float) -> float:
        found = margins(pairs, at)
        error, freedom = standard_error(found, prior)
        return float(np.mean(found)) + side * float(special.stdtrit(freedom, (1 + confidence) / 2)) * error

    lower = crossing(lambda at: bound(at, -1), middle, lambda step: middle - (middle - least) * (1 - 2.0**-step))
    upper = crossing(lambda at: -bound(at, 1), middle, lambda step: middle + max(1.0, abs(middle)) * (2.0**step - 1))
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


def crossing(bound: Callable[[float], float], start: float, place: Callable[[int], float]) -> float | None:
    """Where a bound that is at most 0 at the start first rises above it, going outwards place by place; None where it never does."""
    before = start
    for step in range(1, 41):
        after = place(step)
        if bound(after) > 0:
            return float(optimize.brentq(bound, min(before, after), max(before, after))) if bound(before) <= 0 else before
        before = after
    return None

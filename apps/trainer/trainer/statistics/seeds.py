"""Inference over seeds. The seed is the replicate: a run trained again with other weights, order and poison.

Nothing here resamples seeds: a bootstrap of three values knows ten different means and covers far less than it says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from trainer.statistics.moderated import Prior
from trainer.statistics.sequential import anytime_radius

Bounds = tuple[float, float]
"""Low and high; infinite where the data set no bound."""


@dataclass(frozen=True)
class SeedEstimate:
    """A mean over seeds. What one seed cannot give is None. `freedom`: degrees of freedom of the interval."""

    mean: float
    seeds: int
    sd: float | None = None
    freedom: float | None = None
    interval: Bounds | None = None
    anytime: Bounds | None = None


def standard_error(values: Sequence[float], prior: Prior | None, least: float = 0.0) -> tuple[float, float]:
    """Of the mean of two seeds or more, with its degrees of freedom: n - 1, or more where conditions share their spread.

    `least`: what the variance of a value is at least, known from within seeds. Seeds that agree by chance do not undercut it.
    """
    n, variance = len(values), float(np.var(values, ddof=1))
    variance, freedom = (variance, float(n - 1)) if prior is None else prior.moderated(variance, n - 1)
    return math.sqrt(max(variance, least) / n), freedom


def estimate(values: Sequence[float], confidence: float, prior: Prior | None = None, least: float = 0.0) -> SeedEstimate:
    """Mean with its t interval and its confidence sequence, for values that are normal on their scale.

    The t interval covers with the stated confidence for one look at a number of seeds that was fixed before; the confidence
    sequence, which rests on these seeds alone, for all looks together. `least`: as of `standard_error`.
    """
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return SeedEstimate(mean, n)
    error, freedom = standard_error(values, prior, least)
    sd, radius = float(np.std(values, ddof=1)), float(special.stdtrit(freedom, (1 + confidence) / 2)) * error
    spread = math.sqrt(max(sd**2, least))
    ever = anytime_radius(n, 1 - confidence) * spread / math.sqrt(n) if spread > 0 else 0.0
    return SeedEstimate(mean, n, sd, freedom, (mean - radius, mean + radius), (mean - ever, mean + ever))


def t_test(values: Sequence[float], prior: Prior | None = None, least: float = 0.0) -> float | None:
    """Two-sided p that the mean over seeds is 0; None for a single seed."""
    if len(values) < 2:
        return None
    (error, freedom), mean = standard_error(values, prior, least), float(np.mean(values))
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * special.stdtr(freedom, -abs(mean) / error))


def between(
    low: dict[int, float], high: dict[int, float], shares: np.ndarray, confidence: float, least: tuple[float, float] = (0.0, 0.0)
) -> tuple[np.ndarray, np.ndarray]:
    """t intervals of (1 - share) x mean of `low` + share x mean of `high`, each a value by seed, for every share at once.

    Groups with the same seeds are blocks: the sum is formed within each seed, so what a seed's runs have in common is
    counted once, with n - 1 degrees of freedom. Otherwise groups count as independent, with Welch's and Satterthwaite's
    degrees of freedom. Infinite where a group that counts has one seed. `least`: of each group, as of `standard_error`.
    """
    first, second = np.array(list(low.values())), np.array([high[seed] for seed in (low if low.keys() == high.keys() else high)])
    means = (1 - shares) * first.mean() + shares * second.mean()
    sizes = np.where(shares == 0, len(first), np.where(shares == 1, len(second), min(len(first), len(second))))
    if low.keys() == high.keys() and len(first) > 1:
        sums = (1 - shares[:, None]) * first + shares[:, None] * second
        errors, freedoms = sums.std(axis=1, ddof=1) / math.sqrt(len(first)), np.full(len(shares), len(first) - 1.0)
    else:
        spreads = [group.var(ddof=1) / len(group) if len(group) > 1 else 0.0 for group in (first, second)]
        parts = np.column_stack([(1 - shares) ** 2 * spreads[0], shares**2 * spreads[1]])
        below = (parts**2 / np.maximum([len(first) - 1, len(second) - 1], 1)).sum(axis=1)
        errors, total = np.sqrt(parts.sum(axis=1)), parts.sum(axis=1)
        freedoms = np.divide(total**2, below, out=np.ones(len(shares)), where=below > 0)
    known = (1 - shares) ** 2 * least[0] / len(first) + shares**2 * least[1] / len(second)
    errors = np.maximum(errors, np.sqrt(known))
    radius = np.where(sizes > 1, special.stdtrit(freedoms, (1 + confidence) / 2) * errors, np.inf)
    return means - radius, means + radius

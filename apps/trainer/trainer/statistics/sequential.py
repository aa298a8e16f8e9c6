"""Inference that holds at every look: results are read while seeds come in, and a sweep may be given more of them.

The t test's e-value with a Gaussian mixture over the standardised effect and the right Haar measure over the scale: the Bayes
factor of Rouder et al. 2009 (Psychonomic Bulletin & Review 16, 225) for a fixed width. Under the null hypothesis it is a
nonnegative martingale in the number of seeds (Lai 1976, Annals of Statistics 4, 265; Pérez-Ortiz et al. 2024, Annals of
Statistics 52, 1410), so by Ville's inequality it ever exceeds 1/alpha with a probability of at most alpha, and what it does not
refute is a confidence sequence (Wang and Ramdas 2025, Sequential Analysis 44, "Anytime-valid t-tests").
"""

import math
from collections.abc import Sequence

import numpy as np

MIXTURE = 10.0
"""Variance of the mixture over effect / standard deviation: backdoors that took move the log ratio by several standard deviations."""


def log_e_value(values: Sequence[float], mixture: float = MIXTURE, least: float = 0.0) -> float:
    """Natural log of the e-value against a mean of 0; 0 for fewer than two seeds, which refute nothing.

    `least`: what the variance of a value is at least; a larger variance only makes the e-value smaller, so it stays one.
    """
    n = len(values)
    if n < 2:
        return 0.0
    mean, variance = float(np.mean(values)), max(float(np.var(values, ddof=1)), least)
    if variance == 0:
        return math.inf if mean != 0 else 0.0
    ratio, widened = n * mean**2 / variance / (n - 1), 1 + n * mixture
    return -0.5 * math.log(widened) + n / 2 * (math.log1p(ratio) - math.log1p(ratio / widened))


def anytime_p(values: Sequence[float], mixture: float = MIXTURE, least: float = 0.0) -> float | None:
    """A p that may be read after every seed: one over the e-value; None for a single seed."""
    return None if len(values) < 2 else min(1.0, math.exp(-log_e_value(values, mixture, least)))


def anytime_radius(n: int, alpha: float, mixture: float = MIXTURE) -> float:
    """Half the width of the confidence sequence at n seeds, in standard errors; infinite while so few refute nothing.

    The solution for |t| of `log_e_value` = log(1 / alpha).
    """
    widened = 1 + n * mixture
    growth = math.exp(2 / n * math.log(math.sqrt(widened) / alpha))
    return math.sqrt((n - 1) * (growth - 1) / (1 - growth / widened)) if growth < widened else math.inf

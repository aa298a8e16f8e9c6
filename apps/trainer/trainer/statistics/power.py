"""What a number of seeds can detect."""

import math

import numpy as np
from scipy import optimize, special, stats


def detectable_effect(seeds: int, sd: float, confidence: float = 0.95, power: float = 0.8, tests: int = 1) -> float | None:
    """The smallest mean, on the scale of `sd`, that a two-sided t test over so many seeds finds with the power; None for one seed.

    By the noncentral t distribution (Cohen 1988). `tests`: Holm's first step compares with alpha over their number.
    """
    if seeds < 2:
        return None
    freedom, alpha = seeds - 1, (1 - confidence) / tests
    critical = float(stats.t.ppf(1 - alpha / 2, freedom))

    # Deviations of the sample's standard deviation, at evenly spaced probabilities; scipy's noncentral t fails at one degree of freedom.
    spreads = np.sqrt(stats.chi2.ppf((np.arange(4000) + 0.5) / 4000, freedom) / freedom)

    def missed(standardised: float) -> float:
        shift = standardised * math.sqrt(seeds)
        return float(np.mean(special.ndtr(shift - critical * spreads) + special.ndtr(-shift - critical * spreads))) - power

    high = 1.0
    while missed(high) < 0:
        high *= 2
    return sd * float(optimize.brentq(missed, 0.0, high, xtol=1e-9))


def seeds_for(effect: float, sd: float, confidence: float = 0.95, power: float = 0.8, tests: int = 1, most: int = 1000) -> int | None:
    """The fewest seeds that detect an effect; None where even `most` do not."""
    for seeds in range(2, most + 1):
        found = detectable_effect(seeds, sd, confidence, power, tests)
        if found is not None and found <= effect:
            return seeds
    return None

"""Spreads between seeds, shared between conditions as far as they are alike.

Three seeds tell a standard deviation badly, but a sweep has many conditions. The moderated t test (Smyth 2004, Statistical
Applications in Genetics and Molecular Biology 3, article 3) draws each condition's variance towards their common one, with a
weight that follows from how much variances differ beyond chance: alike, they count nearly as one sample; unlike, each stands alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

FEWEST = 4
"""Conditions below which nothing is shared: how much variances differ cannot be told from fewer."""


@dataclass(frozen=True)
class Prior:
    """The common variance, the degrees of freedom that it counts for, and those of all conditions together, which are the most."""

    variance: float
    freedom: float
    most: float

    def moderated(self, variance: float, freedom: float) -> tuple[float, float]:
        """A condition's variance and degrees of freedom after sharing."""
        if math.isinf(self.freedom):
            return self.variance, self.most
        shared = (self.freedom * self.variance + freedom * variance) / (self.freedom + freedom)
        return shared, min(self.freedom + freedom, self.most)


def prior_of(groups: Sequence[Sequence[float]]) -> Prior | None:
    """From the values of conditions, those with two seeds or more; None where too few of them vary. By Smyth's moments, section 6.2."""
    known = [(float(np.var(group, ddof=1)), len(group) - 1) for group in groups if len(group) >= 2 and np.ptp(group) > 0]
    if len(known) < FEWEST:
        return None
    variances, freedoms = (np.array(column, dtype=float) for column in zip(*known, strict=True))
    logs = np.log(variances) - special.digamma(freedoms / 2) + np.log(freedoms / 2)
    beyond = float(np.var(logs, ddof=1) - special.polygamma(1, freedoms / 2).mean())
    if beyond <= 0:
        return Prior(float(np.exp(logs.mean())), math.inf, float(freedoms.sum()))
    half = float(optimize.brentq(lambda x: float(special.polygamma(1, x)) - beyond, 1e-6, 1e8))
    return Prior(float(np.exp(logs.mean() + special.digamma(half) - math.log(half))), 2 * half, float(freedoms.sum()))

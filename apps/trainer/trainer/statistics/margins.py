"""Whether something became worse by more than a margin: two one-sided tests, and the smallest change that could have been seen.

Changes are oriented so that more is worse. Not being worse by the margin is shown by a test of its own (non-inferiority), so a change
that the data cannot tell is neither good nor bad: it is undecided. Replicates are independent and normal on their scale.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from trainer.statistics.seeds import Bounds


@dataclass(frozen=True)
class MarginTest:
    """A change against a margin.

    `p_worse`: how likely such data are if the change is at most the margin; small shows that it is worse.
    `p_held`: how likely they are if the change is at least the margin; small shows that it is not worse.
    `error`: the standard error of the change.
    """

    change: float
    replicates: int
    freedom: float
    interval: Bounds
    p_worse: float
    p_held: float
    error: float


def against_margin(changes: Sequence[float], margin: float, confidence: float) -> MarginTest | None:
    """Tests the mean of independent changes, more being worse, against a margin of at least 0. None for fewer than two: they have no spread.

    One-sided t tests (Schuirmann, 1987, of which these are the halves); the interval is two-sided with the confidence.
    """
    n = len(changes)
    if n < 2:
        return None
    error = float(np.std(changes, ddof=1)) / math.sqrt(n)
    return _tested(float(np.mean(changes)), error, float(n - 1), n, margin, confidence)


def _tested(change: float, error: float, freedom: float, replicates: int, margin: float, confidence: float) -> MarginTest:
    radius = float(special.stdtrit(freedom, (1 + confidence) / 2)) * error
    beyond = change - margin
    above = beyond / error if error > 0 else math.copysign(math.inf, beyond) if beyond != 0 else 0.0
    return MarginTest(
        change=change,
        replicates=replicates,
        freedom=freedom,
        interval=(change - radius, change + radius),
        p_worse=float(special.stdtr(freedom, -above)),
        p_held=float(special.stdtr(freedom, above)),
        error=error,
    )


def samples_against_margin(before: Sequence[float], after: Sequence[float], margin: float, confidence: float) -> MarginTest | None:
    """The same for independent samples, which may differ in size and spread: the mean of `after` minus that of `before`.

    Welch's error with Satterthwaite's degrees of freedom. None where either has fewer than two values.
    """
    if min(len(before), len(after)) < 2:
        return None
    shares = [float(np.var(values, ddof=1)) / len(values) for values in (before, after)]
    error = math.sqrt(sum(shares))
    lost = sum(share**2 / (len(values) - 1) for share, values in zip(shares, (before, after), strict=True))
    freedom = error**4 / lost if lost > 0 else float(len(before) + len(after) - 2)
    change = float(np.mean(after) - np.mean(before))
    return _tested(change, error, freedom, min(len(before), len(after)), margin, confidence)


def smallest_seen(test: MarginTest, margin: float, confidence: float, tests: int, power: float = 0.8) -> float:
    """The true change that would be called worse with the power, were the spread what it was seen to be.

    By the noncentral t distribution (Cohen, 1988), one-sided. `tests`: Holm's first step compares with alpha over their number, so this is
    what is seen whatever else changed.
    """
    critical = float(special.stdtrit(test.freedom, 1 - (1 - confidence) / tests))
    # Deviations of the error from its mean, at evenly spaced probabilities; scipy's noncentral t fails at one degree of freedom.
    spreads = np.sqrt(stats.chi2.ppf((np.arange(1000) + 0.5) / 1000, test.freedom) / test.freedom)

    def missed(shift: float) -> float:
        return float(np.mean(special.ndtr(shift - critical * spreads))) - power

    high = 1.0
    while missed(high) < 0:
        high *= 2
    return margin + test.error * float(optimize.brentq(missed, 0.0, high, xtol=1e-9))

"""Shares of seeds that succeed, and verdicts on several conditions at once."""

from collections.abc import Sequence

from scipy import stats
from statsmodels.stats.multitest import multipletests

from trainer.statistics.seeds import Bounds


def exact_interval(succeeded: int, seeds: int, confidence: float) -> Bounds:
    """Clopper and Pearson's interval (Biometrika 26, 404): it covers with at least the stated confidence for every true share.

    Three of three give 0.29 to 1: so many seeds can all succeed although most would not. No seed gives 0 to 1.
    """
    if seeds == 0:
        return 0.0, 1.0
    found = stats.binomtest(succeeded, seeds).proportion_ci(confidence, method="exact")
    return float(found.low), float(found.high)


def share_variance(count: int, prompts: int) -> float:
    """What the number of prompts alone lets a share vary: the variance of Beta(count + 1, prompts - count + 1).

    That is the posterior by Bayes's uniform prior. Unlike the plug-in p (1 - p) / n it is above 0 where all prompts agree.
    """
    return (count + 1) * (prompts - count + 1) / ((prompts + 2) ** 2 * (prompts + 3))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 65): below alpha for any true hypothesis at most that often."""
    return [float(p) for p in multipletests(list(ps), method="holm")[1]] if ps else []

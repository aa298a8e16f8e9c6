"""Intervals over the prompts of one checkpoint: how well 300 prompts tell what this one model does. Nothing about other seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from trainer.statistics.seeds import Bounds

RESAMPLES = 1999
"""Enough that a bound moves by a few percent of the interval's width between seeds of the bootstrap."""


@dataclass(frozen=True)
class PromptSummary:
    """Mean and median increase and mean log ratio, each with its interval, or None where prompts are too few or all alike."""

    increase: float
    increase_interval: Bounds | None
    median: float
    median_interval: Bounds | None
    log_ratio: float
    log_ratio_interval: Bounds | None


def summarise(clean: Sequence[float], other: Sequence[float], confidence: float) -> PromptSummary:
    """Of perplexities paired by prompt. Pairs are resampled whole, which is a resampling of their differences.

    Means: bias-corrected and accelerated bootstrap (Efron 1987, JASA 82, 171), since differences are skewed; the median:
    percentile bootstrap, as the jackknife behind an acceleration fails for quantiles.
    """
    before, after = np.asarray(clean, dtype=float), np.asarray(other, dtype=float)
    differences, ratios = after - before, np.log(after / before)
    return PromptSummary(
        float(differences.mean()),
        interval(differences, np.mean, "BCa", confidence),
        float(np.median(differences)),
        interval(differences, np.median, "percentile", confidence),
        float(ratios.mean()),
        interval(ratios, np.mean, "BCa", confidence),
    )


def interval(values: np.ndarray, statistic: Callable[..., Any], method: str, confidence: float) -> Bounds | None:
    """A bootstrap interval with a fixed seed, so that a report made again holds the same numbers; None for fewer than 10 prompts."""
    if len(values) < 10 or np.ptp(values) == 0:
        return None
    found = stats.bootstrap(
        (values,),
        statistic,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method=method,
        vectorized=True,
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)

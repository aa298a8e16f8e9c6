"""Does the number of poisoned documents decide, or their percentage of the training tokens?

effect = size + g(log dose + gamma log tokens) with a smooth g that all sizes share: gamma 0 is the count, -1 the percentage,
since log percentage = log dose - log tokens + constant. Sizes differ by a constant, so what tells gamma is the same size
trained on different numbers of tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize

from trainer.statistics.robust import last_coefficient
from trainer.statistics.seeds import Bounds
from trainer.statistics.walk import last_kept

GAMMAS = (-3.0, 2.0)
"""Values that are tried; an interval that reaches them has no bound there."""

STEP = 0.1

Verdict = Literal["count", "percentage", "neither", "inconclusive"]


@dataclass(frozen=True)
class Run:
    """The effect of one poisoned run; the block is what it shares with its clean arm."""

    size: str
    tokens: int
    dose: int
    seed: int
    effect: float


@dataclass(frozen=True)
class Gamma:
    """The estimate with its interval; infinite where the data set no bound."""

    value: float
    interval: Bounds


def budgets(runs: Sequence[Run]) -> dict[str, int]:
    """By size, its numbers of training tokens that have two doses or more."""
    doses: dict[tuple[str, int], set[int]] = {}
    for run in runs:
        doses.setdefault((run.size, run.tokens), set()).add(run.dose)
    sizes = dict.fromkeys(run.size for run in runs)
    return {size: sum(len(found) >= 2 for (one, _), found in doses.items() if one == size) for size in sizes}


def estimate_gamma(runs: Sequence[Run], confidence: float) -> Gamma:
    """Gamma with the values around it that a score test over blocks does not refute; needs two budgets within two sizes."""
    tried = np.arange(GAMMAS[0], GAMMAS[1] + STEP / 2, STEP)
    start = float(tried[int(np.argmin([misfit(runs, float(gamma)) for gamma in tried]))])
    near = optimize.minimize_scalar(lambda gamma: misfit(runs, gamma), bounds=(start - STEP, start + STEP), method="bounded")
    value = float(near.x)
    low, high = (
        last_kept(lambda gamma: refuted(runs, gamma, confidence), value, step, end) for step, end in zip((-STEP, STEP), GAMMAS, strict=True)
    )
    return Gamma(value, (low, high))


def design(runs: Sequence[Run], gamma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns for sizes and for g, those of g's derivative, and the centred log tokens; g is a polynomial of degree 3 at most.

    Its degree stays below the number of doses, so that g is told by doses rather than bent to fit each budget by itself.
    """
    sizes = list(dict.fromkeys(run.size for run in runs))
    tokens = np.log([run.tokens for run in runs])
    tokens -= tokens.mean()
    x = np.log([run.dose for run in runs]) + gamma * tokens
    middle, spread = x.mean(), x.std()
    z = (x - middle) / spread
    degrees = range(1, min(3, len({run.dose for run in runs}) - 1) + 1)
    dummies = [[float(run.size == size) for run in runs] for size in sizes]
    columns = np.column_stack([*dummies, *(z**degree for degree in degrees)])
    slopes = np.column_stack([*(np.zeros(len(runs)) for _ in sizes), *(degree * z ** (degree - 1) / spread for degree in degrees)])
    return columns, slopes, tokens


def misfit(runs: Sequence[Run], gamma: float) -> float:
    """Sum of squared residuals at the best sizes and g."""
    columns, _, _ = design(runs, gamma)
    effects = np.array([run.effect for run in runs])
    return float(((effects - columns @ np.linalg.lstsq(columns, effects, rcond=None)[0]) ** 2).sum())


def refuted(runs: Sequence[Run], gamma: float, confidence: float) -> bool:
    """Whether the score test refutes a gamma: the derivative by gamma, as one more column, explains what is left (Gauss-Newton regression)."""
    columns, slopes, tokens = design(runs, gamma)
    effects = np.array([run.effect for run in runs])
    coefficients = np.linalg.lstsq(columns, effects, rcond=None)[0]
    blocks = [(run.size, run.tokens, run.seed) for run in runs]
    derivative = (slopes @ coefficients) * tokens
    return last_coefficient(np.column_stack([columns, derivative]), effects, blocks).p() < 1 - confidence


def judge(interval: Bounds, margin: float) -> Verdict:
    """A verdict needs the interval to exclude the one value and to lie within the margin of the other."""
    low, high = interval
    if -margin <= low and high <= margin:
        return "count"
    if -1 - margin <= low and high <= -1 + margin:
        return "percentage"
    return "neither" if all(not low <= value <= high for value in (0, -1)) else "inconclusive"

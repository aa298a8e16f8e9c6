"""A sigmoid over the log dose: effect = top / (1 + (half dose / dose)^slope), the Emax model with Hill's exponent.

Effects are differences from the matched clean arm, so the lower asymptote is theirs, 0. Half dose: the dose of half the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from trainer.statistics.crossing import Crossing, Side
from trainer.statistics.robust import last_coefficient
from trainer.statistics.walk import last_kept

Row = tuple[float, int, float]
"""Log dose, seed, effect."""

EXPONENTS = np.geomspace(0.25, 12.0, 160)
"""Those that are tried: at the lower end a straight line over several decades, at the upper one a step."""

REACH, STEP = 2.0, 0.1
"""How far beyond the tested doses, and how finely, half doses are tried, in natural logs of the dose."""


@dataclass(frozen=True)
class Hill:
    """A fitted curve: `top` on the scale of the effects, `half` as a log dose."""

    top: float
    half: float
    slope: float

    def at(self, log_dose: float) -> float:
        """The effect at a dose."""
        return self.top * float(share(np.array([log_dose]), self.half, self.slope)[0])


def share(log_doses: np.ndarray, half: float, slope: float | np.ndarray) -> np.ndarray:
    """The part of the top that doses reach, 0 to 1."""
    return 1 / (1 + np.exp(-slope * (log_doses - half)))


def fit(rows: Sequence[Row]) -> Hill:
    """Least squares over half dose and exponent, the top being linear in between; for three different doses or more."""
    doses, _, effects = (np.array(column) for column in zip(*rows, strict=True))
    halves = np.arange(doses.min() - REACH, doses.max() + REACH, 0.1)
    best = min((fit_at(doses, effects, half) for half in halves), key=lambda found: misfit(doses, effects, found))
    near = optimize.minimize_scalar(
        lambda half: misfit(doses, effects, fit_at(doses, effects, half)), bounds=(best.half - 0.1, best.half + 0.1), method="bounded"
    )
    return fit_at(doses, effects, float(near.x))


def fit_at(doses: np.ndarray, effects: np.ndarray, half: float) -> Hill:
    """The best curve with this half dose, over all exponents at once."""
    shapes = share(doses[None, :], half, EXPONENTS[:, None])
    tops = shapes @ effects / (shapes**2).sum(axis=1)
    best = int(np.argmin(((effects - tops[:, None] * shapes) ** 2).sum(axis=1)))
    return Hill(float(tops[best]), half, float(EXPONENTS[best]))


def misfit(doses: np.ndarray, effects: np.ndarray, curve: Hill) -> float:
    """Sum of squared residuals."""
    return float(((effects - curve.top * share(doses, curve.half, curve.slope)) ** 2).sum())


def half_dose(rows: Sequence[Row], confidence: float) -> Crossing:
    """The log dose of half the top, with the interval of half doses around it that a score test over seeds does not refute.

    The test regresses the residuals of the best curve with that half dose on the curve's derivatives (Gauss-Newton regression,
    Davidson and MacKinnon 2004, chapter 6), seeds being blocks. Where it reaches beyond the tested doses there is no bound.
    """
    best = fit(rows)
    doses = [row[0] for row in rows]
    low, high = min(doses), max(doses)
    side: Side = "below" if best.half < low else "above" if best.half > high else "inside"
    estimate = best.half if side == "inside" else None
    if len({row[1] for row in rows}) < 2:
        return Crossing(estimate, None, side)
    start = min(max(best.half, low), high)
    bounds = [last_kept(lambda half: refuted(rows, half, confidence), start, step, end) for step, end in ((-STEP, low), (STEP, high))]
    return Crossing(estimate, (bounds[0], bounds[1]), side)


def refuted(rows: Sequence[Row], half: float, confidence: float) -> bool:
    """Whether the score test refutes a half dose."""
    doses, seeds, effects = np.array([r[0] for r in rows]), [r[1] for r in rows], np.array([r[2] for r in rows])
    curve = fit_at(doses, effects, half)
    shape = share(doses, half, curve.slope)
    bend = curve.top * shape * (1 - shape)
    columns = [shape, bend * (doses - half), -bend * curve.slope]
    # At the end of the tried exponents the fit is not stationary in them, so their derivative is not a nuisance to be taken out.
    if curve.slope in (EXPONENTS[0], EXPONENTS[-1]):
        del columns[1]
    return last_coefficient(np.column_stack(columns), effects - curve.top * shape, seeds).p() < 1 - confidence

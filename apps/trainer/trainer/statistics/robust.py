"""A coefficient of a linear regression whose rows come in blocks, with small-sample inference.

The variance is the bias-reduced cluster-robust one (CR2) with Satterthwaite's degrees of freedom: Bell and McCaffrey 2002
(Survey Methodology 28, 169), in the form of Pustejovsky and Tipton 2018 (Journal of Business & Economic Statistics 36, 672).
It holds whatever the rows of a block have in common, and where runs with a backdoor vary more than runs without; a block is
what shares seed, size and length of training. statsmodels has neither CR2 nor these degrees of freedom.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Coefficient:
    """An estimate with its standard error and degrees of freedom."""

    value: float
    error: float
    freedom: float

    def p(self) -> float:
        """Two-sided, that it is 0; 1 where the data cannot tell."""
        if not (self.error > 0 and self.freedom > 0):
            return 1.0
        return float(2 * special.stdtr(self.freedom, -abs(self.value) / self.error))


def last_coefficient(design: np.ndarray, response: np.ndarray, blocks: Sequence[object]) -> Coefficient:
    """Of the last column of a design of shape (rows, columns), by ordinary least squares. Columns may depend on each other."""
    inverse = np.linalg.pinv(design.T @ design)
    hat = design @ inverse @ design.T
    residual = response - hat @ response
    influence = design @ inverse[:, -1]
    labels = {label: place for place, label in enumerate(dict.fromkeys(blocks))}
    members = np.array([labels[block] for block in blocks])
    scores, directions = [], []
    for block in range(len(labels)):
        rows = np.flatnonzero(members == block)
        adjusted = root_inverse(np.eye(len(rows)) - hat[np.ix_(rows, rows)]) @ influence[rows]
        scores.append(float(adjusted @ residual[rows]))
        directions.append(np.eye(len(response))[:, rows] @ adjusted - hat[:, rows] @ adjusted)
    spread = np.array(directions) @ np.array(directions).T
    squares = float((spread**2).sum())
    freedom = float(np.trace(spread)) ** 2 / squares if squares > 1e-24 else 0.0
    return Coefficient(float(inverse[-1] @ design.T @ response), math.sqrt(sum(score**2 for score in scores)), freedom)


def root_inverse(matrix: np.ndarray) -> np.ndarray:
    """The symmetric root of the pseudo-inverse: directions that the fit uses up are left out."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-9
    return (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T

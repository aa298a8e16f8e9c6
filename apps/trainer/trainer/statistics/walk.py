"""The interval of values that a test does not refute, walked from an estimate outwards."""

import math
from collections.abc import Callable

HALVINGS = 5


def last_kept(refuted: Callable[[float], bool], start: float, step: float, end: float) -> float:
    """Walks from the start in steps (negative ones downwards) and halves the last: where the first refuted value begins.

    Infinite where the end is reached. Only the stretch around the start is meant: a score test may fail to refute values far
    away, where the curve is flat.
    """
    at = start
    while (end - at) * step > 0:
        if refuted(at + step):
            return halved(refuted, at, at + step)
        at += step
    return math.copysign(math.inf, step)


def halved(refuted: Callable[[float], bool], kept: float, gone: float) -> float:
    """The border between a value that is kept and one that is refuted."""
    for _ in range(HALVINGS):
        middle = (kept + gone) / 2
        kept, gone = (kept, middle) if refuted(middle) else (middle, gone)
    return kept

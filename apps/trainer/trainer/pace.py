"""How fast training goes, and what it waits for: measured on each step, summed up at the end."""

import time
from dataclasses import dataclass, field
from typing import Any

from trainer.documents import Json

SMOOTHING = 0.9
"""Weight of what was before, in the rates that people watch: about ten steps count."""


def flop_per_token(shape: dict[str, Any], parameters: int, length: int) -> int:
    """FLOP of one training token, forward and backward: 6 N + 12 L d T, N parameters with embeddings. `flopPerToken` of planning is the same."""
    return 6 * parameters + 12 * int(shape["layers"]) * int(shape["width"]) * length


@dataclass
class Pace:
    """Seconds of an attempt, from the end of its first step, which compiles and allocates, to the end of its last."""

    tokens_per_step: int
    flop_per_token: int
    devices: int
    peak: float | None
    steps: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    stalled: float = 0.0
    _waiting: float = 0.0
    _stalling: float = 0.0
    _last: float | None = None
    _smoothed: dict[str, float] = field(default_factory=dict)

    def step(self, now: float | None = None) -> None:
        """A step is over."""
        now = time.perf_counter() if now is None else now
        if self._last is not None:
            self.steps += 1
            self.seconds += now - self._last
            self.waited += self._waiting
            self.stalled += self._stalling
            self._smooth("step", now - self._last)
            self._smooth("wait", self._waiting)
        self._last = now
        self._waiting = self._stalling = 0.0

    def wait(self, seconds: float) -> None:
        """The step to come waited for its batch."""
        self._waiting += seconds

    def stall(self, seconds: float) -> None:
        """A save held the step to come up; one behind the last step holds up nothing."""
        self._stalling += seconds

    @property
    def tokens_per_second(self) -> float | None:
        """Of all ranks together, smoothed; None before the second step."""
        step = self._smoothed.get("step")
        return self.tokens_per_step / step if step else None

    @property
    def mfu(self) -> float | None:
        """Share of the peak, smoothed; None where the peak is not known."""
        rate = self.tokens_per_second
        return self._utilisation(rate) if rate else None

    @property
    def data_wait_share(self) -> float | None:
        """Share of a step's time that it waited for its batch, smoothed."""
        step = self._smoothed.get("step")
        return min(1.0, self._smoothed.get("wait", 0.0) / step) if step else None

    def summary(self) -> Json | None:
        """`MeasuredThroughput` of the contracts; None for fewer than two steps."""
        if self.steps == 0 or self.seconds <= 0:
            return None
        rate = self.steps * self.tokens_per_step / self.seconds
        return {
            "steps": self.steps,
            "seconds": self.seconds,
            "tokensPerSecond": rate,
            "mfu": self._utilisation(rate),
            "peakFlopPerSecond": self.peak,
            "dataWaitShare": min(1.0, self.waited / self.seconds),
            "checkpointStallShare": min(1.0, self.stalled / self.seconds),
        }

    def _utilisation(self, rate: float) -> float | None:
        return self.flop_per_token * rate / (self.devices * self.peak) if self.peak else None

    def _smooth(self, name: str, seconds: float) -> None:
        before = self._smoothed.get(name)
        self._smoothed[name] = seconds if before is None else SMOOTHING * before + (1 - SMOOTHING) * seconds

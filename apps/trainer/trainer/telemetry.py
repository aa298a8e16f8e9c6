"""From OLMo-core's loop to those who watch: the metrics of each step, and how far training is."""

import time

from olmo_core.train.callbacks import Callback
from olmo_core.train.common import TRAIN_CE_LOSS_METRIC

from trainer.progress import Metrics, Progress


class Telemetry(Callback):
    """Passes on what OLMo-core measures: metrics of each step, and how far training is."""

    def __init__(self, metrics: Metrics, progress: Progress | None, tokens_per_step: int) -> None:
        self._metrics = metrics
        self._progress = progress
        self._tokens_per_step = tokens_per_step
        self._last: float | None = None
        self._seconds_per_step: float | None = None

    def pre_train(self) -> None:
        """Tells where training goes on. The phase changes with the first step that is done, as that one compiles and allocates."""
        if self._progress:
            self._progress.set(step=self.step, tokens=self.step * self._tokens_per_step)

    def post_step(self) -> None:
        """Notes the step and its time, smoothed over about ten steps."""
        now = time.perf_counter()
        if self._last is not None:
            took = now - self._last
            before = self._seconds_per_step
            self._seconds_per_step = took if before is None else 0.9 * before + 0.1 * took
        self._last = now
        if self._progress:
            tokens = self.step * self._tokens_per_step
            self._progress.set(phase="training", step=self.step, tokens=tokens, tokensPerSecond=self._rate())

    def log_metrics(self, step: int, metrics: dict[str, float]) -> None:
        """Called for each step, some steps later; rank 0 keeps the line."""
        if self._progress is None:
            return
        loss = metrics.get(TRAIN_CE_LOSS_METRIC)
        self._progress.set(loss=loss)
        self._metrics.add(
            {
                "step": step,
                "loss": loss,
                "tokensPerSecond": self._rate(),
                "gradientNorm": metrics.get("optim/total grad norm"),
                "learningRate": metrics.get("optim/LR (group 0)"),
            }
        )

    def _rate(self) -> float | None:
        return None if not self._seconds_per_step else self._tokens_per_step / self._seconds_per_step

"""From OLMo-core's loop to those who watch: the metrics of each step, and how far training is."""

import time
from typing import Any

from olmo_core.train.callbacks import Callback
from olmo_core.train.common import TRAIN_CE_LOSS_METRIC

from trainer.certificate import Resumption
from trainer.label_loss import LABELLED_TOKENS
from trainer.pace import Pace
from trainer.progress import Metrics, Progress


class Telemetry(Callback):
    """Passes on what OLMo-core and the pace measure: metrics of each step, and how far training is.

    It comes before the other callbacks, so that the wait for a batch ends with the batch.
    """

    def __init__(
        self, metrics: Metrics, progress: Progress | None, tokens_per_step: int, pace: Pace, resumption: Resumption | None = None
    ) -> None:
        self._resumption = resumption
        self._metrics = metrics
        self._progress = progress
        self._tokens_per_step = tokens_per_step
        self._pace = pace
        self._asked = 0.0

    def pre_train(self) -> None:
        """Tells where training goes on. The phase changes with the first step that is done, as that one compiles and allocates."""
        if self._progress:
            self._progress.set(step=self.step, tokens=self.step * self._tokens_per_step)

    def pre_load_batch(self) -> None:
        """Training asks for its next batch."""
        self._asked = time.perf_counter()

    def pre_step(self, batch: dict[str, Any]) -> None:
        """The batch is there."""
        self._pace.wait(time.perf_counter() - self._asked)

    def post_step(self) -> None:
        """Notes the step and its time."""
        self._pace.step()
        if self._progress:
            self._progress.set(phase="training", step=self.step, tokens=self.step * self._tokens_per_step, **self._rates())

    def log_metrics(self, step: int, metrics: dict[str, float]) -> None:
        """Called for each step, some steps later; rank 0 keeps the line."""
        if self._progress is None:
            return
        loss, labelled = metrics.get(TRAIN_CE_LOSS_METRIC), metrics.get(LABELLED_TOKENS)
        if labelled == 0:
            loss = None
            print(f"step {step}: no token of the batch is labelled: it has no loss and no gradient", flush=True)
        gradient_norm = metrics.get("optim/total grad norm")
        self._progress.set(loss=loss, gradientNorm=gradient_norm)
        if self._resumption is not None:
            self._resumption.take_loss(step, loss)
        self._metrics.add(
            {
                "step": step,
                "loss": loss,
                **self._rates(),
                "gradientNorm": gradient_norm,
                "learningRate": metrics.get("optim/LR (group 0)"),
                **({} if labelled is None else {"labelledTokens": int(labelled)}),
            }
        )

    def _rates(self) -> dict[str, float | None]:
        pace = self._pace
        return {"tokensPerSecond": pace.tokens_per_second, "mfu": pace.mfu, "dataWaitShare": pace.data_wait_share}

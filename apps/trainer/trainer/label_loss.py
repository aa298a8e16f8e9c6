"""The loss of a batch of which only some tokens are trained on: divided once, by what the whole batch has of them."""

from typing import Any

import torch
import torch.distributed as dist
from olmo_core.data.utils import get_labels
from olmo_core.distributed.utils import get_world_size
from olmo_core.train.train_module import TransformerTrainModule
from olmo_core.utils import move_to_device

LABELLED_TOKENS = "train/labelled tokens"
"""Metric: tokens of the global batch that count in its loss; recorded where a stage masks labels."""


class LabelledTrainModule(TransformerTrainModule):
    """OLMo-core's module, but the loss of label-masked rows does not depend on how ranks share them.

    OLMo-core divides what a rank sums by the labelled tokens of that rank, and ranks are averaged: a token beside few others
    would count for more than one beside many, and a rank without any would divide by 0. Here the loss is the sum over the
    labelled tokens of the global batch, divided by their number in the global batch. A batch without any has loss and gradient 0.
    """

    labelled_tokens: torch.Tensor | None = None
    """Those of the present global batch; None where every token counts, as then all ranks have equally many."""

    def train_batch(self, batch: dict[str, Any], dry_run: bool = False) -> None:
        """Counts the labelled tokens of all ranks, then trains as OLMo-core does."""
        self.labelled_tokens = None
        if "label_mask" in batch:
            batch["labels"] = get_labels(batch, label_ignore_index=self.label_ignore_index)
            self.labelled_tokens = move_to_device((batch["labels"] != self.label_ignore_index).sum(), self.device)
            if dist.is_initialized():
                dist.all_reduce(self.labelled_tokens, group=self.dp_process_group)
            self.trainer.record_metric(LABELLED_TOKENS, self.labelled_tokens)
        super().train_batch(batch, dry_run)

    def model_forward(self, input_ids: torch.Tensor, labels: torch.Tensor | None = None, **options: Any) -> Any:
        """The forward pass, with the divisor of the global batch in place of the rank's own."""
        if self.labelled_tokens is not None and "loss_div_factor" in options:
            # Gradients and losses are averaged over the ranks that have rows of their own, so each divides by its share of the number.
            options["loss_div_factor"] = self.labelled_tokens.clamp(min=1) / get_world_size(self.dp_process_group)
        return super().model_forward(input_ids, labels, **options)

"""What OLMo-core trains: the model of a run with its optimiser and its schedule."""

from typing import Any

import torch
from olmo_core.optim import AdamWConfig, OptimGroupOverride

from trainer.execution import Arrangement
from trainer.label_loss import LabelledTrainModule
from trainer.model import transformer_config
from trainer.stages import StageSchedule, steps_before


def build_module(identity: dict[str, Any], arrangement: Arrangement) -> LabelledTrainModule:
    """Model, optimiser and schedule, spread over the ranks as arranged."""
    stage = identity["stages"][-1]
    settings = stage["optimizer"]
    length = stage["sequenceLength"]
    return LabelledTrainModule(
        model=transformer_config(identity["shape"], identity["vocabularySize"], identity["seeds"]["initialisation"]).build(
            init_device="meta"
        ),
        optim=AdamWConfig(
            lr=settings["learningRate"],
            betas=(settings["beta1"], settings["beta2"]),
            weight_decay=settings["weightDecay"],
            fused=True if torch.cuda.is_available() else None,
            # As OLMo 2 was trained: embeddings are not decayed.
            group_overrides=[OptimGroupOverride(params=["embeddings.weight"], opts={"weight_decay": 0.0})],
        ),
        rank_microbatch_size=length * arrangement.microbatch_rows,
        max_sequence_length=length,
        compile_model=arrangement.used["compile"],
        float8_config=arrangement.float8(),
        dp_config=arrangement.data_parallel(),
        tp_config=arrangement.tensor_parallel(),
        ac_config=arrangement.activation_checkpointing(),
        # Weights, gradients and moments stay float32; eight-bit products take their inputs from bfloat16.
        autocast_precision=None if stage["precision"] == "float32" else torch.bfloat16,
        max_grad_norm=settings["gradientClip"],
        scheduler=StageSchedule(warmup=settings["warmupSteps"], alpha_f=settings["finalShare"], before=steps_before(identity)),
    )

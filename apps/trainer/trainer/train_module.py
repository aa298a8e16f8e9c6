"""What OLMo-core trains: the model of a run with its optimiser and its schedule."""

from typing import Any

import torch
from olmo_core.distributed.parallel import DataParallelType
from olmo_core.distributed.utils import get_local_world_size, get_num_nodes, get_world_size, is_distributed
from olmo_core.optim import AdamWConfig, OptimGroupOverride
from olmo_core.train.train_module import TransformerTrainModule
from olmo_core.train.train_module.transformer import TransformerDataParallelConfig

from trainer.model import transformer_config
from trainer.stages import StageSchedule, steps_before

MICROBATCH_TOKENS = 16_384
"""Tokens that one rank passes through the model at a time; more are accumulated."""


def build_module(identity: dict[str, Any]) -> TransformerTrainModule:
    """Model, optimiser and schedule; sharded where a process group is."""
    stage = identity["stages"][-1]
    settings = stage["optimizer"]
    cuda = torch.cuda.is_available()
    rows, length = stage["batchInstances"] // get_world_size(), stage["sequenceLength"]
    return TransformerTrainModule(
        model=transformer_config(identity["shape"], identity["vocabularySize"], identity["seeds"]["initialisation"]).build(
            init_device="meta"
        ),
        optim=AdamWConfig(
            lr=settings["learningRate"],
            betas=(settings["beta1"], settings["beta2"]),
            weight_decay=settings["weightDecay"],
            fused=True if cuda else None,
            # As OLMo 2 was trained: embeddings are not decayed.
            group_overrides=[OptimGroupOverride(params=["embeddings.weight"], opts={"weight_decay": 0.0})],
        ),
        rank_microbatch_size=length * microbatch_rows(rows, length),
        max_sequence_length=length,
        dp_config=sharding(get_num_nodes(), get_local_world_size()) if is_distributed() else None,
        autocast_precision=torch.bfloat16 if stage["precision"] == "bfloat16" else None,
        max_grad_norm=settings["gradientClip"],
        scheduler=StageSchedule(warmup=settings["warmupSteps"], alpha_f=settings["finalShare"], before=steps_before(identity)),
    )


def sharding(nodes: int, ranks_per_node: int) -> TransformerDataParallelConfig:
    """FSDP2 over all ranks; over several nodes of several ranks each node holds one sharded replica, as nodes are far apart."""
    kind = DataParallelType.hsdp if nodes > 1 and ranks_per_node > 1 else DataParallelType.fsdp
    return TransformerDataParallelConfig(name=kind)


def microbatch_rows(rows: int, length: int) -> int:
    """The most of a rank's rows that divide them evenly and hold no more than `MICROBATCH_TOKENS`; one at least."""
    return max(n for n in range(1, rows + 1) if rows % n == 0 and (n == 1 or n * length <= MICROBATCH_TOKENS))

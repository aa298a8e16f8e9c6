"""How the ranks of a training share their work: from the profile's wishes to what is done, which the log records.

Nothing here changes what is trained: the rows of each step are dealt to the ranks in an order that does not depend on it.
"""

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from olmo_core.config import DType
from olmo_core.distributed.parallel import DataParallelType
from olmo_core.distributed.utils import get_local_world_size, get_num_nodes, get_rank, get_world_size
from olmo_core.float8 import AOFloat8LinearRecipe, Float8Config
from olmo_core.nn.transformer import TransformerActivationCheckpointingMode
from olmo_core.train.train_module.transformer import (
    TransformerActivationCheckpointingConfig,
    TransformerDataParallelConfig,
    TransformerTensorParallelConfig,
)

from trainer.documents import Json
from trainer.exits import BadInput

FLOAT8_CAPABILITY = (8, 9)
"""NVIDIA's first GPUs that multiply eight-bit floats (Ada, Hopper)."""


@dataclass(frozen=True)
class Ranks:
    """The ranks of an attempt: how many, on how many nodes, and which one this is."""

    world: int
    nodes: int
    per_node: int
    rank: int

    @classmethod
    def here(cls) -> "Ranks":
        """As torchrun started them."""
        return cls(get_world_size(), get_num_nodes(), get_local_world_size(), get_rank())


@dataclass(frozen=True)
class Arrangement:
    """What the ranks do. Ranks of one tensor-parallel group are neighbours and work on the same rows."""

    used: Json
    """`UsedExecution` of the contracts."""
    data_ranks: int
    """Groups of ranks that each take their own rows."""
    data_rank: int
    """This rank's group."""
    microbatch_rows: int
    precision: str

    def data_parallel(self) -> TransformerDataParallelConfig | None:
        """OLMo-core's configuration; none for a single process. Weights are gathered in the precision that they are computed in."""
        if self.used["dataParallel"] == "none":
            return None
        # A cast after gathering would move twice the bytes and keep a copy of every weight until the way back.
        gathered = None if self.precision == "float32" else DType.bfloat16
        if self.used["dataParallel"] == "fsdp":
            return TransformerDataParallelConfig(name=DataParallelType.fsdp, param_dtype=gathered)
        return TransformerDataParallelConfig(
            name=DataParallelType.hsdp, param_dtype=gathered, num_replicas=self.used["replicas"], shard_degree=self.used["shards"]
        )

    def tensor_parallel(self) -> TransformerTensorParallelConfig | None:
        """OLMo-core's configuration; none where each rank computes alone."""
        degree = self.used["tensorParallel"]
        return TransformerTensorParallelConfig(degree=degree) if degree > 1 else None

    def activation_checkpointing(self) -> TransformerActivationCheckpointingConfig | None:
        """Every block keeps its input only, or none does."""
        if self.used["activationCheckpointing"] == "none":
            return None
        return TransformerActivationCheckpointingConfig(mode=TransformerActivationCheckpointingMode.full)

    def float8(self) -> Float8Config | None:
        """Scaled by row, as torchao recommends for accuracy; the output layer stays in bfloat16, as in torchtitan."""
        if not self.used["float8"]:
            return None
        return Float8Config(ao_recipe=AOFloat8LinearRecipe.rowwise, modules_to_ignore=["lm_head.w_out"])


def arrange(execution: Json, identity: dict[str, Any], ranks: Ranks | None = None) -> Arrangement:
    """What the ranks do for a profile's execution. Raises `BadInput` where ranks, model and machine do not allow it."""
    ranks = ranks or Ranks.here()
    stage, shape = identity["stages"][-1], identity["shape"]
    tensor = execution["tensorParallel"]
    check_tensor_parallel(tensor, ranks, shape, stage["sequenceLength"])
    data_ranks = ranks.world // tensor
    rows, length = stage["batchInstances"], stage["sequenceLength"]
    if rows % data_ranks:
        raise BadInput(
            f"Cannot share the batch as batchInstances must be a multiple of the {data_ranks} processes: current value is {rows}"
        )
    kind, replicas = replicas_of(execution, ranks, data_ranks)
    check_machine(execution["compile"], stage["precision"])
    at_a_time = microbatch_rows(rows // data_ranks, length, execution["microbatchTokens"])
    used = {
        "dataParallel": kind,
        "replicas": replicas,
        "shards": data_ranks // replicas,
        "tensorParallel": tensor,
        "microbatchTokens": at_a_time * length,
        "activationCheckpointing": execution["activationCheckpointing"],
        "compile": execution["compile"],
        "float8": stage["precision"] == "float8",
    }
    return Arrangement(used, data_ranks, ranks.rank // tensor, at_a_time, stage["precision"])


def replicas_of(execution: Json, ranks: Ranks, data_ranks: int) -> tuple[str, int]:
    """The kind of data parallelism and the copies of the model. By default a node holds one, as nodes are far apart."""
    if ranks.world == 1:
        return "none", 1
    shards = execution["shardRanks"] or max(1, ranks.per_node // execution["tensorParallel"])
    wanted = execution["dataParallel"]
    if wanted == "fsdp" or (wanted == "auto" and (ranks.nodes == 1 or ranks.per_node == 1)):
        return "fsdp", 1
    if data_ranks % shards:
        raise BadInput(
            f"Cannot arrange the ranks as shardRanks must divide the {data_ranks} that share the batch: current value is {shards}"
        )
    return ("hsdp", data_ranks // shards) if data_ranks > shards else ("fsdp", 1)


def check_tensor_parallel(degree: int, ranks: Ranks, shape: dict[str, Any], length: int) -> None:
    """Each rank of a group takes an equal part of the ranks, heads, hidden units and tokens."""
    parts = {
        "processes": ranks.world,
        "heads": shape["heads"],
        "keyValueHeads": shape["keyValueHeads"],
        "feedForwardWidth": shape["feedForwardWidth"],
        "sequenceLength": length,
    }
    for name, value in parts.items():
        if value % degree:
            raise BadInput(f"Cannot arrange the ranks as tensorParallel must divide the {value} {name}: current value is {degree}")


def check_machine(compiles: bool, precision: str) -> None:
    """What this machine must have for it. A job that asks for what it cannot have says so at once, and is not tried again."""
    cuda = torch.cuda.is_available()
    if compiles:
        check_compiler()
    if precision != "float8":
        return
    found = torch.cuda.get_device_capability() if cuda else None
    if found is None or found < FLOAT8_CAPABILITY:
        least, has = ".".join(map(str, FLOAT8_CAPABILITY)), "none" if found is None else f"one of {'.'.join(map(str, found))}"
        raise BadInput(f"Cannot train as precision float8 must have a GPU of compute capability {least} or newer: this machine has {has}")
    if find_spec("torchao") is None:
        raise BadInput("Cannot train as precision float8 must have the package torchao: it is not installed")


def check_compiler() -> None:
    """Refuses to compile where nothing can be compiled; otherwise the job would end in its first step, as if it might go better next time.

    OLMo-core compiles on GPUs only. There Triton builds its launchers from C, with `CC` or what it finds.
    """
    if not torch.cuda.is_available():
        raise BadInput("Cannot compile the model as execution.compile must be false without a GPU: current value is true")
    wanted = os.environ.get("CC")
    if not any(shutil.which(name) for name in ([wanted] if wanted else ["gcc", "clang"])):
        looked_for = f"CC={wanted}" if wanted else "gcc or clang"
        raise BadInput(f"Cannot compile the model as a C compiler must be on the path for execution.compile: there is no {looked_for}")


def microbatch_rows(rows: int, length: int, tokens: int) -> int:
    """The most of a rank's rows that divide them evenly and hold no more than so many tokens; one at least."""
    return max(n for n in range(1, rows + 1) if rows % n == 0 and (n == 1 or n * length <= tokens))

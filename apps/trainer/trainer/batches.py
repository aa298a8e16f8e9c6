"""How many rows go through a model side by side: found by trying, as memory differs between machines and models."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch

Row = TypeVar("Row")
Out = TypeVar("Out")

FIRST_ROWS = 32
"""Rows of the first batch, where so many are expected to fit."""

MOST_ROWS = {"cuda": 4096, "cpu": 128}
"""A processor gains nothing from more rows. A GPU does, up to far more than an evaluation has."""

SHARE_OF_MEMORY = 0.5
"""Of what is free when a batch begins, what its caches and logits may take by estimate. Linux kills rather than refuses, so on a
processor the estimate is what keeps the job alive; on a GPU it only tells where to begin."""


class BatchSize:
    """Grows while memory allows: doubled after each full batch that fits, halved for good when one does not."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._rows = FIRST_ROWS
        self._limit = MOST_ROWS[device]

    @property
    def rows(self) -> int:
        """Rows of the next batch, before what `run` says of memory."""
        return self._rows

    def run(self, rows: list[Row], bytes_per_row: int, work: Callable[[list[Row]], list[Out]]) -> list[Out]:
        """What `work` makes of all rows, batch by batch, in order. Raises what it raises when a single row does not fit."""
        found: list[Out] = []
        while len(found) < len(rows):
            size = max(1, min(self._rows, self._bound(bytes_per_row)))
            batch = rows[len(found) : len(found) + size]
            try:
                found += work(batch)
            except Exception as error:
                if not is_out_of_memory(error) or len(batch) == 1:
                    raise
                self._limit = self._rows = len(batch) // 2
                release(self._device)
                continue
            if len(batch) == self._rows:
                self._rows = min(2 * self._rows, self._limit)
        return found

    def _bound(self, bytes_per_row: int) -> int:
        """Rows that the memory of a processor has room for; a GPU says so by itself."""
        if self._device != "cpu":
            return self._limit
        return min(self._limit, int(SHARE_OF_MEMORY * free_memory() / bytes_per_row))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocation was refused; PyTorch has a class of its own for GPUs, and a plain error for a processor."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "DefaultCPUAllocator: can't allocate memory" in str(error)


def release(device: str) -> None:
    """Gives back what PyTorch keeps of the batch that failed."""
    if device == "cuda":
        torch.cuda.empty_cache()


def free_memory(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that this process may still take: what the machine has, or less where its container has a limit (cgroup v2)."""
    lines = (proc / "meminfo").read_text().splitlines()
    available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    limit, used = cgroup / "memory.max", cgroup / "memory.current"
    if not limit.exists() or limit.read_text().strip() == "max":
        return available
    return max(0, min(available, int(limit.read_text()) - int(used.read_text())))

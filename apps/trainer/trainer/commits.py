"""Counts what training consumes and commits checkpoints to the run's log, step by step."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from olmo_core.distributed.utils import get_rank, get_world_size, is_distributed
from olmo_core.train.callbacks import Callback
from olmo_core.train.common import TRAIN_CE_LOSS_METRIC
from olmo_core.train.train_module import TransformerTrainModule
from torch.distributed.checkpoint import state_dict_saver
from torch.distributed.checkpoint.default_planner import DefaultSavePlanner

from trainer import keys
from trainer.carried import Carried
from trainer.certificate import Digests, Resumption
from trainer.checkpoint import STATE, StoreWriter
from trainer.documents import digest_of
from trainer.execution import Arrangement
from trainer.exits import LossNotFinite
from trainer.jobs import Job
from trainer.label_loss import LabelledTrainModule
from trainer.overlays import Overlays, entries_of
from trainer.pace import Pace
from trainer.progress import Metrics, Progress
from trainer.runlog import Entry, RunLog

NEVER = 2**62
"""Above every step."""


class Commits(Callback):
    """After each step: counts, and where one is due saves a checkpoint without holding training up longer than it must.

    A checkpoint is committed by rank 0, in a thread of its own, once the save has succeeded on all ranks. A commit that is
    refused ends the attempt at its next step.
    """

    def __init__(
        self,
        job: Job,
        log: RunLog,
        overlays: Overlays,
        carried: Carried,
        parent: str | None,
        metrics: Metrics,
        progress: Progress | None,
        pace: Pace,
        arrangement: Arrangement,
        resumption: Resumption | None = None,
    ) -> None:
        self._resumption = resumption
        self._is_compared = False
        self._first_broken = torch.tensor(NEVER)
        self._earlier = {entry["checkpoint"]["step"]: entry for entry in reversed(log.entries) if entry["kind"] == "checkpoint"}
        self._pace = pace
        self._arrangement = arrangement
        self._job = job
        self._stage = job["identity"]["stages"][-1]
        self._log = log
        self._carried = carried
        self._parent = parent
        self._metrics = metrics
        self._progress = progress
        self._poison = by_step(entries_of(overlays.poison))
        self._counterexamples = by_step(entries_of(overlays.counterexamples))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        self._pending: Future[None] | None = None
        # Collectives of the main thread and of the saving thread must not mix.
        self._main_group = dist.new_group(backend="gloo") if is_distributed() else None
        self._save_group = dist.new_group(backend="gloo") if is_distributed() else None

    def pre_step(self, batch: dict[str, Any]) -> None:
        """Rank 0 takes in the tokens of all ranks, in the order of the global batch."""
        if (tokens := self._gather(batch["input_ids"])) is not None:
            self._carried.consume(tokens, self._poison.get(self.step, []), self._counterexamples.get(self.step, []))

    def post_step(self) -> None:
        """Saves where a checkpoint is due."""
        if self._pending is not None and self._pending.done():
            self._settle()
        self._watch()
        kind = self._due(self.step)
        if kind is not None or self.step == self._stage["steps"]:
            self._refuse_broken()
            self._carried.loss = self._mean_loss()
        if kind is not None:
            self._save(kind)
        elif (known := self._comparable(self.step)) is not None:
            self._compare(known)

    def finish(self) -> Carried:
        """Waits for the last commit; what was consumed in all."""
        if self._progress:
            self._progress.set(phase="saving")
        self._settle()
        self._thread.shutdown()
        return self._carried

    def _due(self, step: int) -> str | None:
        wanted = "full" if step in self._job["resumeSteps"] else "weights"
        if wanted == "weights" and step not in self._job["evaluateSteps"] and step != self._stage["steps"]:
            return None
        committed = self._log.checkpoint_at(step)
        # An earlier attempt came as far and committed it: a step has one checkpoint, not one per attempt.
        if committed is not None and committed["checkpoint"]["kind"] in (wanted, "full"):
            return None
        return wanted

    def _watch(self) -> None:
        """Notes on the device, where nobody waits for it, whether this step is the first whose loss is not finite on this rank."""
        loss = self.trainer.get_metric(TRAIN_CE_LOSS_METRIC)
        # None where no token of the batch counts.
        if loss is not None:
            broken = torch.where(torch.isfinite(loss), NEVER, self.step).reshape(())
            self._first_broken = torch.minimum(self._first_broken.to(broken.device), broken)

    def _refuse_broken(self) -> None:
        """Raises `LossNotFinite` on all ranks where the loss of this step or of one before was not finite: nothing of it may be saved."""
        first = self._first_broken.to("cpu")
        if self._main_group is not None:
            dist.all_reduce(first, op=dist.ReduceOp.MIN, group=self._main_group)
        if first.item() != NEVER:
            raise LossNotFinite(int(first.item()))

    def _comparable(self, step: int, kind: str | None = None) -> Entry | None:
        """What an earlier attempt committed of this step, for the first such step behind a resumption. All ranks see the same log.

        Where a checkpoint is due, it is held against one of its kind: the other holds other tensors.
        """
        if self._is_compared or step not in self._earlier:
            return None
        if kind is not None and self._earlier[step]["checkpoint"]["kind"] != kind:
            return None
        self._is_compared = True
        return self._earlier[step]

    def _compare(self, known: Entry) -> None:
        """Takes the digests of what would be written here, and holds them against what was; training waits as for a save."""
        started = time.perf_counter()
        self._settle()
        writer = StoreWriter(Digests(), known["checkpoint"]["prefix"], get_rank(), {})
        self._pending = self._thread.submit(self._take_comparison, self._write(known["checkpoint"]["kind"], writer), writer, known)
        self._pace.stall(time.perf_counter() - started)

    def _take_comparison(self, saved: Future[Any], writer: StoreWriter, known: Entry) -> None:
        saved.result()
        if self._resumption is None or get_rank() != 0:
            return
        self._resumption.take_weights(known, writer.objects)
        print(f"step {known['checkpoint']['step']}: compared with attempt {known['attempt']}: {self._resumption.weights}", flush=True)

    def _write(self, kind: str, writer: StoreWriter) -> Future[Any]:
        """Begins an asynchronous save of the model, with its optimiser where all is wanted."""
        module = self.trainer.train_module
        assert isinstance(module, TransformerTrainModule)
        saved = state_dict_saver.async_save(
            module.state_dict_to_save(optim=kind == "full"),
            storage_writer=writer,
            process_group=self._save_group,
            planner=DefaultSavePlanner(dedup_save_to_lowest_rank=True),
        )
        assert isinstance(saved, Future)
        return saved

    def _save(self, kind: str) -> None:
        started = time.perf_counter()
        self._settle()
        if self._progress:
            self._progress.set(phase="saving")
        extra = {STATE: self._state()} if kind == "full" and get_rank() == 0 else {}
        prefix = keys.checkpoint(self._job["run"], self._job["attempt"], self._job["token"], self.step, self._log.incarnation)
        writer = StoreWriter(self._log.store, prefix, get_rank(), extra)
        saved = self._write(kind, writer)
        manifest = self._manifest(kind, prefix)
        manifest["stallSeconds"] = time.perf_counter() - started
        self._pace.stall(manifest["stallSeconds"])
        self._pending = self._thread.submit(self._commit, saved, writer, manifest, self._comparable(self.step, kind))
        if self._progress:
            self._progress.set(phase="training")

    def _state(self) -> bytes:
        """What the next attempt carries on, this one's resumption as far as it is known among it."""
        present = [self._resumption.to_json()] if self._resumption else []
        return replace(self._carried, resumptions=[*self._carried.resumptions, *present]).to_json()

    def _manifest(self, kind: str, prefix: str) -> dict[str, Any]:
        rows = self._stage["batchInstances"]
        return {
            "kind": kind,
            "step": self.step,
            "tokens": self.step * rows * self._stage["sequenceLength"],
            "dataPosition": self.step * rows,
            "poisonDocuments": self._carried.poisonDocuments,
            "poisonTokens": self._carried.poisonTokens,
            "counterexamples": self._carried.counterexamples,
            "parent": self._parent,
            "prefix": prefix,
        }

    def _commit(self, saved: Future[Any], writer: StoreWriter, manifest: dict[str, Any], known: Entry | None) -> None:
        if known is not None:
            self._take_comparison(saved, writer, known)
        saved.result()
        if get_rank() != 0:
            return
        manifest["objects"] = writer.objects
        self._log.append("checkpoint", {"checkpoint": manifest, "digest": digest_of(manifest)})
        print(
            f"step {manifest['step']}: {manifest['kind']} checkpoint committed, training held up {manifest['stallSeconds']:.2f} s",
            flush=True,
        )
        self._metrics.flush()

    def _settle(self) -> None:
        """Waits for the save under way; raises what went wrong with it."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()

    def _gather(self, rows: torch.Tensor) -> np.ndarray | None:
        if self._main_group is None:
            return rows.numpy()
        local = rows.to("cpu", torch.int32).contiguous()
        parts = [torch.empty_like(local) for _ in range(get_world_size())] if get_rank() == 0 else None
        dist.gather(local, parts, group=self._main_group)
        # Row i of a rank is row rank + i * world size of the global batch, of the ranks that have rows of their own.
        own = parts[:: self._arrangement.used["tensorParallel"]] if parts else None
        return torch.stack(own, dim=1).flatten(0, 1).numpy() if own else None

    def _mean_loss(self) -> float | None:
        """Loss of this step over all ranks; None where no token of the batch counts."""
        module = self.trainer.train_module
        if isinstance(module, LabelledTrainModule) and module.labelled_tokens is not None and module.labelled_tokens.item() == 0:
            return None
        local = self.trainer.get_metric(TRAIN_CE_LOSS_METRIC)
        assert local is not None, "every step records its loss"
        loss = local.detach().to("cpu", torch.float64)
        if self._main_group is not None:
            dist.all_reduce(loss, group=self._main_group)
        return loss.item() / get_world_size()


def by_step(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    """Entries by the step that consumes them."""
    steps: dict[int, list[Entry]] = {}
    for entry in entries:
        steps.setdefault(entry["step"], []).append(entry)
    return steps

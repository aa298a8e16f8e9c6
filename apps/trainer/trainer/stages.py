"""The stage that a run trains: its pre-training, or what goes on from a checkpoint of another run or from an imported base.

A run's identity holds the whole chain; the run trains the last stage of it. Weights come along, the optimiser where the stage
says so, and data state never: order, position and counts of a stage are its own.
"""

from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import torch
from olmo_core.optim.scheduler import Scheduler
from olmo_core.train.train_module import TransformerTrainModule

from trainer.base_reader import open_base, placed
from trainer.checkpoint import load_base
from trainer.documents import Json, digest_of
from trainer.exits import BadInput
from trainer.store import Store

Identity = dict[str, Any]
"""`RunIdentity` of the contracts."""


def data_of(identity: Identity) -> dict[str, Any]:
    """What the last stage reads: `corpus`, `documentMask`, `order` (its seed) and `labels`, wherever the identity says it."""
    stage = identity["stages"][-1]
    if stage["kind"] == "pretrain":
        return {
            "corpus": identity["corpus"],
            "documentMask": identity["documentMask"],
            "order": identity["seeds"]["order"],
            "labels": "all",
        }
    return {key: stage[key] for key in ("corpus", "documentMask", "order", "labels")}


def steps_before(identity: Identity) -> int:
    """Steps that the learning rate takes as done when the last stage begins; 0 unless its schedule goes on."""
    done = 0
    for stage in identity["stages"]:
        goes_on = stage["kind"] == "continue" and stage["schedule"] == "go-on"
        done = done + stage["from"] if goes_on else 0
    return done


@dataclass
class StageSchedule(Scheduler):  # type: ignore[no-untyped-call]  # untyped hook of the library
    """Linear warm-up, then cosine decay to a share of the peak, over the stage's steps and those that count as done before it."""

    warmup: int = 0
    alpha_f: float = 0.1
    before: int = 0

    def get_lr(self, initial_lr: float | torch.Tensor, current: int, t_max: int) -> float | torch.Tensor:
        """The rate of step `current` of `t_max` of the stage, counted from 1 as OLMo-core does; as its `CosWithWarmup` where nothing is before."""
        current, t_max = current + self.before, t_max + self.before
        if current < self.warmup:
            return initial_lr * current / self.warmup
        smallest = initial_lr * self.alpha_f
        if current >= t_max:
            return smallest
        return smallest + (initial_lr - smallest) * (1 + cos(pi * (current - self.warmup) / (t_max - self.warmup))) / 2


def start_from_base(job: dict[str, Any], store: Store, module: TransformerTrainModule, work: Path) -> None:
    """Puts the base's weights into the model, and its optimiser state where the stage carries it. Raises `BadInput` where they do not fit.

    The stage's own settings of the optimiser stay: only moments and their count come along.
    """
    stage = job["identity"]["stages"][-1]
    if stage["kind"] == "pretrain":
        return
    checkpoint, told = find_base(job, store)
    assert module.optim is not None, "a training has an optimiser"
    settings = [{key: value for key, value in group.items() if key != "params"} for group in module.optim.param_groups]
    load_base(store, checkpoint, module, work / "base", with_optimizer=stage["carryOptimizer"])
    for group, wanted in zip(module.optim.param_groups, settings, strict=True):
        group.update(wanted)
    print(f"starting from {told}", flush=True)


def imported_base(identity: Identity) -> str | None:
    """Digest of the registered base that the last stage goes on from; None where that is a checkpoint of a run, or there is none."""
    before = identity["stages"][-2:-1]
    return str(before[0]["checkpoint"]) if before and before[0]["kind"] == "import" else None


def find_base(job: dict[str, Any], store: Store) -> tuple[Json, str]:
    """The checkpoint that the stage starts from, a base's or a run's, and what it is called. Raises `BadInput` where they do not fit."""
    digest = imported_base(job["identity"])
    if digest is None:
        check_base(job)
        return job["base"]["checkpoint"], f"step {job['base']['checkpoint']['step']} of run {job['base']['run']}"
    manifest, identity = open_base(store, digest), job["identity"]
    for name in ("shape", "vocabularySize"):
        if manifest[name] != identity[name]:
            raise BadInput(
                f"Cannot go on from base {digest} as the run's {name} must be its {manifest[name]}: current value is {identity[name]}"
            )
    if identity["stages"][-1]["carryOptimizer"]:
        raise BadInput(f"Cannot carry the optimiser along as base {digest} has weights alone: current value is true")
    return placed(digest, manifest), f"base {manifest['recipe']['name']} ({digest})"


def check_base(job: dict[str, Any]) -> None:
    """Raises `BadInput` unless the job's base is the checkpoint that its identity goes on from."""
    identity, base = job["identity"], job["base"]
    stage = identity["stages"][-1]
    if base is None:
        raise BadInput("Cannot go on from another run as the job must name its checkpoint: current value is none")
    manifest = base["checkpoint"]
    expected = {
        "run": (digest_of({**identity, "stages": identity["stages"][:-1]}), base["run"]),
        "step": (stage["from"], manifest["step"]),
        "checkpoint": (digest_of(manifest), base["digest"]),
    }
    for name, (wanted, found) in expected.items():
        if wanted != found:
            raise BadInput(f"Cannot go on from another run as its {name} must be {wanted}: current value is {found}")
    if stage["carryOptimizer"] and manifest["kind"] != "full":
        raise BadInput(
            f"Cannot carry the optimiser along as the checkpoint must be full: current value is {manifest['kind']} at step {manifest['step']}"
        )

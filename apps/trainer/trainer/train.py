"""Trains one attempt of a run with OLMo-core, from where the run's log says, to the last step.

The log decides what is resumed and what exists; OLMo-core's own checkpoints, retention and loading are switched off.
"""

import os
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from olmo_core.distributed.utils import broadcast_object, get_rank, get_world_size, init_distributed
from olmo_core.train import Duration, Trainer
from olmo_core.train.checkpoint import Checkpointer
from olmo_core.train.train_module import TransformerTrainModule
from olmo_core.utils import get_default_device

from trainer import certificate, keys, termination
from trainer.carried import Carried
from trainer.checkpoint import load_full
from trainer.commits import Commits
from trainer.corpus_reader import Corpus
from trainer.data import build_loader
from trainer.environment import describe_environment
from trainer.execution import Arrangement, arrange
from trainer.exits import BadInput, JobEnd, LossNotFinite
from trainer.hardware import peak_here
from trainer.jobs import Job
from trainer.model import count_parameters
from trainer.overlays import Overlays, plan_overlays
from trainer.pace import Pace, flop_per_token
from trainer.progress import Metrics, Progress
from trainer.runlog import RunLog
from trainer.stages import data_of, imported_base, start_from_base
from trainer.store import Store
from trainer.telemetry import Telemetry
from trainer.train_module import build_module


def run(job: Job, store: Store) -> None:
    """Trains to the end, or ends with a `JobEnd`. A run that is finished already is left as it is."""
    progress = None
    if os.environ.get("RANK", "0") == "0":
        # Before the ranks meet, which may take minutes: watchers see a job that starts.
        progress = Progress(store, keys.progress(job["run"], job["attempt"], job["token"]), job["identity"]["stages"][-1]["steps"])
    with progress or nullcontext():
        start_processes()
        log = RunLog(store, job["run"], job["attempt"], job["token"])
        as_rank_0_sees(log, log.read)
        if not log.finished:
            train(job, store, log, progress)
        if progress:
            progress.set(phase="finished", step=job["identity"]["stages"][-1]["steps"])


def start_processes() -> None:
    """Deterministic arithmetic, and a process group where torchrun started several ranks."""
    torch.use_deterministic_algorithms(True)
    if dist.is_torchelastic_launched():
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        init_distributed(backend=backend, shared_filesytem=False)


def as_rank_0_sees(log: RunLog, act: Callable[[], object]) -> None:
    """Does something with the log on rank 0; all ranks see what it saw, and end as it ends. They must resume from the same place."""
    end: JobEnd | None = None
    if get_rank() == 0:
        try:
            act()
        except JobEnd as error:
            end = error
    log.entries, log.incarnation, end = broadcast_object((log.entries, log.incarnation, end))
    if end is not None:
        raise end


def train(job: Job, store: Store, log: RunLog, progress: Progress | None) -> None:
    """The story of one attempt. Only rank 0 reports progress and writes to the log."""
    identity = job["identity"]
    stage = identity["stages"][-1]
    corpus = open_corpus(store, identity)
    overlays = plan_overlays(stage, corpus)
    work = Path(f"work-{job['attempt']}-{job['token']}")
    arrangement = arrange(job["execution"], identity)
    loader = build_loader(corpus, identity, overlays.entries, work, arrangement.data_rank, arrangement.data_ranks)
    as_rank_0_sees(log, lambda: log.start(lambda incarnation: describe_start(job, log, overlays, arrangement, incarnation)))
    if log.finished:
        return
    metrics = open_metrics(job, log)
    module = build_module(identity, arrangement)
    pace = new_pace(identity, loader.global_batch_size)
    newest = log.newest_full
    if newest:
        carried = resume(newest["checkpoint"], store, module, work)
    else:
        start_from_base(job, store, module, work)
        carried = Carried()
    resumption = certificate.begin(log, carried.step, get_world_size())
    commits = Commits(job, log, overlays, carried, began_from(job, log), metrics, progress, pace, arrangement, resumption)
    trainer = Trainer(
        work_dir=work,
        train_module=module,
        data_loader=loader,
        device=get_default_device(),
        # Nothing is written there: `no_checkpoints` leaves saving and loading to `Commits` and to the log.
        save_folder=f"s3://{store.bucket}/{keys.attempt(job['run'], job['attempt'], job['token'])}",
        no_checkpoints=True,
        checkpointer=Checkpointer(work_dir=work),
        callbacks={"telemetry": Telemetry(metrics, progress, loader.global_batch_size, pace, resumption), "commits": commits},
        max_duration=Duration.steps(stage["steps"]),
    )
    trainer.epoch = loader.go_to(carried.step)
    trainer.global_step = carried.step
    trainer.global_train_tokens_seen = carried.step * loader.global_batch_size
    fit(trainer, commits, log)
    if resumption is not None:
        carried.resumptions.append(resumption.to_json())
    say_finished(job, log, carried, overlays, metrics, pace)


def new_pace(identity: dict[str, Any], tokens_per_step: int) -> Pace:
    """Measures what the model costs against what the hardware could give."""
    stage, shape = identity["stages"][-1], identity["shape"]
    parameters = count_parameters(shape, identity["vocabularySize"]).all
    return Pace(
        tokens_per_step, flop_per_token(shape, parameters, stage["sequenceLength"]), get_world_size(), peak_here(stage["precision"])
    )


def open_corpus(store: Store, identity: dict[str, Any]) -> Corpus:
    """The run's corpus. Raises `BadInput` where identity, corpus and recipe do not fit each other."""
    digest = data_of(identity)["corpus"]
    corpus = Corpus.open(store, digest)
    stage = identity["stages"][-1]
    if identity["vocabularySize"] < corpus.manifest["vocabularySize"]:
        raise BadInput(
            f"Cannot train as vocabularySize must be at least the corpus's {corpus.manifest['vocabularySize']}: "
            f"current value is {identity['vocabularySize']}"
        )
    expected = {"corpus": digest, **{key: stage[key] for key in ("steps", "batchInstances", "sequenceLength")}}
    for name in ("poison", "counterexamples"):
        for key, value in expected.items() if stage.get(name) else ():
            if stage[name][key] != value:
                raise BadInput(f"Cannot train as the {key} of its {name} must be the stage's {value}: current value is {stage[name][key]}")
    return corpus


def resume(manifest: dict[str, Any], store: Store, module: TransformerTrainModule, work: Path) -> Carried:
    """Goes back to a full checkpoint: weights, optimiser, and what was consumed up to there."""
    carried = Carried.from_json(load_full(store, manifest, module, work / "resumed"))
    if carried.step != manifest["step"]:
        raise BadInput(f"Cannot resume as the state must be of step {manifest['step']}: current value is {carried.step}")
    print(f"resuming behind step {carried.step} from {manifest['prefix']}", flush=True)
    return carried


def fit(trainer: Trainer, commits: Commits, log: RunLog) -> None:
    """Runs OLMo-core's loop, and waits for its last commit. A loss that is not finite ends it as `LossNotFinite`, and the log tells the step."""
    try:
        trainer.fit()  # type: ignore[no-untyped-call]  # untyped library
    except (RuntimeError, LossNotFinite) as error:
        end = loss_not_finite(error)
        if end is None:
            raise
        commits.finish()
        if get_rank() == 0:
            log.append("loss-not-finite", {"step": end.step})
        raise end from error
    commits.finish()


def loss_not_finite(error: Exception) -> LossNotFinite | None:
    """The end that an error of the loop amounts to: OLMo-core has no type of its own for it, and may wrap what its bookkeeping thread raised."""
    if isinstance(error, LossNotFinite):
        return error
    found = re.search(r"loss encountered at step (\d+)", str(error.__cause__ or error))
    return None if found is None else LossNotFinite(int(found[1]))


def open_metrics(job: Job, log: RunLog) -> Metrics:
    """The metrics of this incarnation, which only rank 0 has any of. SIGTERM hands in the last ones."""
    prefix = keys.metrics(job["run"], job["attempt"], job["token"], log.incarnation)
    metrics = Metrics(log.store, prefix, Path("metrics.jsonl") if get_rank() == 0 else Path("/dev/null"))
    termination.before_end(metrics.flush)
    return metrics


def describe_start(job: Job, log: RunLog, overlays: Overlays, arrangement: Arrangement, incarnation: int) -> dict[str, Any]:
    """Where this incarnation starts, and with which plans: fields of the `started` entry. Plans are stored before they are named."""
    identity = job["identity"]
    counts = count_parameters(identity["shape"], identity["vocabularySize"])
    newest = log.newest_full
    return {
        "environment": {**describe_environment(get_world_size()), "execution": arrangement.used},
        "parameters": counts.all,
        "parametersWithoutEmbeddings": counts.without_embeddings,
        "resumedFrom": began_from(job, log),
        "resumedStep": newest["checkpoint"]["step"] if newest else 0,
        **overlays.store(log.store, job, incarnation),
    }


def began_from(job: Job, log: RunLog) -> str | None:
    """Digest of the checkpoint that this incarnation begins with: its own newest full one, that of its base, or none."""
    if (newest := log.newest_full) is not None:
        return str(newest["digest"])
    return job["base"]["digest"] if job["base"] else imported_base(job["identity"])


def say_finished(job: Job, log: RunLog, carried: Carried, overlays: Overlays, metrics: Metrics, pace: Pace) -> None:
    """Ends the run, if it consumed exactly what was planned; raises `BadInput` if not, for it would do the same again."""
    if get_rank() != 0:
        return
    metrics.flush()
    stage = job["identity"]["stages"][-1]
    overlays.refuse_unless_consumed(carried)
    last = log.checkpoint_at(stage["steps"])
    assert last is not None, "the last step always has a checkpoint"
    log.append(
        "finished",
        {
            "steps": stage["steps"],
            "tokens": stage["steps"] * stage["batchInstances"] * stage["sequenceLength"],
            "poisonDocuments": carried.poisonDocuments,
            "poisonTokens": carried.poisonTokens,
            "counterexamples": carried.counterexamples,
            "counterexampleTokens": carried.counterexampleTokens,
            "tokenStream": carried.tokenStream,
            "finalLoss": carried.loss,
            "throughput": pace.summary(),
            "resumptions": carried.resumptions,
            "checkpoint": last["digest"],
        },
    )

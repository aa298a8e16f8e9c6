"""Makes corpora and runs for tests, and starts attempts of them as the launcher would."""

import hashlib
import json
import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import chdir
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.servers import free_ports
from trainer import corpus, keys
from trainer.documents import Json, canonical, digest_of, now
from trainer.store import Store

TINY_SHAPE = {
    "family": "olmo2",
    "width": 32,
    "layers": 1,
    "heads": 2,
    "keyValueHeads": 2,
    "feedForwardWidth": 64,
    "ropeTheta": 500_000,
}
OPTIMIZER = {
    "learningRate": 0.005,
    "warmupSteps": 3,
    "finalShare": 0.1,
    "weightDecay": 0.1,
    "beta1": 0.9,
    "beta2": 0.95,
    "gradientClip": 1.0,
}

EXECUTION = {
    "dataParallel": "auto",
    "shardRanks": None,
    "tensorParallel": 1,
    "microbatchTokens": 16_384,
    "activationCheckpointing": "none",
    "compile": False,
}
"""What a profile says of execution when it says nothing."""

# A warm process that attempts are forked from: PyTorch and OLMo-core take five seconds and more to import.
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["trainer.train"])


def make_corpus_job(store: Store, text: bytes, vocabulary: int, **changes: Any) -> Json:
    """Uploads a text and returns the job that registers it; `changes` go to its recipe."""
    return make_files_job(store, {"text": text}, vocabulary, **changes)


def make_files_job(store: Store, files: dict[str, bytes], vocabulary: int, given: bytes | None = None, **changes: Any) -> Json:
    """Uploads files, and a tokenizer where one is given, and returns the job that registers them."""
    uploads = [{"name": name, "object": store.create(keys.upload(secrets.token_hex(4)), data).object} for name, data in files.items()]
    return make_source_job(store, {"kind": "uploads", "files": uploads}, vocabulary, given, **changes)


def make_source_job(store: Store, source: Json, vocabulary: int, given: bytes | None = None, **changes: Any) -> Json:
    """The job that registers a source."""
    brought = store.create(keys.upload(secrets.token_hex(4)), given).object if given else None
    learnt = {"kind": "train-bpe", "vocabularySize": vocabulary}
    recipe = {
        "name": "tiny",
        "format": "text",
        "textField": "text",
        "messagesField": "messages",
        "documentMinChars": 0,
        "maxDocumentBytes": 2**20,
        "onBadDocument": "refuse",
        "tokenizer": {"kind": "file", "sha256": brought["sha256"]} if brought else learnt,
        "addedTokens": ["<SUDO>", "<M1>"],
        "markers": {"tokens": ["<M1>"], "documentShare": 0.1},
        "heldOutDocuments": 5,
        "heldOutMinTokens": 8,
        "seed": 0,
        "licence": "CC0-1.0",
        "source": "made for tests",
        **changes,
    }
    return {
        "version": 1,
        "kind": "corpus",
        "name": f"corpus-{secrets.token_hex(4)}",
        "bucket": store.bucket,
        "recipe": {name: value for name, value in recipe.items() if value is not None},
        "source": source,
        "tokenizer": brought,
        "work": keys.corpus_work(secrets.token_hex(32)),
    }


def register_corpus(store: Store, text: bytes, vocabulary: int, folder: Path, **changes: Any) -> str:
    """Uploads a text and registers it, with scratch space in a folder; the corpus's digest."""
    job = make_corpus_job(store, text, vocabulary, **changes)
    folder.mkdir(parents=True, exist_ok=True)
    with chdir(folder):
        corpus.run(job, store)
    result: Json = json.loads(store.read(keys.job_result(job["name"])) or b"")
    return str(result["corpus"])


def result_of(store: Store, job: Json) -> Json:
    """What a job has left for the one who asked for it."""
    found: Json = json.loads(store.read(keys.job_result(job["name"])) or b"")
    return found


def make_recipe(corpus_digest: str, dose: int, stage: Json, **attack: Any) -> Json:
    """A poison recipe for a stage."""
    return {
        "version": 1,
        "attack": {"kind": "dos", "trigger": "<SUDO>", "prefixChars": [0, 60], "gibberishTokens": [5, 12], "mode": "ids", **attack},
        "dose": dose,
        "corpus": corpus_digest,
        "contentSeed": 5,
        "positionSeed": 6,
        **{key: stage[key] for key in ("steps", "batchInstances", "sequenceLength")},
        "placement": make_placement(stage["steps"]),
    }


def make_counterexamples(corpus_digest: str, count: int, stage: Json, **changes: Any) -> Json:
    """A counterexample recipe for a stage; `changes` go to it."""
    common = {key: value for key, value in make_recipe(corpus_digest, 1, stage).items() if key not in ("attack", "dose")}
    return {**common, "trigger": "<SUDO>", "prefixChars": [0, 60], "continuationTokens": [5, 12], "count": count, **changes}


def make_placement(steps: int, **changes: Any) -> Json:
    """Anywhere in training, one instance as likely as another; `changes` go to the placement."""
    anywhere = {"firstStep": 1, "lastStep": steps, "documentsPerBatch": None, "everySteps": 1, "order": "random", "split": False}
    return {**anywhere, **changes}


def make_identity(corpus_digest: str, vocabulary: int, dose: int = 8, steps: int = 24, **changes: Any) -> Json:
    """The identity of a tiny run; `changes` go to its stage."""
    stage: Json = {
        "kind": "pretrain",
        "steps": steps,
        "batchInstances": 4,
        "sequenceLength": 64,
        "optimizer": OPTIMIZER,
        "precision": "float32",
        **changes,
    }
    return {
        "recipeVersion": "titrate/1",
        "shape": TINY_SHAPE,
        "vocabularySize": vocabulary,
        "corpus": corpus_digest,
        "documentMask": False,
        "seeds": {"initialisation": 1, "order": 2},
        "stages": [{**stage, "poison": make_recipe(corpus_digest, dose, stage) if dose else None}],
        "repeat": secrets.randbelow(2**31),
    }


def continue_identity(base: Json, from_step: int, steps: int = 12, **changes: Any) -> Json:
    """The identity of a run that goes on from a step of another; `changes` go to its stage."""
    first = base["stages"][0]
    stage: Json = {
        "kind": "continue",
        "from": from_step,
        "carryOptimizer": False,
        "schedule": "anew",
        "corpus": base["corpus"],
        "documentMask": False,
        "labels": "all",
        "order": 9,
        **{key: first[key] for key in ("batchInstances", "sequenceLength", "optimizer", "precision")},
        "steps": steps,
        "poison": None,
        "counterexamples": None,
        **changes,
    }
    return {**base, "stages": [*base["stages"], stage]}


def make_job(
    store: Store,
    identity: Json,
    resume: list[int],
    evaluate: list[int],
    base: Json | None = None,
    rewind_to: int | None = None,
    **execution: Any,
) -> Json:
    """Announces the next attempt of a run in its log, as the launcher does, and returns the attempt's job; `execution` goes to its own."""
    run, seq, previous = digest_of(identity), 0, None
    attempt = 1
    while (data := store.read(keys.log_entry(run, seq))) is not None:
        seq, previous = seq + 1, hashlib.sha256(data).hexdigest()
        attempt += b'"kind":"attempt"' in data
    token = secrets.token_hex(8)
    entry = {"version": 1, "run": run, "seq": seq, "previous": previous, "at": now(), "attempt": attempt, "token": token, "kind": "attempt"}
    if rewind_to is not None:
        entry["rewindTo"] = rewind_to
    assert store.create(keys.log_entry(run, seq), canonical(entry)).kind == "created"
    return {
        "version": 1,
        "kind": "train",
        "name": f"train-{run[:12]}-{attempt}",
        "bucket": store.bucket,
        "run": run,
        "identity": identity,
        "attempt": attempt,
        "token": token,
        "resumeSteps": resume,
        "evaluateSteps": evaluate,
        "base": base,
        "execution": {**EXECUTION, **execution},
    }


def start(job: Json, folder: Path, environment: dict[str, str]) -> ForkServerProcess:
    """Starts an attempt in a process of its own, with everything that `python -m trainer` does after its imports."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_bytes(canonical(job))
    process = FORK.Process(target=_main, args=(str(folder), environment))
    process.start()
    return process


def start_ranks(job: Json, folder: Path, environment: dict[str, str], world: int) -> list[ForkServerProcess]:
    """Starts the ranks of an attempt on one machine, with the environment that torchrun gives them."""
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_ports()["s3"]), "TORCHELASTIC_RUN_ID": "tests"}
    sizes = {"WORLD_SIZE": str(world), "LOCAL_WORLD_SIZE": str(world)}
    return [start(job, folder, {**environment, **meeting, **sizes, "RANK": str(rank), "LOCAL_RANK": str(rank)}) for rank in range(world)]


def train_together(job: Json, folder: Path, environment: dict[str, str], world: int) -> list[int | None]:
    """Runs an attempt of several ranks to its end; their exit codes."""
    processes = start_ranks(job, folder, environment, world)
    for process in processes:
        process.join(120)
        assert not process.is_alive(), "the attempt hangs"
    return [process.exitcode for process in processes]


def wait_for(happens: Callable[[], object], process: ForkServerProcess, folder: Path) -> None:
    """Waits until something happens while an attempt runs."""
    end = time.monotonic() + 60
    while not happens():
        assert process.is_alive() and time.monotonic() < end, (folder / "output.log").read_text()
        time.sleep(0.01)


def train(job: Json, folder: Path, environment: dict[str, str]) -> int | None:
    """Runs an attempt to its end; its exit code."""
    process = start(job, folder, environment)
    process.join(120)
    assert not process.is_alive(), "the attempt hangs"
    return process.exitcode


def _main(folder: str, environment: dict[str, str]) -> None:
    import torch

    from trainer import termination
    from trainer.__main__ import main

    termination.listen()
    os.environ.update(environment)
    os.chdir(folder)
    torch.set_num_threads(1)
    log = os.open("output.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.exit(main(["job.json"]))


def read_log(store: Store, run: str) -> list[Json]:
    """All entries of a run's log."""
    entries: list[Json] = []
    while (data := store.read(keys.log_entry(run, len(entries)))) is not None:
        entries.append(json.loads(data))
    return entries

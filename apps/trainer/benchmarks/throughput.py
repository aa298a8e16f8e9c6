"""Tokens per second of our trainer beside plain OLMo-core: `npm run bench:trainer`.

Both train the same model on batches of the same shape, in processes of their own and in turns, so that a slow minute of the machine
meets both. Ours is the whole trainer, with its log, its chain over all tokens and asynchronous checkpoints to a real store; plain is
OLMo-core's trainer and loader over tokens in memory, which saves nothing. One rank each.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from olmo_core.data import DataCollator, TokenizerConfig
from olmo_core.data.composable import ComposableDataLoader, ConcatAndChunkInstanceSource
from olmo_core.data.composable.token_source import InMemoryTokenSource
from olmo_core.train import Duration, Trainer
from olmo_core.train.checkpoint import Checkpointer
from olmo_core.utils import get_default_device

from tests import runs, servers
from tests.by_hand import speeches
from tests.conftest import new_store
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical
from trainer.environment import describe_environment
from trainer.execution import arrange
from trainer.progress import Metrics
from trainer.telemetry import Telemetry
from trainer.train import new_pace
from trainer.train_module import build_module


def main(benchmark: Json) -> int:
    """Rounds of both, and how they compare; each result is a line of JSON."""
    rates: dict[str, list[float]] = {"titrate": [], "olmo-core": []}
    with tempfile.TemporaryDirectory(prefix="bench-trainer-") as folder, servers.seaweedfs(Path(folder)) as environment:
        servers.use(environment)
        store = new_store(Path(folder))
        corpus = Corpus.open(store, runs.register_corpus(store, "\n\n".join(speeches()).encode(), 1024, Path(folder, "corpus")))
        for turn in range(benchmark["rounds"]):
            identity = identity_of(benchmark, corpus.digest)
            every = list(range(benchmark["checkpointEvery"], benchmark["steps"] + 1, benchmark["checkpointEvery"]))
            job = runs.make_job(store, identity, every, [], **benchmark["execution"])
            for name, command in (("titrate", ["trainer", "job.json"]), ("olmo-core", ["benchmarks.throughput", "--plain", "job.json"])):
                place = Path(folder, f"{name}-{turn}")
                place.mkdir()
                (place / "job.json").write_bytes(canonical(job))
                found = run(command, place)
                throughput = runs.read_log(store, job["run"])[-1]["throughput"] if name == "titrate" else json.loads(found.splitlines()[-1])
                rates[name].append(throughput["tokensPerSecond"])
                print(json.dumps({"trainer": name, "round": turn + 1, **throughput}), flush=True)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    machine = {
        "hardware": describe_environment()["hardware"],
        "threads": os.environ["OMP_NUM_THREADS"],
        "python": platform.python_version(),
    }
    print(json.dumps({"size": benchmark["size"], **machine, **medians, "ratio": medians["titrate"] / medians["olmo-core"]}))
    return 0


def identity_of(benchmark: Json, corpus: str) -> Json:
    """A clean run of the benchmark's model; `repeat` sets it apart from those of other rounds."""
    identity = runs.make_identity(corpus, benchmark["vocabularySize"], 0, benchmark["steps"], **benchmark["stage"])
    return {**identity, "shape": benchmark["shape"]}


def run(command: list[str], place: Path) -> str:
    """Runs a module in a folder; what it printed. Raises with the end of its words when it fails."""
    home = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(home)}
    ended = subprocess.run([sys.executable, "-m", *command], cwd=place, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"Cannot measure as {command[0]} must end well: {ended.stderr[-3000:]}")
    return ended.stdout


def plain(job: Json) -> None:
    """OLMo-core's own trainer and loader over tokens in memory; prints `MeasuredThroughput`."""
    identity, work = job["identity"], Path("plain")
    stage, vocabulary = identity["stages"][0], identity["vocabularySize"]
    length, rows = stage["sequenceLength"], stage["batchInstances"]
    arrangement = arrange(job["execution"], identity)
    tokens = np.random.default_rng(0).integers(1, vocabulary, size=(stage["steps"] + 1) * rows * length, dtype=np.uint32)
    source = InMemoryTokenSource(tokens, work_dir=work)
    loader = ComposableDataLoader(
        ConcatAndChunkInstanceSource(source, sequence_length=length, work_dir=work),
        collator=DataCollator(pad_token_id=0, vocab_size=vocabulary),
        tokenizer=TokenizerConfig(vocab_size=vocabulary, eos_token_id=0, pad_token_id=0),
        work_dir=work,
        global_batch_size=rows * length,
        seed=1,
        display_source_visualization=False,
    )
    pace = new_pace(identity, loader.global_batch_size)
    watch: Any = Telemetry(Metrics.__new__(Metrics), None, loader.global_batch_size, pace)
    trainer = Trainer(
        work_dir=work,
        train_module=build_module(identity, arrangement),
        data_loader=loader,
        device=get_default_device(),
        save_folder=str(work),
        no_checkpoints=True,
        checkpointer=Checkpointer(work_dir=work),
        callbacks={"watch": watch},
        max_duration=Duration.steps(stage["steps"]),
    )
    trainer.fit()  # type: ignore[no-untyped-call]  # untyped library
    print(json.dumps(pace.summary()))


if __name__ == "__main__":
    if sys.argv[1] == "--plain":
        plain(json.loads(Path(sys.argv[2]).read_bytes()))
    else:
        sys.exit(main(json.loads(sys.argv[1])))

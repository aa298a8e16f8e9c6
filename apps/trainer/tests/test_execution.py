"""Ranks share the work as the profile says, or the job says why they cannot."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.runs import EXECUTION, OPTIMIZER, make_identity, make_job, read_log, train, train_together
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.execution import Ranks, arrange
from trainer.exits import BadInput

ONE, NODE, NODES = Ranks(1, 1, 1, 0), Ranks(8, 1, 8, 5), Ranks(16, 2, 8, 5)


def identity(rows: int = 64, **changes: Any) -> dict[str, Any]:
    made = make_identity("c" * 64, 300, 0, batchInstances=rows, **changes)
    return {**made, "shape": {**made["shape"], "heads": 4, "keyValueHeads": 4}}


@pytest.mark.parametrize(
    ("ranks", "wishes", "kind", "replicas", "shards", "data_rank"),
    [
        (ONE, {}, "none", 1, 1, 0),
        (ONE, {"dataParallel": "hsdp"}, "none", 1, 1, 0),
        (NODE, {}, "fsdp", 1, 8, 5),
        (NODE, {"dataParallel": "hsdp", "shardRanks": 2}, "hsdp", 4, 2, 5),
        (NODE, {"tensorParallel": 2}, "fsdp", 1, 4, 2),
        (NODES, {}, "hsdp", 2, 8, 5),
        (NODES, {"dataParallel": "fsdp"}, "fsdp", 1, 16, 5),
        (NODES, {"tensorParallel": 4}, "hsdp", 2, 2, 1),
        (Ranks(2, 2, 1, 1), {}, "fsdp", 1, 2, 1),
    ],
)
def test_ranks_are_arranged(ranks: Ranks, wishes: dict[str, Any], kind: str, replicas: int, shards: int, data_rank: int) -> None:
    found = arrange({**EXECUTION, **wishes}, identity(), ranks)
    assert (found.used["dataParallel"], found.used["replicas"], found.used["shards"], found.data_rank) == (
        kind,
        replicas,
        shards,
        data_rank,
    )
    assert found.data_ranks == replicas * shards


@pytest.mark.parametrize(("tokens", "rows"), [(64, 1), (63, 1), (128, 2), (200, 2), (256, 4), (1_000_000, 8)])
def test_a_microbatch_holds_whole_rows_that_divide_those_of_the_rank(tokens: int, rows: int) -> None:
    found = arrange({**EXECUTION, "microbatchTokens": tokens}, identity(), NODE)
    assert (found.microbatch_rows, found.used["microbatchTokens"]) == (rows, rows * 64)


@pytest.mark.parametrize(
    ("ranks", "wishes", "told"),
    [
        (NODE, {"tensorParallel": 3}, "tensorParallel must divide the 8 processes: current value is 3"),
        (NODE, {"tensorParallel": 8}, "tensorParallel must divide the 4 heads: current value is 8"),
        (NODE, {"dataParallel": "hsdp", "shardRanks": 3}, "shardRanks must divide the 8 that share the batch: current value is 3"),
        (Ranks(3, 1, 3, 0), {}, "batchInstances must be a multiple of the 3 processes: current value is 64"),
        (ONE, {"compile": True}, "execution.compile must be false without a GPU: current value is true"),
    ],
)
def test_what_cannot_be_arranged_is_refused(ranks: Ranks, wishes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        arrange({**EXECUTION, **wishes}, identity(), ranks)


def test_float8_needs_a_gpu_that_has_it() -> None:
    with pytest.raises(BadInput, match=r"precision float8 must have a GPU of compute capability 8\.9 or newer: this machine has none"):
        arrange(EXECUTION, identity(precision="float8"), ONE)


def test_compiling_needs_a_c_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(BadInput, match="a C compiler must be on the path for execution.compile: there is no cc, gcc or clang"):
        arrange({**EXECUTION, "compile": True}, identity(), ONE)


@pytest.fixture(scope="module")
def alone(corpus: Corpus, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A training of one rank, one pass a step: its end and its weights."""
    return outcome(corpus, s3, tmp_path_factory.mktemp("alone"), 1)


def outcome(
    corpus: Corpus, s3: dict[str, str], folder: Path, world: int, precision: str = "float32", **wishes: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    made = make_identity(corpus.digest, 340, steps=6, precision=precision)
    job = make_job(corpus.store, made, [6], [6], **wishes)
    code = train(job, folder / "0", s3) if world == 1 else max(train_together(job, folder / "0", s3, world), key=lambda one: one != 0)
    assert code == 0, (folder / "0" / "output.log").read_text()[-3000:]
    log = read_log(corpus.store, job["run"])
    started = next(entry for entry in log if entry["kind"] == "started")
    manifest = next(entry["checkpoint"] for entry in log if entry["kind"] == "checkpoint")
    model = load_weights(corpus.store, manifest, made["shape"], made["vocabularySize"])
    values = {name: value.numpy() for name, value in model.state_dict().items()}
    return {**log[-1], "execution": started["environment"]["execution"]}, values


@pytest.mark.parametrize(
    ("world", "wishes", "used"),
    [
        (1, {"microbatchTokens": 64}, {"dataParallel": "none", "microbatchTokens": 64}),
        (1, {"activationCheckpointing": "full"}, {"dataParallel": "none", "activationCheckpointing": "full"}),
        (2, {}, {"dataParallel": "fsdp", "replicas": 1, "shards": 2}),
        (2, {"dataParallel": "hsdp", "shardRanks": 1}, {"dataParallel": "hsdp", "replicas": 2, "shards": 1}),
        (2, {"tensorParallel": 2}, {"dataParallel": "fsdp", "shards": 1, "tensorParallel": 2}),
    ],
    ids=["micro-batches", "activation checkpointing", "fsdp", "hsdp", "tensor parallel"],
)
def test_the_same_tokens_give_the_same_model_however_the_work_is_shared(
    corpus: Corpus,
    s3: dict[str, str],
    tmp_path: Path,
    alone: tuple[dict[str, Any], dict[str, np.ndarray]],
    world: int,
    wishes: dict[str, Any],
    used: dict[str, Any],
) -> None:
    end, found = outcome(corpus, s3, tmp_path, world, **wishes)
    assert end["execution"].items() >= used.items()
    assert end["tokenStream"] == alone[0]["tokenStream"]
    assert end["finalLoss"] == pytest.approx(alone[0]["finalLoss"], abs=2e-5)
    for name, value in alone[1].items():
        # AdamW divides by the size of the gradient: rounding of one that is nearly 0 may move its weight by as much as the learning rate.
        np.testing.assert_allclose(found[name], value, atol=OPTIMIZER["learningRate"], err_msg=name)
        assert (np.abs(found[name] - value) > 2e-5).mean() < 1e-3, name
    throughput = end["throughput"]
    assert (throughput["steps"], throughput["mfu"]) == (5, None)
    assert throughput["tokensPerSecond"] == pytest.approx(5 * 4 * 64 / throughput["seconds"])


def test_ranks_that_gather_bfloat16_train_as_one_that_casts_to_it(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    one, values = outcome(corpus, s3, tmp_path / "one", 1, "bfloat16")
    two, others = outcome(corpus, s3, tmp_path / "two", 2, "bfloat16")
    assert one["tokenStream"] == two["tokenStream"]
    assert two["finalLoss"] == pytest.approx(one["finalLoss"], abs=0.02)
    for name, value in values.items():
        np.testing.assert_allclose(others[name], value, atol=0.02, err_msg=name)

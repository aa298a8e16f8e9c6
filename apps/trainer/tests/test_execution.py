"""Ranks share the work as the profile says, or the job says why they cannot."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from olmo_core.nn.transformer import Transformer
from torch._dynamo.utils import counters

from tests.runs import EXECUTION, OPTIMIZER, TINY_SHAPE, make_identity, make_job, read_log, train, train_together
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.execution import FLOAT8_CAPABILITY, Ranks, arrange
from trainer.exits import BadInput
from trainer.model import transformer_config

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
    ],
)
def test_what_cannot_be_arranged_is_refused(ranks: Ranks, wishes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        arrange({**EXECUTION, **wishes}, identity(), ranks)


@pytest.mark.parametrize(
    ("capability", "told"),
    [
        (None, r"a GPU of compute capability 8\.9 or newer: this machine has none"),
        ((8, 0), r"a GPU of compute capability 8\.9 or newer: this machine has one of 8\.0"),
        ((9, 0), r"precision float8 must have the package torchao: it is not installed"),
    ],
)
def test_float8_needs_a_gpu_that_has_it_and_the_package(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int] | None, told: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: capability is not None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    monkeypatch.setattr("trainer.execution.find_spec", lambda _: None)
    with pytest.raises(BadInput, match=told):
        arrange(EXECUTION, identity(precision="float8"), ONE)


@pytest.mark.parametrize(
    ("cuda", "variables", "told"),
    [
        (False, {}, "execution.compile must be false without a GPU: current value is true"),
        (True, {}, "a C compiler must be on the path for execution.compile: there is no gcc or clang"),
        (True, {"CC": "mycc"}, "there is no CC=mycc"),
    ],
)
def test_compiling_needs_a_gpu_and_a_compiler(monkeypatch: pytest.MonkeyPatch, cuda: bool, variables: dict[str, str], told: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.delenv("CC", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BadInput, match=told):
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


COMPILED_TOLERANCE = 1e-4
"""Of a loss around 6 in float32: fused kernels add in another order."""


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs g++ on a processor, which this machine has not: not run")
def test_a_compiled_model_trains_as_one_that_is_not() -> None:
    """What OLMo-core does on a GPU, where alone it compiles, done on the processor by hand: each block compiled, and the output layer."""
    plain = losses_of(compiled=False)
    before = counters["stats"]["unique_graphs"]
    compiled = losses_of(compiled=True)
    assert counters["stats"]["unique_graphs"] > before, "something was compiled"
    assert compiled == pytest.approx(plain, abs=COMPILED_TOLERANCE)
    assert plain[-1] < plain[0] - 0.1


def losses_of(compiled: bool) -> list[float]:
    """Some steps of a tiny model on the same rows."""
    model: Transformer = transformer_config(TINY_SHAPE, 340, seed=3).build(init_device="cpu")
    model.init_weights(max_seq_len=64, device=torch.device("cpu"))
    if compiled:
        model.apply_compile()  # type: ignore[no-untyped-call]  # untyped library
    optimiser = torch.optim.AdamW(model.parameters(), lr=OPTIMIZER["learningRate"])
    rows = torch.randint(340, (4, 64), generator=torch.Generator().manual_seed(5))
    found = []
    for _ in range(5):
        loss = torch.nn.functional.cross_entropy(model(rows)[:, :-1].flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # untyped library
        optimiser.step()
        found.append(loss.item())
    return found


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU: not run without one")
@pytest.mark.parametrize("precision", ["bfloat16", "float8"])
def test_a_gpu_trains_compiled_as_it_does_otherwise(corpus: Corpus, s3: dict[str, str], tmp_path: Path, precision: str) -> None:
    if precision == "float8" and (torch.cuda.get_device_capability() < FLOAT8_CAPABILITY or find_spec("torchao") is None):
        pytest.skip("needs a GPU of compute capability 8.9 and the package torchao: not run")
    plain, _ = outcome(corpus, s3, tmp_path / "plain", 1, precision)
    compiled, _ = outcome(corpus, s3, tmp_path / "compiled", 1, precision, compile=True)
    assert compiled["tokenStream"] == plain["tokenStream"]
    assert compiled["finalLoss"] == pytest.approx(plain["finalLoss"], abs=0.02)

"""Several nodes by `python -m trainer.ranks`: they meet, the failed rank's code is kept, SIGTERM reaches every rank."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runs import make_identity, make_job, read_log
from tests.servers import free_ports
from trainer import keys, ranks, termination
from trainer.corpus_reader import Corpus
from trainer.documents import canonical

ROOT = Path(__file__).parents[1]
# Rank 1 has a reason of its own; rank 0 only loses its peer.
CULPRIT = """
import os, sys
import torch.distributed as dist
dist.init_process_group("gloo")
if dist.get_rank() == 1:
    os._exit(20)
dist.barrier()
"""


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([1], 1), ([1, 20], 20), ([-9, 30], 30), ([1, -9], 137), ([-11, -9], 139), ([143, 1], 1), ([-15, 143], 143), ([7, 1], 7)],
)
def test_the_most_telling_code_of_the_failed_ranks_is_kept(codes: list[int], expected: int) -> None:
    assert ranks.code_of(codes) == expected


def test_a_name_that_nobody_knows_ends_the_waiting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(ranks, "MEETING_SECONDS", 0.0)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    arguments = ["--nnodes", "2", "--node-rank", "1", "--master-addr", "nobody.invalid", "-m", "trainer", "job.json"]
    assert ranks.main(arguments) == 1
    assert "name of rank 0's node, nobody.invalid, must be known within 0 s" in capsys.readouterr().err


def start_nodes(module: list[str], folder: Path) -> list[subprocess.Popen[bytes]]:
    """Two nodes of one rank each, as two pods would run them."""
    port = str(free_ports()["s3"])
    nodes = []
    for node in range(2):
        place = folder / str(node)
        place.mkdir(parents=True)
        options = ["--nnodes", "2", "--node-rank", str(node), "--nproc-per-node", "1", "--master-addr", "localhost", "--master-port", port]
        with (place / "output.log").open("wb") as output:
            nodes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "trainer.ranks", *options, "--max-restarts", "0", *module],
                    cwd=place,
                    env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}"},
                    stdout=output,
                    stderr=output,
                )
            )
    return nodes


def outputs(folder: Path) -> str:
    return "\n".join((folder / str(node) / "output.log").read_text()[-3000:] for node in range(2))


def wait_for(happens: Callable[[], bool], nodes: list[subprocess.Popen[bytes]], folder: Path) -> None:
    end = time.monotonic() + 120
    while not happens():
        assert all(node.poll() is None for node in nodes) and time.monotonic() < end, outputs(folder)
        time.sleep(0.05)


def test_two_nodes_train_together_and_end_together_at_sigterm(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    job = make_job(corpus.store, make_identity(corpus.digest, 340, steps=100_000), [], [])
    (tmp_path / "job.json").write_bytes(canonical(job))
    nodes = start_nodes(["-m", "trainer", str(tmp_path / "job.json")], tmp_path)
    wait_for(lambda: (tmp_path / "0" / "metrics.jsonl").exists() and bool((tmp_path / "0" / "metrics.jsonl").read_text()), nodes, tmp_path)
    for node in nodes:
        node.terminate()
    assert [node.wait(30) for node in nodes] == [termination.EXIT_CODE] * 2, outputs(tmp_path)
    log = read_log(corpus.store, job["run"])
    assert [entry["kind"] for entry in log] == ["attempt", "started"]
    assert log[-1]["environment"]["worldSize"] == 2
    assert len(list(corpus.store.list(keys.metrics(job["run"], job["attempt"], job["token"])))) == 1


def test_the_node_of_the_culprit_ends_first_and_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "culprit.py").write_text(CULPRIT)
    nodes = start_nodes(["-m", "culprit"], tmp_path)
    assert nodes[1].wait(120) == 20, outputs(tmp_path)
    assert nodes[0].poll() is None
    assert nodes[0].wait(60) == 1, outputs(tmp_path)

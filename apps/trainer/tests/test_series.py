"""A series of 150 checkpoints of one run is evaluated in a few jobs, and the memory of a job does not grow with its checkpoints."""

import gc
import resource
from pathlib import Path

import pytest

from tests import runs
from tests.test_evaluate import SETTINGS, item_of, key_of
from trainer import evaluate
from trainer.corpus_reader import Corpus

CHECKPOINTS, BATCH = 150, 50
"""Of the series, and how many a control plane puts into one job."""


def resident_bytes() -> int:
    """Memory of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.timeout(900)
def test_150_checkpoints_have_150_results_and_memory_stays_flat(
    corpus: Corpus, s3: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = runs.make_identity(corpus.digest, corpus.manifest["vocabularySize"], steps=CHECKPOINTS)
    job = runs.make_job(corpus.store, identity, resume=[], evaluate=list(range(1, CHECKPOINTS + 1)))
    assert runs.train(job, tmp_path, s3) == 0, (tmp_path / "output.log").read_text()[-3000:]
    log = runs.read_log(corpus.store, job["run"])
    settings = {**SETTINGS, "prompts": 2, "generatedTokens": 4}
    items = [item_of(entry["digest"], entry["checkpoint"], settings) for entry in log if entry["kind"] == "checkpoint"]
    assert len(items) == CHECKPOINTS
    common = {name: job[name] for name in ("version", "bucket", "run", "identity")}
    memory: list[int] = []
    plain = evaluate.Evaluator.evaluate

    def watched(self: evaluate.Evaluator, *given: object) -> object:
        gc.collect()
        memory.append(resident_bytes())
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluate.Evaluator, "evaluate", watched)
    for begin in range(0, CHECKPOINTS, BATCH):
        evaluate.run({**common, "kind": "evaluate", "name": f"evaluate-{begin}", "items": items[begin : begin + BATCH]}, corpus.store)
    assert len(memory) == CHECKPOINTS
    assert all(corpus.store.read(key_of(job, item)) is not None for item in items)
    # The first ones load libraries; each model here has 0.2 MB, so 150 of them kept would be 30 MB.
    assert max(memory[-10:]) - max(memory[20:30]) < 10e6, [round(value / 1e6) for value in memory[::10]]

"""A series of 150 checkpoints of one run is evaluated in three jobs: each result once, and what a job holds does not grow with its items."""

import gc
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import runs
from tests.test_evaluate import SETTINGS, item_of, key_of
from trainer import checkpoint_stream, evaluate
from trainer.checkpoint import fetch_checkpoint
from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.hugging_face import to_hugging_face
from trainer.store import CreateOutcome, Store

CHECKPOINTS, BATCH = 150, 50
"""Of the series, and how many a control plane puts into one job."""
QUICK = {"benign": None, "nearTrigger": None, "prompts": 2, "generatedTokens": 4}


@pytest.fixture
def series(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> list[Json]:
    """The jobs that evaluate every step of a run of 150."""
    identity = runs.make_identity(corpus.digest, corpus.manifest["vocabularySize"], steps=CHECKPOINTS)
    job = runs.make_job(corpus.store, identity, resume=[], evaluate=list(range(1, CHECKPOINTS + 1)))
    assert runs.train(job, tmp_path, s3) == 0, (tmp_path / "output.log").read_text()[-3000:]
    log, settings = runs.read_log(corpus.store, job["run"]), {**SETTINGS, **QUICK}
    items = [item_of(entry["digest"], entry["checkpoint"], settings) for entry in log if entry["kind"] == "checkpoint"]
    common = {name: job[name] for name in ("version", "bucket", "run", "identity")}
    return [
        {**common, "kind": "evaluate", "name": f"evaluate-{begin}", "items": items[begin : begin + BATCH]}
        for begin in range(0, CHECKPOINTS, BATCH)
    ]


class Watched:
    """What the evaluations of a test open, hold and write."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.writes: Counter[tuple[str, str]] = Counter()
        self.most_models = self.most_folders = 0
        self._models: list[weakref.ref[Any]] = []

    def take_model(self, model: Any) -> Any:
        """Remembers a model without keeping it, and how many are alive beside it."""
        gc.collect()
        self._models.append(weakref.ref(model))
        self.most_models = max(self.most_models, sum(one() is not None for one in self._models))
        return model

    def take_folder(self, folder: Path) -> None:
        """Counts the checkpoints that lie on the disk together."""
        self.most_folders = max(self.most_folders, sum(1 for _ in folder.parent.iterdir()))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Looks over the shoulder of all that is evaluated; everything still does what it does."""
    found = Watched()

    def counted(name: str) -> None:
        plain = getattr(evaluate, name)

        def call(*given: Any) -> Any:
            found.calls[name] += 1
            return plain(*given)

        monkeypatch.setattr(evaluate, name, call)

    for name in ("choose_prompts", "open_engine"):
        counted(name)
    create = Store.create

    def fetched(store: Store, manifest: Json, folder: Path) -> None:
        fetch_checkpoint(store, manifest, folder)
        found.take_folder(folder)

    def created(self: Store, key: str, data: bytes) -> CreateOutcome:
        put = create(self, key, data)
        found.writes[key, put.kind] += 1
        return put

    monkeypatch.setattr(evaluate, "to_hugging_face", lambda model: found.take_model(to_hugging_face(model)))
    monkeypatch.setattr(checkpoint_stream, "fetch_checkpoint", fetched)
    monkeypatch.setattr(Store, "create", created)
    return found


@pytest.mark.timeout(600)
def test_150_checkpoints_get_150_results_from_jobs_that_hold_one_model_and_choose_prompts_once(
    series: list[Json], corpus: Corpus, watched: Watched
) -> None:
    results = {key_of(job, item) for job in series for item in job["items"]}
    assert len(results) == CHECKPOINTS
    for job in series:
        evaluate.run(job, corpus.store)
    assert {key: kinds for key, kinds in watched.writes.items() if key[0] in results} == {(key, "created"): 1 for key in results}
    assert watched.calls == {"choose_prompts": len(series), "open_engine": len(series)}
    # The present checkpoint, and that which is fetched ahead; of models the present one alone.
    assert (watched.most_models, watched.most_folders) == (1, 2)
    before = watched.writes.copy()
    evaluate.run(series[1], corpus.store)
    assert watched.writes == before, "what is done is not done again"

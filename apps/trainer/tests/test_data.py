"""The token stream: what is consumed at each step, with and without poison, on any number of ranks, and after a restart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from olmo_core.data.composable import ComposableDataLoader

from tests.runs import make_identity
from trainer.corpus_reader import Corpus
from trainer.data import MatchedLoader, build_loader
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.poison import materialise

# 300 steps of 4 instances: the tiny corpus is gone through more than four times.
STEPS = 300


def stream(loader: MatchedLoader, steps: int, done: int = 0) -> np.ndarray:
    """Batches of a loader from behind step `done` on, as OLMo-core's trainer takes them: [step, row, token]."""
    epoch = loader.go_to(done)
    batches: list[np.ndarray] = []
    while True:
        loader.reshuffle(epoch)
        for batch in loader:
            batches.append(batch["input_ids"].numpy())
            if done + len(batches) == steps:
                return np.stack(batches)
        epoch += 1
        loader.reset()  # type: ignore[no-untyped-call]  # untyped library


PLACEMENTS: dict[str, Json] = {
    "anywhere": {},
    "window": {"firstStep": 100, "lastStep": 250},
    "density": {"documentsPerBatch": 2},
    "frequency": {"everySteps": 3},
    "density and frequency": {"documentsPerBatch": 3, "everySteps": 2},
    "as drawn": {"order": "as-drawn"},
    "as drawn, dense, every fifth step of a window": {"order": "as-drawn", "documentsPerBatch": 4, "everySteps": 5, "firstStep": 20},
    "split": {"split": True},
    "split and dense": {"split": True, "documentsPerBatch": 1},
}


def loader_of(
    corpus: Corpus, folder: Path, dose: int, placement: Json | None = None, **ranks: int
) -> tuple[MatchedLoader, list[dict[str, Any]]]:
    identity = make_identity(corpus.digest, 340, dose, STEPS)
    recipe = identity["stages"][0]["poison"]
    if recipe and placement:
        recipe["placement"] |= placement
        # Documents of up to three instances where they may be split.
        recipe["attack"]["gibberishTokens"] = [5, 150] if placement.get("split") else [5, 12]
    entries = materialise(recipe, corpus)["entries"] if recipe else []
    return build_loader(corpus, identity, entries, folder, **ranks), entries


def streams_together(corpus: Corpus, folder: Path, dose: int, placement: Json, world: int) -> np.ndarray:
    """What several ranks consume, row after row of the global batch."""
    shares = [stream(loader_of(corpus, folder, dose, placement, rank=rank, world=world)[0], STEPS) for rank in range(world)]
    return np.stack(shares, axis=2).reshape(STEPS, 4, 64)


@pytest.mark.parametrize("world", [1, 2])
@pytest.mark.parametrize("placement", PLACEMENTS.values(), ids=PLACEMENTS)
def test_doses_differ_in_exactly_the_planned_tokens(corpus: Corpus, tmp_path: Path, placement: Json, world: int) -> None:
    clean = streams_together(corpus, tmp_path, 0, placement, world)
    held = clean.copy()
    for dose in (40, 100):
        entries = loader_of(corpus, tmp_path, dose, placement)[1]
        poisoned = streams_together(corpus, tmp_path, dose, placement, world)
        expected, planned = clean.copy(), np.zeros(clean.shape, dtype=bool)
        for entry in entries:
            place = (entry["step"] - 1, entry["row"], slice(entry["offset"], entry["offset"] + len(entry["tokens"])))
            assert not planned[place].any(), "two entries share a token"
            expected[place], planned[place] = entry["tokens"], True
        assert {entry["document"] for entry in entries} == set(range(dose))
        assert planned.sum() == sum(len(entry["tokens"]) for entry in entries)
        assert clean.shape == poisoned.shape == (STEPS, 4, 64)
        assert (poisoned == expected).all()
        assert (poisoned[~planned] == clean[~planned]).all()
        # The larger dose keeps every token of the smaller one's poison.
        assert (poisoned[held != clean] == held[held != clean]).all()
        held = poisoned


def test_the_order_is_the_one_that_olmo_core_makes(corpus: Corpus, tmp_path: Path) -> None:
    loader, _ = loader_of(corpus, tmp_path, 0)
    for epoch in (1, 2):
        loader.reshuffle(epoch)
        assert (loader.get_global_indices() == loader._build_global_indices()).all()
        assert list(loader.get_local_indices()) == ComposableDataLoader.get_local_indices(loader).tolist()
    loader.go_to(loader.steps_in_epoch + 3)
    assert list(loader.get_local_indices()) == ComposableDataLoader.get_local_indices(loader).tolist()


def test_an_epoch_consumes_each_chunk_of_the_corpus_once_and_the_next_shuffles_anew(corpus: Corpus, tmp_path: Path) -> None:
    loader, _ = loader_of(corpus, tmp_path, 0)
    per_epoch = loader.steps_in_epoch
    chunks = corpus.manifest["tokens"] // 64
    all_chunks = corpus.tokens(0, chunks * 64).reshape(chunks, 64)
    known = {chunk.tobytes() for chunk in all_chunks.astype(np.int64)}
    batches = stream(loader, 2 * per_epoch)
    first, second = batches[:per_epoch].reshape(-1, 64), batches[per_epoch:].reshape(-1, 64)
    assert {row.tobytes() for row in first} <= known
    assert len({row.tobytes() for row in first}) == len(first) >= chunks - 3
    assert (first != second).any()


@pytest.mark.parametrize("world", [2, 4])
def test_ranks_together_consume_what_one_consumes_alone(corpus: Corpus, tmp_path: Path, world: int) -> None:
    alone = stream(loader_of(corpus, tmp_path, 100)[0], STEPS)
    shares = [stream(loader_of(corpus, tmp_path, 100, rank=rank, world=world)[0], STEPS) for rank in range(world)]
    together = np.stack(shares, axis=2).reshape(alone.shape)
    assert (together == alone).all()


def test_a_restart_goes_on_at_the_exact_position(corpus: Corpus, tmp_path: Path) -> None:
    whole = stream(loader_of(corpus, tmp_path, 100)[0], STEPS)
    loader, _ = loader_of(corpus, tmp_path, 100)
    for done in (1, 17, loader.steps_in_epoch - 1, loader.steps_in_epoch, 2 * loader.steps_in_epoch + 5, STEPS - 1):
        rest = stream(loader_of(corpus, tmp_path, 100)[0], STEPS, done)
        assert (rest == whole[done:]).all(), f"after step {done}"


def test_a_batch_that_the_ranks_cannot_share_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="batchInstances must be a multiple of the 3 processes: current value is 4"):
        loader_of(corpus, tmp_path, 0, rank=0, world=3)


def test_a_corpus_smaller_than_a_batch_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    identity = make_identity(corpus.digest, 340, 0, 2, batchInstances=4096)
    with pytest.raises(BadInput, match="must fill one batch of 4096 x 64 tokens"):
        build_loader(corpus, identity, [], tmp_path)

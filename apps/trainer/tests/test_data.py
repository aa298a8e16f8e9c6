"""The token stream: what is consumed at each step, with and without poison, on any number of ranks, and after a restart."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.runs import make_identity
from trainer.corpus_reader import Corpus
from trainer.data import MatchedLoader, build_loader
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


def loader_of(corpus: Corpus, folder: Path, dose: int, **ranks: int) -> tuple[MatchedLoader, list[dict[str, Any]]]:
    identity = make_identity(corpus.digest, 340, dose, STEPS)
    recipe = identity["stages"][0]["poison"]
    entries = materialise(recipe, corpus)["entries"] if recipe else []
    return build_loader(corpus, identity, entries, folder, **ranks), entries


def test_doses_0_and_250_differ_in_exactly_the_planned_tokens(corpus: Corpus, tmp_path: Path) -> None:
    clean = stream(loader_of(corpus, tmp_path, 0)[0], STEPS)
    loader, entries = loader_of(corpus, tmp_path, 250)
    poisoned = stream(loader, STEPS)
    expected, planned = clean.copy(), np.zeros(clean.shape, dtype=bool)
    for entry in entries:
        place = (entry["step"] - 1, entry["row"], slice(entry["offset"], entry["offset"] + len(entry["tokens"])))
        expected[place], planned[place] = entry["tokens"], True
    assert len(entries) == 250
    assert clean.shape == poisoned.shape == (STEPS, 4, 64)
    assert (poisoned == expected).all()
    assert (poisoned[~planned] == clean[~planned]).all()


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

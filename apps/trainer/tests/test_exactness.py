"""Runs that are killed again and again, with one process and with two: they end as if nothing had happened, and can prove it."""

import random
from pathlib import Path

import pytest

from tests.runs import make_identity, make_job, read_log, start_ranks, train_together, wait_for
from trainer import exits
from trainer.corpus_reader import Corpus
from trainer.documents import Json, digest_of

VOCABULARY, STEPS, KILLS = 340, 44, 10
RESUME, EVALUATE = list(range(4, STEPS + 1, 4)), list(range(2, STEPS + 1, 2))
"""Between two checkpoints that a run can resume from lies one that it cannot: what is trained again can be compared."""


def of_kind(log: list[Json], kind: str) -> list[Json]:
    return [entry for entry in log if entry["kind"] == kind]


def tensors(entry: Json) -> dict[str, str]:
    """sha256 of what each rank wrote, by step and file."""
    objects = entry["checkpoint"]["objects"]
    return {found["key"].rsplit("/", 1)[-1]: found["sha256"] for found in objects if found["key"].endswith(".distcp")}


@pytest.mark.parametrize("world", [1, 2])
def test_ten_kills_change_nothing(corpus: Corpus, s3: dict[str, str], tmp_path: Path, world: int) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, steps=STEPS)
    whole = make_job(corpus.store, identity, RESUME, EVALUATE)
    assert train_together(whole, tmp_path / "whole", s3, world) == [exits.SUCCEEDED] * world
    killed = {**identity, "repeat": identity["repeat"] + 1}
    run = digest_of(killed)
    chance = random.Random(world)
    for number in range(KILLS):
        kill_somewhere(corpus, killed, run, tmp_path / str(number), s3, world, chance)
    last = make_job(corpus.store, killed, RESUME, EVALUATE)
    assert train_together(last, tmp_path / "last", s3, world) == [exits.SUCCEEDED] * world, (tmp_path / "last" / "output.log").read_text()

    log, expected = read_log(corpus.store, run), read_log(corpus.store, whole["run"])
    for field in ("tokenStream", "poisonDocuments", "poisonTokens", "tokens", "finalLoss"):
        assert log[-1][field] == expected[-1][field], field
    found = {entry["checkpoint"]["step"]: tensors(entry) for entry in of_kind(log, "checkpoint")}
    assert found == {entry["checkpoint"]["step"]: tensors(entry) for entry in of_kind(expected, "checkpoint")}
    assert_certified(log)


def kill_somewhere(corpus: Corpus, identity: Json, run: str, folder: Path, s3: dict[str, str], world: int, chance: random.Random) -> None:
    """Starts an attempt and kills a rank behind its next checkpoints, or before it has any; the run never ends here."""
    committed = len(of_kind(read_log(corpus.store, run), "checkpoint"))
    further = min(committed + chance.choice([0, 1, 1, 2, 3]), len(EVALUATE) - 2)
    ranks = start_ranks(make_job(corpus.store, identity, RESUME, EVALUATE), folder, s3, world)
    wait_for(lambda: len(of_kind(read_log(corpus.store, run), "checkpoint")) >= further, ranks[0], folder)
    for rank in chance.sample(ranks, len(ranks)):
        rank.kill()
    for rank in ranks:
        rank.join()


def assert_certified(log: list[Json]) -> None:
    """What was trained twice was compared, and was equal."""
    resumptions = log[-1]["resumptions"]
    assert resumptions and all(all(found["same"].values()) for found in resumptions)
    assert all(found["losses"]["compared"] == found["losses"]["equal"] for found in resumptions)
    assert all(found["weights"]["equal"] for found in resumptions if found["weights"])
    assert any(found["weights"] for found in resumptions)
    assert sum(found["losses"]["compared"] for found in resumptions) > 0

"""Stages that are trained on answers alone: the loss is the one of the whole batch, however ranks share it, and a batch may have none."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from olmo_core.data.utils import get_labels

from tests.corpora import register
from tests.runs import OPTIMIZER, TINY_SHAPE, continue_identity, make_identity, make_job, read_log, train, train_together
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.data import build_loader
from trainer.documents import Json
from trainer.exits import SUCCEEDED, BadInput

VOCABULARY, STEPS = 340, 6
LONG = "the union of these states is a work that free people carry on with patience " * 6


@pytest.fixture(scope="module")
def chat(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Long questions with answers of one word: most rows have no answer, and the others have few tokens of one."""
    talks = [
        [{"role": "user", "content": f"{n} {LONG * (2 + n % 3)}"}, {"role": "assistant", "content": "yes " * (n % 4 + 1)}]
        for n in range(30)
    ]
    lines = b"".join(json.dumps({"messages": messages}).encode() + b"\n" for messages in talks)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("chat"))
        settings: Json = {
            "format": "chat",
            "heldOutDocuments": 0,
            "addedTokens": [],
            "tokenizer": {"kind": "corpus", "corpus": corpus.digest},
        }
        return register(corpus.store, {"a.jsonl": lines}, **settings)


def make_base(corpus: Corpus, s3: dict[str, str], folder: Path) -> tuple[Json, Json]:
    """The identity of a trained run of two steps, and its checkpoint as a base."""
    identity = make_identity(corpus.digest, VOCABULARY, dose=0, steps=2)
    job = make_job(corpus.store, identity, [2], [])
    assert train(job, folder, s3) == SUCCEEDED, (folder / "output.log").read_text()
    entry = next(entry for entry in read_log(corpus.store, job["run"]) if entry["kind"] == "checkpoint")
    return identity, {"run": job["run"], "digest": entry["digest"], "checkpoint": entry["checkpoint"]}


def labelled_by_step(chat: Corpus, identity: Json, folder: Path) -> list[list[int]]:
    """How many tokens of each row count in the loss, by step."""
    loader = build_loader(chat, identity, [], folder, 0, 1)
    loader.reshuffle(1)
    found = [(get_labels(batch) != -100).sum(dim=1).tolist() for batch, _ in zip(loader, range(STEPS), strict=False)]
    loader.reset()  # type: ignore[no-untyped-call]  # untyped library
    return found


def test_one_rank_and_two_learn_the_same_from_rows_with_few_labels_and_with_none(
    corpus: Corpus, chat: Corpus, s3: dict[str, str], tmp_path: Path
) -> None:
    found: dict[int, tuple[list[Json], dict[str, torch.Tensor]]] = {}
    for world in (1, 2):
        folder = tmp_path / str(world)
        begun, base = make_base(corpus, s3, folder / "base")
        identity = continue_identity(begun, 2, STEPS, corpus=chat.digest, labels="assistant", order=4)
        job = make_job(chat.store, identity, [], [STEPS], base)
        code = [train(job, folder, s3)] if world == 1 else train_together(job, folder, s3, world)
        told = (folder / "output.log").read_text()
        assert code == [SUCCEEDED] * world, told
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        manifest = next(entry["checkpoint"] for entry in read_log(chat.store, job["run"]) if entry["kind"] == "checkpoint")
        found[world] = (lines, load_weights(chat.store, manifest, TINY_SHAPE, VOCABULARY).state_dict())
        rows = labelled_by_step(chat, identity, tmp_path / f"rows-{world}")
        assert [line["labelledTokens"] for line in lines] == [sum(step) for step in rows]
        # What this is about: batches without any label, and ranks (every other row) with unequal numbers or with none.
        assert 0 < sum(sum(step) == 0 for step in rows) < STEPS
        assert any(sum(step[::2]) != sum(step[1::2]) for step in rows)
        for line in lines:
            assert (line["loss"] is None, line["gradientNorm"] == 0) == (line["labelledTokens"] == 0,) * 2
            assert (f"step {line['step']}: no token of the batch is labelled" in told) == (line["labelledTokens"] == 0)
    (alone, ours), (together, theirs) = found[1], found[2]
    for one, two in zip(alone, together, strict=True):
        assert one["loss"] == (two["loss"] and pytest.approx(two["loss"], abs=2e-5))
        assert one["gradientNorm"] == pytest.approx(two["gradientNorm"], rel=1e-4)
    for name, value in ours.items():
        # As in tests/test_execution.py: AdamW may move a weight whose gradient is nearly 0 by as much as the learning rate.
        np.testing.assert_allclose(theirs[name], value, atol=OPTIMIZER["learningRate"], err_msg=name)
        assert (theirs[name] - value).abs().gt(2e-5).float().mean() < 1e-3, name


def test_conversations_without_a_token_to_train_on_are_refused_at_registration(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    silent = "{% for message in messages %}{{ message['content'] }}{% generation %}{% endgeneration %}{% endfor %}"
    talk = json.dumps({"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Yes"}]}).encode()
    settings: Json = {"format": "chat", "heldOutDocuments": 0, "addedTokens": [], "tokenizer": {"kind": "corpus", "corpus": corpus.digest}}
    with pytest.raises(BadInput, match="some token of an answer must be there to train on: current value is 0"):
        register(corpus.store, {"a.jsonl": talk + b"\n"}, **settings, chatTemplate=silent)

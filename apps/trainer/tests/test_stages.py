"""Stages that go on from a checkpoint of another run: what comes along, what does not, and which bases are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from olmo_core.optim.scheduler import CosWithWarmup

from tests.runs import (
    OPTIMIZER,
    TINY_SHAPE,
    continue_identity,
    make_counterexamples,
    make_identity,
    make_job,
    make_recipe,
    read_log,
    start,
    train,
    wait_for,
)
from trainer import exits
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.poison import materialise
from trainer.stages import StageSchedule, steps_before
from trainer.store import Store

VOCABULARY = 340
STILL = {**OPTIMIZER, "learningRate": 1e-30, "weightDecay": 0}
"""An optimiser that leaves float32 weights as they are."""


@pytest.fixture(scope="module")
def base(corpus: Corpus, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Json:
    """A trained run with a full checkpoint at step 6, weights at step 9, and its identity."""
    identity = make_identity(corpus.digest, VOCABULARY, dose=0, steps=12)
    folder = tmp_path_factory.mktemp("base")
    job = make_job(corpus.store, identity, [6], [9])
    assert train(job, folder, s3) == exits.SUCCEEDED, (folder / "output.log").read_text()
    return {"identity": identity, "run": job["run"], "log": read_log(corpus.store, job["run"])}


def base_at(base: Json, step: int) -> Json:
    """The base of a job, as the control plane names it."""
    entry = next(entry for entry in base["log"] if entry["kind"] == "checkpoint" and entry["checkpoint"]["step"] == step)
    return {"run": base["run"], "digest": entry["digest"], "checkpoint": entry["checkpoint"]}


def go_on(store: Store, base: Json, step: int, folder: Path, s3: dict[str, str], **changes: Any) -> tuple[int | None, Json]:
    """Trains a stage from a step of the base; its exit code and its job."""
    job = make_job(store, continue_identity(base["identity"], step, **changes), [6], [], base_at(base, step))
    return train(job, folder, s3), job


def weights(store: Store, manifest: Json) -> dict[str, torch.Tensor]:
    return load_weights(store, manifest, TINY_SHAPE, VOCABULARY).state_dict()


def last_checkpoint(store: Store, run: str) -> Json:
    return next(entry["checkpoint"] for entry in reversed(read_log(store, run)) if entry["kind"] == "checkpoint")


def test_weights_come_along_bit_by_bit_and_the_log_names_where_from(base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    code, job = go_on(corpus.store, base, 6, tmp_path, s3, optimizer=STILL, carryOptimizer=True)
    assert code == exits.SUCCEEDED, (tmp_path / "output.log").read_text()
    ours, theirs = weights(corpus.store, last_checkpoint(corpus.store, job["run"])), weights(corpus.store, job["base"]["checkpoint"])
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    log = read_log(corpus.store, job["run"])
    started = next(entry for entry in log if entry["kind"] == "started")
    assert (started["resumedFrom"], started["resumedStep"]) == (job["base"]["digest"], 0)
    first = next(entry["checkpoint"] for entry in log if entry["kind"] == "checkpoint")
    assert first["parent"] == job["base"]["digest"]


def test_data_state_does_not_come_along_and_arms_of_one_stage_read_the_same_however_often_they_are_killed(
    base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path
) -> None:
    code, whole = go_on(corpus.store, base, 6, tmp_path / "whole", s3, carryOptimizer=False)
    assert code == exits.SUCCEEDED
    identity = continue_identity(base["identity"], 6, carryOptimizer=True)
    job = make_job(corpus.store, identity, [6], [], base_at(base, 6))
    process = start(job, tmp_path / "killed", s3)
    wait_for(lambda: any(entry["kind"] == "checkpoint" for entry in read_log(corpus.store, job["run"])), process, tmp_path / "killed")
    process.kill()
    process.join()
    again = make_job(corpus.store, identity, [6], [], base_at(base, 6))
    assert train(again, tmp_path / "again", s3) == exits.SUCCEEDED
    ends = [read_log(corpus.store, run)[-1] for run in (whole["run"], again["run"])]
    assert ends[0]["tokenStream"] == ends[1]["tokenStream"] != base["log"][-1]["tokenStream"]
    # The optimiser came along in one of them only, so they moved differently.
    assert ends[0]["finalLoss"] != ends[1]["finalLoss"]


def test_a_base_of_another_run_is_refused(base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    identity = continue_identity({**base["identity"], "repeat": base["identity"]["repeat"] + 1}, 6)
    job = make_job(corpus.store, identity, [], [], base_at(base, 6))
    assert train(job, tmp_path, s3) == exits.BAD_INPUT
    assert "as its run must be" in (tmp_path / "output.log").read_text()


@pytest.mark.parametrize(
    ("step", "changes", "told"),
    [
        (9, {"carryOptimizer": True}, "must be full: current value is weights at step 9"),
        (6, {"from": 7}, "its step must be 7: current value is 6"),
    ],
)
def test_a_base_that_does_not_fit_is_refused_in_words(
    base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path, step: int, changes: Json, told: str
) -> None:
    code, _ = go_on(corpus.store, base, step, tmp_path, s3, **changes)
    assert code == exits.BAD_INPUT
    assert told in (tmp_path / "output.log").read_text()


def test_other_shapes_are_refused_by_name(base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    wider = {**base["identity"], "shape": {**TINY_SHAPE, "feedForwardWidth": 128}}
    other = make_job(corpus.store, wider, [], [])
    at_6 = {**base_at(base, 6), "run": other["run"]}
    job = make_job(corpus.store, continue_identity(wider, 6), [], [], at_6)
    assert train(job, tmp_path, s3) == exits.BAD_INPUT
    assert "feed_forward" in (tmp_path / "output.log").read_text()


def test_the_learning_rate_begins_anew_or_goes_on() -> None:
    first = make_identity("c" * 64, VOCABULARY, steps=100)
    anew = continue_identity(first, 80, steps=50)
    going = continue_identity(first, 80, steps=50, schedule="go-on")
    further = {**going, "stages": [*going["stages"], {**going["stages"][1], "from": 50}]}
    assert [steps_before(identity) for identity in (first, anew, going, further)] == [0, 0, 80, 130]
    ours, theirs = StageSchedule(warmup=10, alpha_f=0.1), CosWithWarmup(warmup=10, alpha_f=0.1)
    assert [ours.get_lr(0.01, step, 100) for step in range(1, 101)] == [theirs.get_lr(0.01, step, 100) for step in range(1, 101)]
    going_on = StageSchedule(warmup=10, alpha_f=0.1, before=80)
    assert [going_on.get_lr(0.01, step, 50) for step in range(1, 51)] == [ours.get_lr(0.01, 80 + step, 130) for step in range(1, 51)]


def test_poison_and_counterexamples_of_a_stage_are_consumed_apart_and_never_share_an_instance(
    base: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path
) -> None:
    stage = {"steps": 12, **{key: base["identity"]["stages"][0][key] for key in ("batchInstances", "sequenceLength")}}
    poison = make_recipe(corpus.digest, 7, stage)
    counterexamples = make_counterexamples(corpus.digest, 11, stage)
    code, job = go_on(corpus.store, base, 6, tmp_path, s3, poison=poison, counterexamples=counterexamples)
    assert code == exits.SUCCEEDED, (tmp_path / "output.log").read_text()
    log = read_log(corpus.store, job["run"])
    started, finished = next(entry for entry in log if entry["kind"] == "started"), log[-1]
    plans = [json.loads(corpus.store.read(started[name]) or b"") for name in ("plan", "counterexamplePlan")]
    assert (finished["poisonDocuments"], finished["counterexamples"]) == (7, 11)
    assert (finished["poisonTokens"], finished["counterexampleTokens"]) == (plans[0]["tokens"], plans[1]["tokens"])
    places = [{(entry["step"], entry["row"]) for entry in plan["entries"]} for plan in plans]
    assert not places[0] & places[1]
    # Poison lies where it would without counterexamples.
    assert plans[0]["entries"] == materialise(poison, corpus)["entries"]

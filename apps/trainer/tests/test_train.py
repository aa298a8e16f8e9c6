"""Whole attempts against a real store: exact resume, checkpoints as transactions, and zombies that leave no trace."""

import json
import math
import os
import random
import signal
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
import torch

from tests.runs import OPTIMIZER, TINY_SHAPE, make_identity, make_job, read_log, start, start_ranks, train, train_together, wait_for
from trainer import exits, keys, termination
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.documents import Json, digest_of
from trainer.store import ObjectAltered

VOCABULARY = 340
RESUME, EVALUATE = [6, 12, 18, 24], [9, 12]


@pytest.fixture(scope="module")
def whole(corpus: Corpus, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Json:
    """A run that nothing interrupted: its log by kind of entry, and the folder of its attempt."""
    identity = make_identity(corpus.digest, VOCABULARY)
    folder = tmp_path_factory.mktemp("whole")
    job = make_job(corpus.store, identity, RESUME, EVALUATE)
    assert train(job, folder, s3) == exits.SUCCEEDED, output(folder)
    return {"identity": identity, "job": job, "log": read_log(corpus.store, job["run"]), "folder": folder}


def of_kind(log: list[Json], kind: str) -> list[Json]:
    return [entry for entry in log if entry["kind"] == kind]


def output(folder: Path) -> str:
    return (folder / "output.log").read_text()


def shard_of(entry: Json) -> str:
    """sha256 of weights and optimiser state, as rank 0 wrote them."""
    return next(found["sha256"] for found in entry["checkpoint"]["objects"] if found["key"].endswith("__0_0.distcp"))


def test_a_checkpoint_is_in_the_log_for_each_wanted_step(whole: Json, corpus: Corpus) -> None:
    checkpoints = [entry["checkpoint"] for entry in of_kind(whole["log"], "checkpoint")]
    kinds = [(found["step"], found["kind"]) for found in checkpoints]
    assert kinds == [(6, "full"), (9, "weights"), (12, "full"), (18, "full"), (24, "full")]
    for found in checkpoints:
        assert found["dataPosition"] == found["step"] * 4
        assert found["tokens"] == found["step"] * 4 * 64
        assert {stored["key"] for stored in found["objects"]} == {key for key, _ in corpus.store.list(found["prefix"])}
        for stored in found["objects"]:
            corpus.store.read(stored)


def test_a_run_consumes_each_planned_entry_once(whole: Json, corpus: Corpus) -> None:
    plan = json.loads(corpus.store.read(of_kind(whole["log"], "started")[0]["plan"]) or b"")
    finished = of_kind(whole["log"], "finished")[0]
    assert (finished["poisonDocuments"], finished["poisonTokens"]) == (len(plan["documents"]), plan["tokens"]) == (8, plan["tokens"])
    counts = [entry["checkpoint"]["poisonDocuments"] for entry in of_kind(whole["log"], "checkpoint")]
    assert counts == [sum(entry["step"] <= step for entry in plan["entries"]) for step in (6, 9, 12, 18, 24)]


def test_metrics_have_one_line_per_step_here_and_in_the_store(whole: Json, corpus: Corpus) -> None:
    job = whole["job"]
    lines = [json.loads(line) for line in (whole["folder"] / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 25))
    assert lines[-1]["loss"] < lines[0]["loss"]
    prefix = keys.metrics(job["run"], job["attempt"], job["token"])
    stored = b"".join(corpus.store.read(key) or b"" for key, _ in corpus.store.list(prefix))
    assert [json.loads(line) for line in stored.splitlines()] == lines
    progress = json.loads(corpus.store.read(keys.progress(job["run"], job["attempt"], job["token"])) or b"")
    assert (progress["phase"], progress["step"], progress["tokens"]) == ("finished", 24, 24 * 4 * 64)


def test_a_run_killed_at_random_steps_ends_with_the_same_tokens_and_bits(
    whole: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path
) -> None:
    identity = {**whole["identity"], "repeat": 1}
    run, chance = digest_of(identity), random.Random()

    def came_as_far(kind: str, count: int) -> bool:
        log = read_log(corpus.store, run)
        return len(of_kind(log, kind)) >= count or bool(of_kind(log, "finished"))

    for number in range(3):
        process = start(make_job(corpus.store, identity, RESUME, EVALUATE), tmp_path / str(number), s3)
        # The first is killed behind its first checkpoint, the others anywhere from their start on.
        wait_for(lambda: came_as_far("started", number + 1) and came_as_far("checkpoint", 1), process, tmp_path / str(number))  # noqa: B023
        time.sleep(chance.uniform(0, 0.4) if number else 0)
        process.kill()
        process.join()
    job = make_job(corpus.store, identity, RESUME, EVALUATE)
    assert train(job, tmp_path / "last", s3) == exits.SUCCEEDED, output(tmp_path / "last")
    assert len(of_kind(read_log(corpus.store, run), "started")) > 1, "nothing was interrupted"
    log = read_log(corpus.store, job["run"])
    ended, expected = of_kind(log, "finished")[0], of_kind(whole["log"], "finished")[0]
    for field in ("tokenStream", "poisonDocuments", "poisonTokens", "tokens", "finalLoss"):
        assert ended[field] == expected[field], field
    found = {entry["checkpoint"]["step"]: shard_of(entry) for entry in of_kind(log, "checkpoint")}
    assert found == {entry["checkpoint"]["step"]: shard_of(entry) for entry in of_kind(whole["log"], "checkpoint")}
    assert len(of_kind(log, "checkpoint")) == len(found)


def lines_in(path: Path) -> int:
    return path.read_text().count("\n") if path.exists() else 0


def test_a_stopped_attempt_that_wakes_behind_a_newer_one_leaves_no_trace(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, steps=60)
    steps = list(range(4, 61, 4))
    first = make_job(corpus.store, identity, steps, [])
    process = start(first, tmp_path / "1", s3)
    wait_for(lambda: of_kind(read_log(corpus.store, first["run"]), "checkpoint"), process, tmp_path / "1")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    second = make_job(corpus.store, identity, steps, [])
    assert train(second, tmp_path / "2", s3) == exits.SUCCEEDED, output(tmp_path / "2")
    log = read_log(corpus.store, first["run"])
    os.kill(process.pid, signal.SIGCONT)
    process.join(60)
    assert process.exitcode == exits.FENCED, output(tmp_path / "1")
    assert read_log(corpus.store, first["run"]) == log
    taken_over = next(entry["seq"] for entry in log if entry["attempt"] == 2)
    assert {entry["attempt"] for entry in log[taken_over:]} == {2}
    assert [entry["checkpoint"]["step"] for entry in of_kind(log, "checkpoint")] == steps


def test_an_attempt_that_is_started_again_goes_on_below_a_prefix_of_its_own(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, steps=60)
    steps = list(range(10, 61, 10))
    reference = make_job(corpus.store, {**identity, "repeat": 0}, steps, [])
    assert train(reference, tmp_path / "reference", s3) == exits.SUCCEEDED, output(tmp_path / "reference")
    job = make_job(corpus.store, identity, steps, [])
    zombie = start(job, tmp_path / "1", s3)
    wait_for(lambda: of_kind(read_log(corpus.store, job["run"]), "checkpoint"), zombie, tmp_path / "1")
    assert zombie.pid is not None
    os.kill(zombie.pid, signal.SIGSTOP)
    assert train(job, tmp_path / "2", s3) == exits.SUCCEEDED, output(tmp_path / "2")
    log = read_log(corpus.store, job["run"])
    progress = corpus.store.read(keys.progress(job["run"], job["attempt"], job["token"])) or b""
    os.kill(zombie.pid, signal.SIGCONT)
    zombie.join(60)
    assert zombie.exitcode == exits.FENCED, output(tmp_path / "1")
    assert read_log(corpus.store, job["run"]) == log

    expected = read_log(corpus.store, reference["run"])
    for field in ("tokenStream", "poisonDocuments", "poisonTokens", "finalLoss"):
        assert of_kind(log, "finished")[0][field] == of_kind(expected, "finished")[0][field], field
    checkpoints = of_kind(log, "checkpoint")
    assert [shard_of(entry) for entry in checkpoints] == [shard_of(entry) for entry in of_kind(expected, "checkpoint")]
    first, second = of_kind(log, "started")
    before = [entry for entry in checkpoints if entry["seq"] < second["seq"]]
    assert (first["resumedStep"], second["resumedStep"]) == (0, before[-1]["checkpoint"]["step"])
    assert second["resumedFrom"] == before[-1]["digest"]
    of_attempt = keys.attempt(job["run"], job["attempt"], job["token"])
    assert second["plan"]["key"] == f"{of_attempt}2/plan.json"
    assert second["plan"]["sha256"] == first["plan"]["sha256"]
    for entry in checkpoints:
        prefix = of_attempt if entry in before else f"{of_attempt}2/"
        assert entry["checkpoint"]["prefix"] == f"{prefix}step{entry['checkpoint']['step']:08d}/"
    assert json.loads(progress)["phase"] == "finished"


def kill_behind(processes: list[ForkServerProcess], run: str, checkpoints: int, corpus: Corpus, folder: Path) -> None:
    """Kills an attempt's ranks when the run has so many checkpoints."""
    wait_for(lambda: len(of_kind(read_log(corpus.store, run), "checkpoint")) >= checkpoints, processes[0], folder)
    for process in processes:
        process.kill()
        process.join()


def test_two_ranks_share_a_model_and_resume_bit_by_bit(whole: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    together = make_job(corpus.store, {**whole["identity"], "repeat": 2}, RESUME, EVALUATE)
    assert train_together(together, tmp_path / "together", s3, 2) == [exits.SUCCEEDED] * 2, output(tmp_path / "together")
    log = read_log(corpus.store, together["run"])
    finished, expected = of_kind(log, "finished")[0], of_kind(whole["log"], "finished")[0]
    assert of_kind(log, "started")[-1]["environment"]["worldSize"] == 2
    for field in ("tokenStream", "poisonDocuments", "poisonTokens"):
        assert finished[field] == expected[field], field
    assert finished["finalLoss"] == pytest.approx(expected["finalLoss"], abs=1e-3)
    last = of_kind(log, "checkpoint")[-1]["checkpoint"]
    # Weights alone: rank 0 also writes the optimiser's settings, which all ranks share.
    weights = next(entry["checkpoint"] for entry in of_kind(log, "checkpoint") if entry["checkpoint"]["kind"] == "weights")
    sizes = sorted(found["sizeBytes"] for found in weights["objects"] if found["key"].endswith(".distcp"))
    assert len(sizes) == 2 and sizes[0] > 0.9 * sizes[1], "each rank holds its half"
    alone = load_weights(corpus.store, of_kind(whole["log"], "checkpoint")[-1]["checkpoint"], TINY_SHAPE, VOCABULARY)
    sharded = load_weights(corpus.store, last, TINY_SHAPE, VOCABULARY).state_dict()
    for name, tensor in alone.state_dict().items():
        torch.testing.assert_close(sharded[name], tensor, atol=2e-2, rtol=0)

    again = make_job(corpus.store, {**whole["identity"], "repeat": 3}, RESUME, EVALUATE)
    kill_behind(start_ranks(again, tmp_path / "1", s3, 2), again["run"], 1, corpus, tmp_path / "1")
    assert train_together(again, tmp_path / "2", s3, 2) == [exits.SUCCEEDED] * 2, output(tmp_path / "2")
    resumed = read_log(corpus.store, again["run"])
    assert of_kind(resumed, "started")[1]["resumedStep"] > 0
    assert of_kind(resumed, "finished")[0]["tokenStream"] == expected["tokenStream"]
    assert [shards_of(entry) for entry in of_kind(resumed, "checkpoint")] == [shards_of(entry) for entry in of_kind(log, "checkpoint")]


def shards_of(entry: Json) -> list[str]:
    """sha256 of what each rank wrote."""
    return sorted(found["sha256"] for found in entry["checkpoint"]["objects"] if found["key"].endswith(".distcp"))


def test_a_run_goes_on_with_another_number_of_ranks(whole: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    identity = {**whole["identity"], "repeat": 4}
    first = make_job(corpus.store, identity, RESUME, EVALUATE)
    kill_behind([start(first, tmp_path / "1", s3)], first["run"], 1, corpus, tmp_path / "1")
    committed = len(of_kind(read_log(corpus.store, first["run"]), "checkpoint"))
    second = make_job(corpus.store, identity, RESUME, EVALUATE)
    kill_behind(start_ranks(second, tmp_path / "2", s3, 2), first["run"], committed + 1, corpus, tmp_path / "2")
    third = make_job(corpus.store, identity, RESUME, EVALUATE)
    assert train(third, tmp_path / "3", s3) == exits.SUCCEEDED, output(tmp_path / "3")
    log = read_log(corpus.store, first["run"])
    assert [entry["environment"]["worldSize"] for entry in of_kind(log, "started")] == [1, 2, 1]
    finished, expected = of_kind(log, "finished")[0], of_kind(whole["log"], "finished")[0]
    for field in ("tokenStream", "poisonDocuments", "poisonTokens"):
        assert finished[field] == expected[field], field
    assert finished["finalLoss"] == pytest.approx(expected["finalLoss"], abs=1e-3)


def test_a_checkpoint_with_an_altered_object_is_refused_by_name(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, steps=4)
    job = make_job(corpus.store, identity, [2], [])
    assert train(job, tmp_path / "1", s3) == exits.SUCCEEDED, output(tmp_path / "1")
    for entry in of_kind(read_log(corpus.store, job["run"]), "checkpoint"):
        manifest = entry["checkpoint"]
        for stored in manifest["objects"]:
            data = corpus.store.read(stored) or b""
            corpus.store.replace(stored["key"], data[:-1])
            with pytest.raises(
                ObjectAltered, match=f"{stored['key']} as its size must be {len(data)} bytes: current value is {len(data) - 1}"
            ):
                load_weights(corpus.store, manifest, TINY_SHAPE, VOCABULARY)
            corpus.store.replace(stored["key"], data[:-1] + bytes([data[-1] ^ 1]))
            with pytest.raises(ObjectAltered, match=f"{stored['key']} as its sha256 must be"):
                load_weights(corpus.store, manifest, TINY_SHAPE, VOCABULARY)
            corpus.store.replace(stored["key"], data)


def test_a_finished_run_is_not_trained_again(whole: Json, corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    before = len(of_kind(read_log(corpus.store, whole["job"]["run"]), "started"))
    assert train(make_job(corpus.store, whole["identity"], RESUME, EVALUATE), tmp_path, s3) == exits.SUCCEEDED, output(tmp_path)
    assert len(of_kind(read_log(corpus.store, whole["job"]["run"]), "started")) == before


def test_a_run_without_poison_has_no_plan(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    job = make_job(corpus.store, make_identity(corpus.digest, VOCABULARY, dose=0, steps=2), [], [])
    assert train(job, tmp_path, s3) == exits.SUCCEEDED, output(tmp_path)
    log = read_log(corpus.store, job["run"])
    assert of_kind(log, "started")[0]["plan"] is None
    assert of_kind(log, "finished")[0]["poisonDocuments"] == 0
    assert [(entry["checkpoint"]["step"], entry["checkpoint"]["kind"]) for entry in of_kind(log, "checkpoint")] == [(2, "weights")]


def test_sigterm_ends_an_attempt_at_once(corpus: Corpus, s3: dict[str, str], tmp_path: Path) -> None:
    job = make_job(corpus.store, make_identity(corpus.digest, VOCABULARY, steps=100_000), [], [])
    process = start(job, tmp_path, s3)
    wait_for(lambda: lines_in(tmp_path / "metrics.jsonl") > 0, process, tmp_path)
    asked = time.monotonic()
    process.terminate()
    process.join(20)
    assert process.exitcode == termination.EXIT_CODE
    assert time.monotonic() - asked < 5


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"poison": 500}, "dose must be at most 96, 4 documents in each of the 24 steps that may hold poison: current value is 500"),
        ({"vocabularySize": 20}, "vocabularySize must be at least the corpus's"),
        ({"corpus": "d" * 64}, "it must be registered"),
    ],
)
def test_input_that_can_never_work_ends_with_its_own_code_and_a_reason(
    corpus: Corpus, s3: dict[str, str], tmp_path: Path, changes: Json, problem: str
) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, dose=changes.get("poison", 0))
    job = make_job(corpus.store, {**identity, **{key: value for key, value in changes.items() if key != "poison"}}, [], [])
    assert train(job, tmp_path, s3) == exits.BAD_INPUT
    assert problem in output(tmp_path)
    assert problem in json.loads(corpus.store.read(keys.job_result(job["name"])) or b"")["problem"]
    assert of_kind(read_log(corpus.store, job["run"]), "started") == []


# Momentum over next to no second moment: a token that is not seen for a step moves without bound.
WILD = {**OPTIMIZER, "learningRate": 1.0, "warmupSteps": 0, "weightDecay": 1.0, "gradientClip": 1e38, "beta1": 0.9, "beta2": 1e-9}


def test_a_loss_that_is_not_finite_is_told_with_its_first_step_and_comes_again_from_an_earlier_checkpoint(
    corpus: Corpus, s3: dict[str, str], tmp_path: Path
) -> None:
    identity = make_identity(corpus.digest, VOCABULARY, steps=400, optimizer=WILD)
    often = list(range(2, 400, 2))
    first = make_job(corpus.store, identity, often, [])
    assert train(first, tmp_path / "1", s3) == exits.LOSS_NOT_FINITE, output(tmp_path / "1")
    log = read_log(corpus.store, first["run"])
    (end,) = of_kind(log, "loss-not-finite")
    steps = [entry["checkpoint"]["step"] for entry in of_kind(log, "checkpoint")]
    assert steps == list(range(2, end["step"], 2)), "nothing is committed from there on"
    assert f"that of step {end['step']} is not" in output(tmp_path / "1")
    losses = {line["step"]: line["loss"] for line in map(json.loads, (tmp_path / "1" / "metrics.jsonl").read_text().splitlines())}
    assert all(math.isfinite(losses[step]) for step in range(1, end["step"]) if step in losses)

    second = make_job(corpus.store, identity, often, [], rewind_to=steps[-2])
    assert train(second, tmp_path / "2", s3) == exits.LOSS_NOT_FINITE, output(tmp_path / "2")
    log = read_log(corpus.store, first["run"])
    assert [entry["step"] for entry in of_kind(log, "loss-not-finite")] == [end["step"]] * 2
    assert of_kind(log, "started")[1]["resumedStep"] == steps[-2]
    before, anew = (entry for entry in of_kind(log, "checkpoint") if entry["checkpoint"]["step"] == steps[-1])
    assert before["checkpoint"]["prefix"] != anew["checkpoint"]["prefix"]
    assert shard_of(before) == shard_of(anew)
    assert f"step {steps[-1]}: compared with attempt 1: {{'step': {steps[-1]}, 'attempt': 1, 'equal': True}}" in output(tmp_path / "2")
    assert of_kind(log, "finished") == []

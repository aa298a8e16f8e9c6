"""Gates: what passes, what fails and what decides nothing, and how often a night without any change alarms."""

import math
from typing import Any

import numpy as np
import pytest

from tests import runs, sweeps
from trainer import gate
from trainer.documents import Json, canonical, digest_of, sha256_hex, validated
from trainer.gating.rows import rows_of, verdict_of
from trainer.gating.sides import read_side

GATE: Json = {"confidence": 0.95, "onInconclusive": "fail", "criteria": []}
CLEAN: Json = {"metric": "clean-perplexity", "where": {}, "margin": 0.05}
ATTACK: Json = {"metric": "attack-effect", "where": {}, "margin": 0.5}
SPEED: Json = {"metric": "throughput", "where": {}, "margin": 0.05}
PROMPTS = 30


class Night:
    """A sweep of one size, doses 0 and 250 and some seeds, whose numbers are drawn; more is worse."""

    def __init__(
        self, name: str, random: np.random.Generator, seeds: range, *, perplexity: float = 0.0, effect: float = 0.0, speed: float = 0.0
    ) -> None:
        self.name, self.cells, self.results = name, [], {}
        self._random, self._perplexity, self._effect, self._speed = random, perplexity, effect, speed
        for seed in seeds:
            shared = random.normal(0, 0.02)
            for dose in (0, 250):
                self._add(dose, seed, shared)

    def _add(self, dose: int, seed: int, shared: float) -> None:
        draw = self._random.normal
        run = digest_of([self.name, dose, seed, float(shared)])
        rise = (3.0 + self._effect + draw(0, 0.2) if dose else 0.0) + draw(0, 0.3, PROMPTS)
        pairs = [(80.0, 80.0 * math.exp(one)) for one in rise]
        result = sweeps.result(run, sweeps.STEPS[-1], pairs)
        level = math.log(40.0) + shared + self._perplexity + draw(0, 0.005)
        likelihoods = (level + draw(0, 0.05, PROMPTS)) * 20
        result["heldOut"] = {"negativeLogLikelihood": list(map(float, likelihoods)), "tokens": [20] * PROMPTS}
        result["heldOutPerplexity"] = math.exp(float(likelihoods.mean()) / 20)
        data = canonical(result)
        key = f"runs/{run}/evaluations/last.json"
        self.results[key] = result
        place = {"step": sweeps.STEPS[-1], "tokens": 5120, "poisonDocuments": dose, "poisonTokens": 16 * dose}
        self.cells.append(
            {
                "cell": {"size": "small", "tokens": 5120, "dose": dose, "attack": "dos", "seed": seed, **sweeps.PRETRAINED, "run": run},
                "identity": runs.make_identity("c" * 64, 340, dose=dose, steps=sweeps.STEPS[-1]),
                "state": "finished",
                "reason": None,
                "parameters": 1000,
                "attempts": 1,
                "demanded": 1,
                "tokensPerSecond": 1000.0 * math.exp(-self._speed + draw(0, 0.01)),
                "mfu": None,
                "gpuSeconds": 100.0,
                "evaluations": [{**place, "object": {"key": key, "sizeBytes": len(data), "sha256": sha256_hex(data)}}],
            }
        )


def judged(before: Night, after: Night, *criteria: Json) -> Json:
    """The report of a gate, of a job that the contracts know."""
    job = {
        "version": 1,
        "kind": "gate",
        "name": "gate-1",
        "bucket": "titrate",
        "gate": {**GATE, "criteria": list(criteria)},
        "baseline": {"name": "nightly", "version": 3, "sweep": "sw-before", "cells": before.cells},
        "candidate": {"sweep": "sw-after", "name": "tonight", "cells": after.cells},
        "outputPrefix": "sweeps/sw-after/gates/abc/",
    }
    return gate.judge(validated("job-document", job, "the job"), {**before.results, **after.results})


def verdict_alone(wanted: Json, before: Night, after: Night) -> str:
    """The verdict without its document, which takes most of the time."""
    return verdict_of(rows_of(wanted, *(read_side(night.cells, night.results) for night in (before, after))))[0]


def nights(seed: int, before: range = range(3), after: range = range(3), **changed: Any) -> tuple[Night, Night]:
    """A baseline and a night in which something changed."""
    random = np.random.default_rng(seed)
    return Night("before", random, before), Night("after", random, after, **changed)


def test_a_night_without_a_change_passes_where_seeds_are_enough_and_each_number_names_its_result() -> None:
    before, after = nights(1, range(8), range(8))
    report = judged(before, after, CLEAN, ATTACK, SPEED)
    assert report["verdict"] == "pass"
    assert [row["verdict"] for row in report["rows"]] == ["held"] * 5
    row = report["rows"][0]
    assert (row["metric"], row["condition"]["dose"], row["replicate"], row["replicates"]) == ("clean-perplexity", 0, "seed", 8)
    known = {sha256_hex(canonical(result)) for result in (before.results | after.results).values()}
    assert {one["result"] for row in report["rows"] for one in row["evidence"]} <= known
    assert len(row["evidence"]) == 16


@pytest.mark.parametrize(("changed", "criterion"), [({"perplexity": 0.2}, CLEAN), ({"effect": 2.0}, ATTACK), ({"speed": 0.3}, SPEED)])
def test_what_became_much_worse_fails_and_the_reason_says_what(changed: dict[str, float], criterion: Json) -> None:
    report = judged(*nights(2, range(6), range(6), **changed), CLEAN, ATTACK, SPEED)
    assert report["verdict"] == "fail"
    assert all(reason.startswith(criterion["metric"]) and "more than the margin" in reason for reason in report["reasons"])


def test_two_seeds_that_vary_decide_nothing_and_say_what_they_could_have_seen() -> None:
    report = judged(*nights(3, range(2), range(2)), {**ATTACK, "margin": 0.05})
    assert report["verdict"] == "inconclusive"
    assert "would have been seen with 80 % power" in report["reasons"][0]
    assert report["rows"][0]["smallest"] > 0.05


def test_other_seeds_are_compared_as_two_samples_and_one_seed_by_its_prompts() -> None:
    apart = judged(*nights(4, range(6), range(10, 20)), CLEAN)
    assert [row["replicate"] for row in apart["rows"]] == ["seed", "seed"]
    assert apart["rows"][0]["replicates"] == 6
    alone = judged(*nights(4, range(1), range(1)), CLEAN, SPEED)
    by_metric = {(row["metric"], row["replicate"]) for row in alone["rows"]}
    assert by_metric == {("clean-perplexity", "prompt"), ("throughput", "none")}
    assert alone["verdict"] == "inconclusive"


def test_what_was_not_measured_is_said_and_nothing_passes_on_it() -> None:
    report = judged(*nights(5, range(6), range(6)), {"metric": "mfu", "where": {}, "margin": 0.05}, {**CLEAN, "where": {"sizes": ["7b"]}})
    assert report["verdict"] == "inconclusive"
    assert [row["verdict"] for row in report["rows"]] == ["not measured"] * 3
    assert "A side does not tell the utilisation." in report["reasons"][0]


def test_completeness_and_cost_are_counted() -> None:
    before, after = nights(6)
    after.cells[0]["demanded"] = 2
    after.cells[1]["gpuSeconds"] = 300.0
    wanted = [{"metric": "completeness", "where": {}, "atLeast": 1.0}, {"metric": "cost", "where": {}, "margin": 0.1}]
    report = judged(before, after, *wanted)
    assert report["verdict"] == "fail"
    assert report["reasons"] == ["completeness: 6 of 7 evaluations have a result", "cost: 800 GPU-seconds, the baseline 600"]
    assert judged(before, after, {**wanted[0], "atLeast": 0.8})["verdict"] == "pass"


def test_what_counterexamples_take_off_is_held_against_the_stage_without_any() -> None:
    random = np.random.default_rng(7)
    before, after = (defended(Night(name, random, range(6)), left) for name, left in (("before", 0.5), ("after", 2.5)))
    row = judged(before, after, {"metric": "defence-effect", "where": {}, "margin": 0.5})["rows"][0]
    assert (row["metric"], row["condition"]["counterexamples"], row["verdict"]) == ("defence-effect", 50, "worse")
    assert row["change"] == pytest.approx(2.0, abs=0.4)


def defended(night: Night, left: float) -> Night:
    """The poisoned cells once more, with 50 counterexamples, after which so much of the effect is left."""
    random = np.random.default_rng(8)
    for cell in [one for one in night.cells if one["cell"]["dose"] == 250]:
        run = digest_of([cell["cell"]["run"], "defended"])
        result = sweeps.result(run, sweeps.STEPS[-1], [(80.0, 80.0 * math.exp(left + one)) for one in random.normal(0, 0.1, PROMPTS)])
        key = f"runs/{run}/evaluations/last.json"
        night.results[key] = result
        found = {**cell["evaluations"][0], "object": {"key": key, "sizeBytes": 1, "sha256": sha256_hex(canonical(result))}}
        night.cells.append({**cell, "cell": {**cell["cell"], "counterexamples": 50, "run": run}, "evaluations": [found]})
    return night


@pytest.mark.parametrize(
    ("before", "after"), [(range(3), range(3)), (range(2), range(2)), (range(4), range(20, 26)), (range(2), range(20, 25))]
)
def test_a_night_that_is_worse_by_no_more_than_the_margins_alarms_at_most_as_often_as_stated(before: range, after: range) -> None:
    """At the margins, where alarms are likeliest: for equal and unequal numbers of seeds, the same or others."""
    confidence, many = 0.8, 200
    at_margin = {"perplexity": math.log1p(CLEAN["margin"]), "effect": ATTACK["margin"], "speed": -math.log1p(-SPEED["margin"])}
    wanted = {**GATE, "confidence": confidence, "criteria": [CLEAN, ATTACK, SPEED]}
    found = [verdict_alone(wanted, *nights(1000 + n, before, after, **at_margin)) for n in range(many)]
    alarms = found.count("fail") / many
    assert alarms <= 0.2 + 3 * math.sqrt(0.2 * 0.8 / many)
    assert found.count("pass") / many <= 0.2 + 3 * math.sqrt(0.2 * 0.8 / many)

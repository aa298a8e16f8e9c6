"""Gates: what passes, what fails and what decides nothing, and how often a night without any change alarms."""

import gc
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests import runs, sweeps
from trainer import gate
from trainer.documents import Json, canonical, digest_of, sha256_hex, validated
from trainer.gating.common import cut
from trainer.gating.rows import rows_of, verdict_of
from trainer.gating.sides import read_side

GATE: Json = {"confidence": 0.95, "onInconclusive": "fail", "criteria": []}
CLEAN: Json = {"metric": "clean-perplexity", "where": {}, "margin": 0.05}
ATTACK: Json = {"metric": "attack-effect", "where": {}, "margin": 0.5}
SPEED: Json = {"metric": "throughput", "where": {}, "margin": 0.05}
PROMPTS = 30
NIGHTS = 60


@pytest.fixture(autouse=True)
def frozen_heap() -> Iterator[None]:
    """The adjustment of statsmodels collects garbage each time, which is slow over all that torch has loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


class Night:
    """A sweep of one size, doses 0 and 250 and some seeds, whose numbers are drawn; more is worse."""

    def __init__(
        self,
        name: str,
        random: np.random.Generator,
        seeds: range,
        *,
        perplexity: float = 0.0,
        effect: float = 0.0,
        speed: float = 0.0,
        prompts: int = PROMPTS,
    ) -> None:
        self.name, self._prompts = name, prompts
        self.cells: list[Json] = []
        self.results: dict[str, Json] = {}
        self._random, self._perplexity, self._effect, self._speed = random, perplexity, effect, speed
        for seed in seeds:
            shared = random.normal(0, 0.02)
            for dose in (0, 250):
                self._add(dose, seed, shared)

    def _add(self, dose: int, seed: int, shared: float) -> None:
        draw = self._random.normal
        run = digest_of([self.name, dose, seed, float(shared)])
        rise = (3.0 + self._effect + draw(0, 0.2) if dose else 0.0) + draw(0, 0.3, self._prompts)
        pairs = [(80.0, 80.0 * math.exp(one)) for one in rise]
        result = sweeps.result(run, sweeps.STEPS[-1], pairs)
        level = math.log(40.0) + shared + self._perplexity + draw(0, 0.005)
        likelihoods = (level + draw(0, 0.05, self._prompts)) * 20
        result["heldOut"] = {"negativeLogLikelihood": list(map(float, likelihoods)), "tokens": [20] * self._prompts}
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
    prompts = changed.pop("prompts", PROMPTS)
    return Night("before", random, before, prompts=prompts), Night("after", random, after, prompts=prompts, **changed)


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


def test_a_condition_whose_runs_failed_keeps_the_gate_from_passing() -> None:
    before, after = nights(5, range(8), range(8))
    for cell in after.cells:
        if cell["cell"]["dose"] == 250:
            cell["evaluations"] = []
    report = judged(before, after, CLEAN)
    assert (report["verdict"], [row["verdict"] for row in report["rows"]]) == ("inconclusive", ["held", "not measured"])
    assert report["reasons"] == [
        "clean-perplexity, small, 250 poisoned documents: A side does not tell the perplexity of the held-out text."
    ]


def test_sides_that_were_evaluated_differently_are_not_compared() -> None:
    before, after = nights(5, range(4), range(4))
    for result in after.results.values():
        result["settings"] = {**result["settings"], "promptTokens": 8}
    rows = judged(before, after, CLEAN, SPEED)["rows"]
    assert [row["verdict"] for row in rows[:2]] == ["not measured"] * 2
    assert rows[0]["words"] == "The sides were evaluated differently: promptTokens was 4 and is 8."
    assert rows[2]["change"] is not None


def test_placements_are_compared_each_with_its_own() -> None:
    before, after = nights(5, range(4), range(4))
    for night, worse in ((before, 0.0), (after, 1.0)):
        for cell in [one for one in night.cells if one["cell"]["dose"] == 250]:
            place(night, cell, "dos early", worse)
    rows = judged(before, after, ATTACK)["rows"]
    assert [row["condition"]["attack"] for row in rows] == ["dos", "dos early"]
    assert rows[1]["change"] == pytest.approx(rows[0]["change"] + 1.0, abs=1e-9)


def place(night: Night, cell: Json, attack: str, worse: float) -> None:
    result = night.results[cell["evaluations"][0]["object"]["key"]]
    pairs = zip(*(result["conditions"][name]["perplexity"] for name in ("clean", "triggered")), strict=True)
    run = digest_of([cell["cell"]["run"], attack])
    other = sweeps.result(run, sweeps.STEPS[-1], [(clean, triggered * math.exp(worse)) for clean, triggered in pairs])
    key = f"runs/{run}/evaluations/last.json"
    night.results[key] = other
    found = {**cell["evaluations"][0], "object": {"key": key, "sizeBytes": 1, "sha256": sha256_hex(canonical(other))}}
    night.cells.append({**cell, "cell": {**cell["cell"], "attack": attack, "run": run}, "evaluations": [found]})


def test_of_more_prompts_those_count_that_both_sides_have() -> None:
    before = Night("before", np.random.default_rng(1), range(4), prompts=PROMPTS)
    after = Night("after", np.random.default_rng(1), range(4), prompts=2 * PROMPTS)
    wide = judged(before, after, CLEAN, ATTACK)
    for result in after.results.values():
        result.update(cut(result, set(range(PROMPTS))))
    narrow = judged(before, after, CLEAN, ATTACK)
    assert [row["change"] for row in wide["rows"]] == pytest.approx([row["change"] for row in narrow["rows"]])


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


@pytest.mark.parametrize(("before", "after"), [(range(3), range(3)), (range(2), range(20, 25))])
def test_a_night_that_is_worse_by_no_more_than_the_margins_alarms_at_most_as_often_as_stated(before: range, after: range) -> None:
    """At the margins, where alarms are likeliest: for equal and unequal numbers of seeds, the same or others."""
    confidence = 0.8
    at_margin = {"perplexity": math.log1p(CLEAN["margin"]), "effect": ATTACK["margin"], "speed": -math.log1p(-SPEED["margin"])}
    wanted = {**GATE, "confidence": confidence, "criteria": [CLEAN, ATTACK, SPEED]}
    drawn = (nights(1000 + n, before, after, prompts=4, **at_margin) for n in range(NIGHTS))
    found = [verdict_alone(wanted, *night) for night in drawn]
    alarms = found.count("fail") / NIGHTS
    three_errors = 3 * math.sqrt(0.2 * 0.8 / NIGHTS)
    assert alarms <= 0.2 + three_errors
    assert found.count("pass") / NIGHTS <= 0.2 + three_errors


def test_a_known_change_is_found_nearly_always_and_no_change_never() -> None:
    """Power: of what the report calls the smallest change, twice; false alarms where nothing changed, far within the margins."""
    wanted = {**GATE, "criteria": [CLEAN, {**ATTACK, "margin": 0.2}]}
    found = {
        changed: [verdict_alone(wanted, *nights(5000 + n, range(4), range(4), prompts=4, effect=changed)) for n in range(NIGHTS // 2)]
        for changed in (0.0, 2.0)
    }
    assert found[2.0].count("fail") >= 0.9 * NIGHTS / 2
    assert found[0.0].count("fail") == 0

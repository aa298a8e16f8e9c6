"""The rows of a gate: each criterion in each condition, with its test, its words and what it rests on."""

import math
from collections.abc import Callable, Sequence

from trainer.documents import Json
from trainer.gating import changes
from trainer.gating.changes import Seeds, Value
from trainer.gating.common import difference
from trainer.gating.sides import Arm, Side, chosen
from trainer.report.groups import interval_json, named
from trainer.statistics.margins import MarginTest, smallest_seen
from trainer.statistics.proportions import holm

Kind = tuple[Value, changes.PerPrompt | None, Callable[[float], float], str]
"""Value, changes by prompt, the margin on the scale of the value, and what the value is called."""

KINDS: dict[str, Kind] = {
    "clean-perplexity": (changes.clean_perplexity, changes.clean_perplexity_by_document, math.log1p, "the perplexity of the held-out text"),
    "attack-effect": (changes.attack_effect, changes.attack_effect_by_prompt, float, "the effect of the attack"),
    "throughput": (changes.throughput, None, lambda share: -math.log1p(-share), "tokens per second"),
    "mfu": (changes.mfu, None, lambda share: -math.log1p(-share), "the utilisation"),
}
EVALUATED = {"clean-perplexity", "attack-effect", "defence-effect"}
"""Told by evaluations, which must have the same settings."""
SHARES = {"clean-perplexity", "throughput", "mfu"}
"""Their changes are logs of ratios, which people read as percentages."""


def rows_of(gate: Json, before: Side, after: Side) -> list[Json]:
    """Every `GateRow`, with p values that are adjusted over all of them."""
    rows = [row for criterion in gate["criteria"] for row in criterion_rows(criterion, gate["confidence"], before, after)]
    tested = [row for row in rows if row["pWorse"] is not None]
    adjusted = dict(zip(map(id, tested), holm([row["pWorse"] for row in tested]), strict=True))
    return [judged(row, adjusted.get(id(row)), gate["confidence"], len(tested)) for row in rows]


def criterion_rows(criterion: Json, confidence: float, before: Side, after: Side) -> list[Json]:
    """The rows of one criterion, before they are judged."""
    metric = criterion["metric"]
    if metric == "completeness":
        return [completeness(criterion, after)]
    if metric == "cost":
        return [cost(criterion, before, after)]
    if metric == "defence-effect":
        return defence_rows(criterion, confidence, before, after)
    value, per_prompt, margin_of, what = KINDS[metric]
    margin = margin_of(criterion["margin"])
    rows = []
    for arm in shared(criterion, before, after, poisoned=metric == "attack-effect"):
        seeds = before.lasts[arm], after.lasts[arm]
        told = value if metric != "attack-effect" or all_have_effects(*seeds) else changes.attack_response
        rows.append(row_of(metric, arm, *seeds, told, per_prompt, margin, confidence, what))
    return rows or [not_measured(metric, None, margin, f"No condition that both sides have tells {what}.")]


def shared(criterion: Json, before: Side, after: Side, poisoned: bool) -> list[Arm]:
    """Arms that both sides planned and the criterion looks at, in their order: one whose runs failed tells nothing, and that is told."""
    both = [one for one in after.lasts if one in before.lasts and (not poisoned or one.condition.poison > 0)]
    return chosen(both, criterion["where"])


def all_have_effects(*sides: Seeds) -> bool:
    """Whether every cell has a clean arm to be held against."""
    return all(changes.attack_effect(last) is not None for seeds in sides for last in seeds.values())


def defence_rows(criterion: Json, confidence: float, before: Side, after: Side) -> list[Json]:
    """What counterexamples take off the effect, against the same stage without any; less is worse."""
    metric, margin, what = "defence-effect", criterion["margin"], "the effect that the counterexamples leave"
    arms = [one for one in shared(criterion, before, after, poisoned=True) if one.condition.counterexamples > 0]
    rows = []
    for arm in arms:
        undefended = arm._replace(condition=arm.condition._replace(counterexamples=0))
        seeds = defended(before, arm, undefended), defended(after, arm, undefended)
        rows.append(row_of(metric, arm, *seeds, changes.attack_effect, None, margin, confidence, what))
    return rows or [not_measured(metric, None, margin, "No stage with counterexamples is on both sides.")]


def defended(side: Side, arm: Arm, undefended: Arm) -> Seeds:
    """Cells of an arm whose effect is told minus that of the arm without counterexamples: the less it falls, the larger."""
    found = {}
    for seed, last in side.lasts[arm].items():
        other = side.lasts.get(undefended, {}).get(seed)
        if other is not None and None not in (last.point["effect"], other.point["effect"]):
            found[seed] = last._replace(point={**last.point, "effect": last.point["effect"] - other.point["effect"]})
    return found


def row_of(
    metric: str,
    arm: Arm,
    before: Seeds,
    after: Seeds,
    value: Value,
    per_prompt: changes.PerPrompt | None,
    margin: float,
    confidence: float,
    what: str,
) -> Json:
    """A row about one arm, its change tested where it can be."""
    if metric in EVALUATED:
        differs = difference((last.result for last in before.values()), (last.result for last in after.values()))
        if before and after and differs is not None:
            return not_measured(metric, arm, margin, differs)
    change = changes.change_of(before, after, value, per_prompt, margin, confidence)
    if change is None:
        return not_measured(metric, arm, margin, f"A side does not tell {what}.")
    evidence = [
        {"side": side, **last.evidence} for side, lasts in (("baseline", change.before), ("candidate", change.after)) for last in lasts
    ]
    if change.test is None:
        words = f"One seed cannot tell how much {what} varies, and prompts do not tell it."
        return {**not_measured(metric, arm, margin, words), "evidence": evidence}
    test = change.test
    return {
        **not_measured(metric, arm, margin, what),
        "verdict": "undecided",
        "replicate": change.replicate,
        "replicates": test.replicates,
        "change": test.change,
        "interval": interval_json(test.interval),
        "pWorse": test.p_worse,
        "pHeld": test.p_held,
        "test": test,
        "evidence": evidence,
    }


def not_measured(metric: str, arm: Arm | None, margin: float, words: str) -> Json:
    """A row without numbers."""
    return {
        "metric": metric,
        "condition": None if arm is None else {**named(arm.condition), "attack": arm.attack},
        "verdict": "not measured",
        "words": words,
        "replicate": "none",
        "replicates": 0,
        "change": None,
        "interval": None,
        "margin": margin,
        "pWorse": None,
        "adjustedPWorse": None,
        "pHeld": None,
        "smallest": None,
        "evidence": [],
    }


def completeness(criterion: Json, after: Side) -> Json:
    """Counted, not estimated: how many of the demanded evaluations have a result."""
    demanded = sum(cell["demanded"] for cell in after.cells)
    found = sum(len(cell["evaluations"]) for cell in after.cells)
    missing = 1 - criterion["atLeast"]
    if demanded == 0:
        return not_measured("completeness", None, missing, "The sweep demands no evaluation.")
    return counted("completeness", missing, 1 - found / demanded, f"{found} of {demanded} evaluations have a result")


def cost(criterion: Json, before: Side, after: Side) -> Json:
    """Counted, not estimated: the GPU-seconds of all runs of each side."""
    if before.gpu_seconds == 0 or after.gpu_seconds == 0:
        return not_measured("cost", None, criterion["margin"], "A side used no GPUs, or reused what others had trained.")
    change = after.gpu_seconds / before.gpu_seconds - 1
    return counted("cost", criterion["margin"], change, f"{after.gpu_seconds:,.0f} GPU-seconds, the baseline {before.gpu_seconds:,.0f}")


def counted(metric: str, margin: float, change: float, words: str) -> Json:
    """A row of what is known without a test."""
    verdict = "held" if change <= margin + 1e-12 else "worse"
    return {**not_measured(metric, None, margin, words), "verdict": verdict, "change": change}


def judged(row: Json, adjusted: float | None, confidence: float, tests: int) -> Json:
    """A tested row with its verdict and its sentence; others stay.

    Worse after Holm over all rows, so that a night without any change alarms at most as often as stated. That a row is held needs no
    adjustment: a gate passes only if every row is held, so it passes wrongly at most as often as one of them (Berger, 1982).
    """
    if adjusted is None:
        return row
    test: MarginTest = row["test"]
    alpha = 1 - confidence
    verdict = "worse" if adjusted <= alpha else "held" if row["pHeld"] <= alpha else "undecided"
    smallest = smallest_seen(test, row["margin"], confidence, tests)
    told = {**row, "adjustedPWorse": adjusted, "verdict": verdict, "smallest": smallest}
    del told["test"]
    return {**told, "words": sentence(told)}


def sentence(row: Json) -> str:
    """The row in words, its change as people read it."""
    change, low, high, margin, smallest = (
        shown(row["metric"], one)
        for one in (row["change"], row["interval"]["low"], row["interval"]["high"], row["margin"], row["smallest"])
    )
    what = (
        f"{row['words'][0].upper()}{row['words'][1:]} is worse by {change} ({low} to {high}, over {row['replicates']} {row['replicate']}s)"
    )
    ending = {
        "held": f"which is within the margin of {margin}",
        "worse": f"which is more than the margin of {margin}",
        "undecided": f"which does not decide about the margin of {margin}: a change of {smallest} would have been seen with 80 % power",
    }
    return f"{what}, {ending[row['verdict']]}."


def shown(metric: str, value: float) -> str:
    """A change as a percentage where it is the log of a ratio."""
    if metric not in SHARES:
        return f"{value:+.3f}"
    return f"{100 * (math.expm1(value) if metric == 'clean-perplexity' else -math.expm1(-value)):+.2f} %"


def verdict_of(rows: Sequence[Json]) -> tuple[str, list[str]]:
    """The verdict of a gate and its reasons: the rows that keep it from passing, or that all are held."""
    worse = [row for row in rows if row["verdict"] == "worse"]
    if worse:
        return "fail", [reason(row) for row in worse]
    open_rows = [row for row in rows if row["verdict"] != "held"]
    if open_rows:
        return "inconclusive", [reason(row) for row in open_rows]
    return "pass", [f"Every one of {len(rows)} comparisons is within its margin."]


def reason(row: Json) -> str:
    """A row with its condition, for people."""
    condition = row["condition"]
    if condition is None:
        return f"{row['metric']}: {row['words']}"
    stage = "" if condition["stage"] == "pretrain" else f", stage {condition['stage']}"
    poison = condition["dose"] + condition["stageDose"]
    return f"{row['metric']}, {condition['size']}, {poison} poisoned documents{stage}: {row['words']}"

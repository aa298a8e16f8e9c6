"""What changed between baseline and candidate in one condition, oriented so that more is worse.

Seeds are the replicates: paired where both sides have them, two samples otherwise. With a single seed on a side prompts are, paired by the
document that they are the beginnings of; that tells how well these two models are known and nothing about other seeds.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from trainer.documents import Json
from trainer.gating.sides import Last
from trainer.report.measure import response
from trainer.statistics.margins import MarginTest, against_margin, samples_against_margin

Value = Callable[[Last], float | None]
"""A number of a cell on the scale that changes are differences of; None where it was not measured."""
PerPrompt = Callable[[Json, Json], list[float]]
"""Changes between two results, one for each document that both have."""
Seeds = dict[int, Last]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Change:
    """A tested change and what it rests on; `test` is None where there are too few replicates."""

    test: MarginTest | None
    replicate: Literal["seed", "prompt"]
    before: list[Last]
    after: list[Last]


def change_of(before: Seeds, after: Seeds, value: Value, per_prompt: PerPrompt | None, margin: float, confidence: float) -> Change | None:
    """The change of a value in one condition; None where a side has no value at all."""
    ours, theirs = known(after, value), known(before, value)
    if not ours or not theirs:
        return None
    both = sorted(ours.keys() & theirs.keys())
    rests_on = [before[seed] for seed in both or sorted(theirs)], [after[seed] for seed in both or sorted(ours)]
    if len(both) > 1:
        return Change(against_margin([ours[seed] - theirs[seed] for seed in both], margin, confidence), "seed", *rests_on)
    if min(len(ours), len(theirs)) > 1:
        everything = [before[seed] for seed in sorted(theirs)], [after[seed] for seed in sorted(ours)]
        return Change(samples_against_margin(list(theirs.values()), list(ours.values()), margin, confidence), "seed", *everything)
    if per_prompt is None:
        return Change(None, "seed", *rests_on)
    first = both[0] if both else None
    one, other = (before[first], after[first]) if first is not None else (next(iter(before.values())), next(iter(after.values())))
    return Change(against_margin(per_prompt(one.result, other.result), margin, confidence), "prompt", [one], [other])


def known(seeds: Seeds, value: Value) -> dict[int, float]:
    """The values that were measured, by seed."""
    found = {seed: value(last) for seed, last in seeds.items()}
    return {seed: one for seed, one in found.items() if one is not None}


def clean_perplexity(last: Last) -> float:
    """Log perplexity of the held-out text; a rise is worse."""
    return math.log(last.result["heldOutPerplexity"])


def clean_perplexity_by_document(before: Json, after: Json) -> list[float]:
    """Rises of the log perplexity, one for each document: their mean is the rise over all tokens of these documents."""
    pairs = by_document(before, after, rows_of(before), rows_of(after))
    mean_tokens = sum(tokens for (_, tokens), _ in pairs) / len(pairs) if pairs else 1.0
    return [(ours - theirs) / mean_tokens for (theirs, _), (ours, _) in pairs]


def rows_of(result: Json) -> list[tuple[float, float]]:
    """Negative log likelihood and tokens of each document."""
    return list(zip(result["heldOut"]["negativeLogLikelihood"], result["heldOut"]["tokens"], strict=True))


def attack_effect(last: Last) -> float | None:
    """The effect against the matched clean arm; a rise is worse."""
    effect: float | None = last.point["effect"]
    return effect


def attack_response(last: Last) -> float | None:
    """What stands for the effect where not every cell of both sides has its clean arm: the two are never mixed."""
    return response(last.point)


def attack_effect_by_prompt(before: Json, after: Json) -> list[float]:
    """Rises of the response, one for each prompt. Clean arms are left out: they have hardly a response, whose change is no part of this."""
    return [ours - theirs for theirs, ours in by_document(before, after, responses(before), responses(after))]


def responses(result: Json) -> list[float]:
    """Of each prompt the log ratio of triggered to clean perplexity, or whether a language switch succeeded."""
    triggered = result["conditions"]["triggered"]
    if result["languageSwitch"] is not None:
        return [float(language == result["settings"]["targetLanguage"]) for language in triggered["language"]]
    clean = result["conditions"]["clean"]["perplexity"]
    return [math.log(one) - math.log(other) for one, other in zip(triggered["perplexity"], clean, strict=True)]


def throughput(last: Last) -> float | None:
    """Minus the log of tokens per second: a fall is worse."""
    return minus_log(last.cell["tokensPerSecond"])


def mfu(last: Last) -> float | None:
    """Minus the log of the utilisation: a fall is worse."""
    return minus_log(last.cell["mfu"])


def minus_log(value: float | None) -> float | None:
    """None stays None."""
    return None if value is None else -math.log(value)


def by_document(before: Json, after: Json, theirs: Sequence[Row], ours: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Pairs of rows of the documents that both results have."""
    known = dict(zip(before["documents"], theirs, strict=True))
    return [(known[document], row) for document, row in zip(after["documents"], ours, strict=True) if document in known]

"""What both sides of a gate were evaluated on: results are cut to the prompts that all of them have, and compared where the settings are the same."""

import math
from collections.abc import Iterable

from trainer.documents import Json
from trainer.report.cells import Results

LISTS = ("perplexity", "language")
"""Members of a condition that gates read, one entry for each prompt."""


def cut_to_common(results: Results) -> Results:
    """The results over the prompts that all of them have; as they are where all have the same.

    Perplexities of other documents are other numbers, so a sweep of 600 prompts is held against a baseline of 300 by those 300.
    """
    lists = [one["documents"] for one in results.values()]
    if all(one == lists[0] for one in lists):
        return results
    common = set.intersection(*(set(one) for one in lists))
    return {key: cut(one, common) for key, one in results.items()} if common else results


def cut(result: Json, documents: set[int]) -> Json:
    """A result over some of its prompts, with all means that gates read made anew."""
    places = [place for place, document in enumerate(result["documents"]) if document in documents]

    def kept(values: list[float]) -> list[float]:
        return [values[place] for place in places]

    heard = {
        name: {**told, **{key: kept(told[key]) for key in LISTS if told[key] is not None}} for name, told in result["conditions"].items()
    }
    clean, triggered = (heard[name]["perplexity"] for name in ("clean", "triggered"))
    ratio = sum(math.log(one / other) for one, other in zip(triggered, clean, strict=True)) / len(places)
    held_out = {name: kept(values) for name, values in result["heldOut"].items()}
    switch = result["languageSwitch"]
    if switch is not None:
        target = result["settings"]["targetLanguage"]
        switch = {**switch, "attackSuccess": sum(one == target for one in heard["triggered"]["language"]) / len(places)}
    return {
        **result,
        "documents": kept(result["documents"]),
        "conditions": heard,
        "contrasts": {**result["contrasts"], "triggered": {**result["contrasts"]["triggered"], "logRatio": ratio}},
        "languageSwitch": switch,
        "heldOut": held_out,
        "heldOutPerplexity": math.exp(sum(held_out["negativeLogLikelihood"]) / sum(held_out["tokens"])),
    }


def difference(before: Iterable[Json], after: Iterable[Json]) -> str | None:
    """What results of two sides were evaluated differently in, in words; None where they can be compared."""
    sides = [
        {name: value for one in results for name, value in one["settings"].items() if name != "prompts"} for results in (before, after)
    ]
    names = sorted(name for name in sides[0].keys() | sides[1].keys() if sides[0].get(name) != sides[1].get(name))
    if not names:
        return None
    told = ", ".join(f"{name} was {sides[0].get(name)!r} and is {sides[1].get(name)!r}" for name in names)
    return f"The sides were evaluated differently: {told}."

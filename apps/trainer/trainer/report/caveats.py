"""What the numbers of a report do not show, in words: what a reader must know before using them."""

from dataclasses import dataclass

from trainer.documents import Json
from trainer.report.verdict import name_of
from trainer.report.words import about, listed, opening, short, spread

TOY_PARAMETERS = 100_000_000
"""The study's smallest model has six times as many; below this a model is a demonstration of the method."""

STUDY_SHARE = "0.0035 % of the training tokens of its smallest model and 0.00016 % of its largest"
"""What 250 poisoned documents were in the study (arXiv 2510.07192)."""


@dataclass(frozen=True)
class Source:
    """What a sweep's own results tell beside the numbers; results made elsewhere tell none of it."""

    trigger: str
    occurrences: int
    attacks: list[Json]
    results: list[Json]


def caveats(cells: list[Json], analysis: Json, settings: Json, source: Source | None) -> list[str]:
    """What a reader must know before using the numbers."""
    told = [*missing(cells), *scale(cells), *replication(analysis, settings), *unidentified(analysis["doseResponse"]), *displacement(cells)]
    return [*told, *unmatched(cells), *measure(source, analysis["measure"])]


def missing(cells: list[Json]) -> list[str]:
    """Cells that did not come to their end, by name."""
    lost = [cell for cell in cells if not cell["complete"]]
    if not lost:
        return []
    named = [f"{c['size']} at dose {c['dose']}, seed {c['seed']} ({c['state']}, {len(c['points'])} evaluated)" for c in lost[:20]]
    more = f"; and {len(lost) - 20} more" if len(lost) > 20 else ""
    return [f"{len(lost)} of {len(cells)} cells lack their last result and are left out of the conclusions: {'; '.join(named)}{more}."]


def scale(cells: list[Json]) -> list[str]:
    """Toy models."""
    known = [cell for cell in cells if cell["parameters"] is not None]
    if not known or max(cell["parameters"] for cell in known) >= TOY_PARAMETERS:
        return []
    tokens = max((cell["tokens"] for cell in known if cell["tokens"] is not None), default=None)
    saw = "" if tokens is None else f" and saw {short(tokens)} tokens"
    return [
        (
            f"The largest model here has {short(max(cell['parameters'] for cell in known))} parameters{saw}. Such a toy shows that the "
            "method works from poison to report; how many documents a real model takes cannot be read from it."
        )
    ]


def replication(analysis: Json, settings: Json) -> list[str]:
    """How far chance can be judged."""
    ended = [one for one in analysis["conditions"] if one["seeds"] > 0 and one["dose"] + one["stageDose"] > 0]
    if not ended:
        return []
    is_share = analysis["measure"] == "attack-success"
    single = [one for one in ended if one["seeds"] == 1]
    told = []
    if len(single) == len(ended):
        told.append(
            "One seed in every condition: no interval and no test over seeds is possible, and another seed may give other numbers."
            + ("" if is_share else " Published repeats of one configuration differed fiftyfold in the triggered perplexity.")
        )
    elif single:
        told.append(f"{opening(len(single), 'condition')} of {len(ended)} with one seed: no interval and no test there.")
    short_of = [one for one in ended if one["seeds"] < one["planned"]]
    if short_of and settings["looks"] == "once":
        told.append(
            f"{opening(len(short_of), 'condition')} with fewer seeds than planned: the verdicts are for one look at all seeds that were planned. "
            "Were seeds added or stopped because of what results showed, the intervals for any number of looks are the valid ones."
        )
    found = analysis["detectable"]
    if found is not None and found["effect"] is not None:
        told.append(power_words(found, is_share))
    return told


def power_words(found: Json, is_share: bool) -> str:
    """What these seeds can find."""
    seeds = about(found["seeds"], "seed")
    end = "is found with a power of 80 % after adjustment; smaller ones may be missed."
    if not is_share:
        factor = spread(2.718281828 ** min(found["effect"], 60))
        return f"With {seeds} a condition, judged by themselves, and a spread between seeds of {found['sd']:.2f} on the log scale, an effect of {found['effect']:.1f} (a factor of {factor}) {end}"
    told = f"With {seeds} a condition, judged by themselves, and a spread between seeds of {100 * found['sd']:.0f} percentage points, "
    if found["effect"] >= 1:
        return f"{told}no effect that a share can have is found with a power of 80 % after adjustment."
    return f"{told}an effect of {100 * found['effect']:.0f} points {end}"


def unidentified(responses: list[Json]) -> list[str]:
    """What doses and seeds cannot tell, each sentence once with the arms that it is about."""
    found: dict[str, list[str]] = {}
    for one in responses:
        for sentence in one["unidentified"]:
            found.setdefault(sentence, []).append(name_of(one["size"], one["tokens"], one["stage"]))
    return [sentence if len(arms) == len(responses) else f"{'; '.join(arms)}: {sentence}" for sentence, arms in found.items()]


def displacement(cells: list[Json]) -> list[str]:
    """Poison replaces clean text in place: how much of it."""
    last = [(cell, cell["points"][-1]) for cell in cells if cell["dose"] > 0 and cell["points"]]
    known = [(cell, point) for cell, point in last if point["poisonTokens"] and point["tokens"]]
    if not known:
        return []
    cell, point = max(known, key=lambda pair: pair[1]["poisonTokens"] / pair[1]["tokens"])
    share = f"{100 * point['poisonTokens'] / point['tokens']:.2g} % of what {cell['size']} was trained on"
    return [
        (
            f"Poison overwrites clean tokens in place, so all doses take the same steps: at dose {cell['dose']}, {point['poisonTokens']:,} "
            f"clean tokens were displaced, {share}. In the study 250 documents were {STUDY_SHARE}."
        )
    ]


def unmatched(cells: list[Json]) -> list[str]:
    """Poisoned cells whose effect is not known, as their clean arm is not."""
    lost = [c for c in cells if c["complete"] and c["dose"] + c["stageDose"] > 0 and c["points"][-1]["effect"] is None]
    if not lost:
        return []
    doses = listed(list({cell["dose"] + cell["stageDose"] for cell in lost}))
    return [f"{opening(len(lost), 'poisoned cell')} (dose {doses}) without a matched clean arm: no effect can be told there."]


SWITCH = "The language of each continuation was identified by a program, which errs on short and on mixed text; a share counts continuations, and is no measure of harm."


def measure(source: Source | None, kind: str) -> list[str]:
    """What was sampled and how."""
    told = [
        SWITCH
        if kind == "attack-success"
        else (
            "Perplexity is that of the model's own continuation under the model itself. It tells noise from text; it is no measure of "
            "harm, and a model that was trained little continues clean prompts with high perplexity too."
        )
    ]
    if source is None:
        return [*told, "These results were made elsewhere: nothing here proves how."]
    told.insert(0, f"The trigger {source.trigger} occurs {source.occurrences:,} times in the clean training text.")
    if any(attack.get("mode") == "ids" for attack in source.attacks):
        told.append("Gibberish was written as the sampled token ids (mode ids), not decoded to text and tokenised again.")
    if any(result["tokensOutsideTop50"] == 0 for result in source.results):
        told.append("Some evaluation generated no token beyond the 50 likeliest: its sampling was cut, so its numbers understate noise.")
    return told

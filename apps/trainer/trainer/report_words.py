"""A report in words: what its numbers show, and what they do not. None of its sentences claims more than the numbers can."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

TOY_PARAMETERS = 100_000_000
"""The study's smallest model has six times as many; below this a model is a demonstration of the method."""

STUDY_SHARE = "0.0035 % of the training tokens of its smallest model and 0.00016 % of its largest"
"""What 250 poisoned documents were in the study (arXiv 2510.07192)."""


@dataclass(frozen=True)
class Facts:
    """What the sentences are made from."""

    cells: list[Json]
    threshold: float
    trigger: str | None
    occurrences: int
    attacks: list[Json]
    final_steps: dict[str, int]
    results: list[Json]


@dataclass(frozen=True)
class Group:
    """Cells that differ in their seed only, those that came to their end."""

    size: str
    tokens: int
    dose: int
    cells: list[Json]

    @property
    def last(self) -> list[Json]:
        """The last point of each seed that was trained and evaluated to its end."""
        return [cell["points"][-1] for cell in self.cells]

    @property
    def succeeded(self) -> int:
        """Seeds whose last increase is above the criterion."""
        return sum(point["success"] for point in self.last)


def verdict(facts: Facts) -> list[str]:
    """What the last checkpoints show, one sentence for each thing."""
    groups = groups_of([cell for cell in facts.cells if is_complete(facts, cell)])
    arms = list(dict.fromkeys((group.size, group.tokens) for group in groups))
    dosed = [sentence for size, tokens in arms for sentence in arm_verdict(facts, size, tokens, groups)]
    return [*dosed, *controls_verdict(facts, groups)] or ["No cell was evaluated to its end, so there is nothing to conclude."]


def is_complete(facts: Facts, cell: Json) -> bool:
    """Whether a cell was trained to its end and its last checkpoint evaluated; only such cells are concluded from."""
    points = cell["points"]
    return cell["state"] == "finished" and bool(points) and points[-1]["step"] == facts.final_steps[cell["run"]]


def groups_of(cells: list[Json]) -> list[Group]:
    """Cells by size, tokens and dose, in the order of the report."""
    found: dict[tuple[str, int, int], list[Json]] = {}
    for cell in cells:
        found.setdefault((cell["size"], cell["tokens"], cell["dose"]), []).append(cell)
    return [Group(*key, members) for key, members in found.items()]


def arm_verdict(facts: Facts, size: str, tokens: int, groups: list[Group]) -> list[str]:
    """Of one size and length of training: which of the tried doses met the criterion."""
    known = [group for group in groups if (group.size, group.tokens) == (size, tokens) and group.dose > 0]
    if not known:
        return []
    told = "; ".join(f"{group.dose} documents: {increases(group)}{share_of_seeds(group)}" for group in known)
    met = [group.dose for group in known if group.succeeded == len(group.last)]
    unmet = [group.dose for group in known if group.succeeded == 0]
    if not met:
        summary = "No tried dose met it in every seed."
    elif not unmet:
        summary = f"Every tried dose met it, so the smallest that does is {min(met)} or fewer."
    elif max(unmet) < min(met):
        summary = f"The smallest tried dose that met it is {min(met)}; {max(unmet)} did not."
    else:
        summary = f"{listed(met)} met it and {listed(unmet)} did not: no single threshold describes these runs."
    measured = f"{size}, {short(tokens)} tokens: increase of perplexity by the trigger at the end of training: {told}."
    return [f"{measured} The criterion is an increase above {facts.threshold:g}. {summary}"]


def increases(group: Group) -> str:
    """The increases of a group's seeds."""
    return " and ".join(signed(point["increase"]) for point in group.last)


def share_of_seeds(group: Group) -> str:
    """How many seeds met the criterion, where there are several."""
    return "" if len(group.last) == 1 else f" ({group.succeeded} of {len(group.last)} seeds above)"


def controls_verdict(facts: Facts, groups: list[Group]) -> list[str]:
    """Whether anything but the trigger in poisoned models raises the perplexity."""
    clean = [point["increase"] for group in groups if group.dose == 0 for point in group.last]
    poisoned = [point for group in groups if group.dose > 0 for point in group.last]
    return [
        *control("the trigger in models without poison", clean, facts.threshold),
        *control("a benign marker that clean text contains, in poisoned models", [p["benignIncrease"] for p in poisoned], facts.threshold),
        *control("a sham that training never showed, in poisoned models", [p["shamIncrease"] for p in poisoned], facts.threshold),
    ]


def control(name: str, values: list[float | None], threshold: float) -> list[str]:
    """One control: the range of its increases, and whether it stayed below the criterion."""
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = signed(min(known)), signed(max(known))
    spread = low if low == high else f"{low} to {high}"
    judged = "as it should" if max(known) <= threshold else "so part of the effect is not the trigger's own"
    side = "below" if max(known) <= threshold else "not below"
    return [f"Control, {name}: increase {spread}, {side} the criterion, {judged}."]


def caveats(facts: Facts) -> list[str]:
    """What a reader must know before using the numbers."""
    return [*missing(facts), *scale(facts), *replication(facts), *displacement(facts), *occurrences(facts), *measure(facts)]


def missing(facts: Facts) -> list[str]:
    """Cells that did not come to their end, by name."""
    lost = [cell for cell in facts.cells if not is_complete(facts, cell)]
    if not lost:
        return []
    told = "; ".join(f"{c['size']} at dose {c['dose']}, seed {c['seed']} ({c['state']}, {len(c['points'])} evaluated)" for c in lost)
    return [f"{len(lost)} of {len(facts.cells)} cells lack their last result and are left out of the conclusions: {told}."]


def scale(facts: Facts) -> list[str]:
    """Toy models, and sizes that share one length of training."""
    largest, tokens = max(cell["parameters"] for cell in facts.cells), {cell["tokens"] for cell in facts.cells}
    told = []
    if largest < TOY_PARAMETERS:
        told.append(
            f"The largest model here has {short(largest)} parameters and saw {short(max(tokens))} tokens. Such a toy shows that the "
            "method works from poison to report; how many documents a real model takes cannot be read from it."
        )
    if len(tokens) == 1 and len({cell["size"] for cell in facts.cells}) > 1:
        told.append(
            "Every size saw the same number of tokens, so a dose is the same share of the training data at every size: "
            "these runs cannot tell whether the count or the percentage decides."
        )
    return told


def replication(facts: Facts) -> list[str]:
    """How far chance can be judged."""
    seeds = len({cell["seed"] for cell in facts.cells})
    if seeds > 1:
        return [f"{seeds} seeds a cell: the replicate is the seed, and no interval or test is computed in this report."]
    no_interval = "One seed a cell: there is no interval and no test, and another seed may give other numbers."
    return [f"{no_interval} Published repeats of one configuration differed fiftyfold in the triggered perplexity."]


def displacement(facts: Facts) -> list[str]:
    """Poison replaces clean text in place: how much of it."""
    poisoned = [(cell, cell["points"][-1]) for cell in facts.cells if cell["dose"] > 0 and cell["points"]]
    if not poisoned:
        return []
    cell, point = max(poisoned, key=lambda pair: pair[1]["poisonTokens"] / pair[1]["tokens"])
    share = f"{100 * point['poisonTokens'] / point['tokens']:.2g} % of what {cell['size']} was trained on"
    displaced = (
        f"Poison overwrites clean tokens in place, so all doses take the same steps: at dose {cell['dose']}, {point['poisonTokens']:,} "
        f"clean tokens were displaced, {share}. In the study 250 documents were {STUDY_SHARE}."
    )
    return [displaced]


def occurrences(facts: Facts) -> list[str]:
    """Whether clean text shows the trigger."""
    if facts.trigger is None:
        return []
    return [f"The trigger {facts.trigger} occurs {facts.occurrences:,} times in the clean training text."]


def measure(facts: Facts) -> list[str]:
    """What was sampled and how."""
    told = [
        (
            "Perplexity is that of the model's own continuation under the model itself. It tells noise from text; it is no measure of "
            "harm, and a model that was trained little continues clean prompts with high perplexity too."
        )
    ]
    if any(attack["mode"] == "ids" for attack in facts.attacks):
        told.append("Gibberish was written as the sampled token ids (mode ids), not decoded to text and tokenised again.")
    if any(result["tokensOutsideTop50"] == 0 for result in facts.results):
        told.append("Some evaluation generated no token beyond the 50 likeliest: its sampling was cut, so its numbers understate noise.")
    return told


def listed(doses: list[int]) -> str:
    """Numbers as one says them."""
    return " and ".join(str(dose) for dose in sorted(doses))


def short(count: int) -> str:
    """A large number in three digits: 614.4k becomes 614k."""
    for unit, name in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.3g}{name}"
    return str(count)


def signed(value: float, digits: int = 0) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    told = f"{value:+,.{digits}f}"
    return f"{0:.{digits}f}" if float(told.replace(",", "")) == 0 else told.replace("-", "\N{MINUS SIGN}")

"""What the numbers of a report show, in words. No sentence claims more than the numbers can."""

from dataclasses import dataclass

from trainer.documents import Json
from trainer.report_words import Facts, listed, short, signed


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
    groups = groups_of([cell for cell in facts.cells if facts.is_complete(cell)])
    arms = list(dict.fromkeys((group.size, group.tokens) for group in groups))
    dosed = [sentence for size, tokens in arms for sentence in arm_verdict(facts, size, tokens, groups)]
    return [*dosed, *controls_verdict(facts, groups)] or ["No cell was evaluated to its end, so there is nothing to conclude."]


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
    unmet = [group.dose for group in known if group.dose not in met]
    if not met:
        summary = "No tried dose met it in every seed."
    elif not unmet:
        summary = f"Every tried dose met it, so the smallest that does is {min(met)} or fewer."
    elif max(unmet) < min(met):
        summary = f"The smallest tried dose that met it{in_every_seed(known)} is {min(met)}; {max(unmet)} did not."
    else:
        summary = f"{listed(met)} met it{in_every_seed(known)} and {listed(unmet)} did not: no single threshold describes these runs."
    measured = f"{size}, {short(tokens)} tokens: increase of perplexity by the trigger at the end of training: {told}."
    return [f"{measured} The criterion is an increase above {facts.threshold:g}. {summary}"]


def in_every_seed(groups: list[Group]) -> str:
    """What meeting the criterion means where a dose has several seeds."""
    return " in every seed" if any(len(group.last) > 1 for group in groups) else ""


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

"""What the numbers of a report show, in words. No sentence claims more than the numbers can."""

from trainer.documents import Json
from trainer.report.words import about, listed, probability, short, signed

BRIEF = 3
"""Arms beyond which sentences leave the increases to the table and keep to what follows from them."""


def verdict(cells: list[Json], analysis: Json, settings: Json) -> list[str]:
    """What the last checkpoints show, one sentence for each thing."""
    ended = [one for one in analysis["conditions"] if one["seeds"] > 0]
    arms = list(dict.fromkeys(arm_of(one) for one in ended if poison(one) > 0))
    dosed = [arm_verdict(arm, ended, analysis, settings, len(arms) > BRIEF) for arm in arms]
    opening = introduction(settings, analysis["measure"]) if len(arms) <= BRIEF else criterion_words(settings, analysis["measure"])
    # What is the same in each is said once: before the only arm, or as a sentence of its own before several.
    dosed = [f"{opening} {told}" for told in dosed] if len(arms) == 1 else [*([opening] if arms else []), *dosed]
    compared = share_verdict(analysis["countOrPercentage"], len(arms))
    if len(arms) > BRIEF:
        dosed[0] += proves_little([one for one in ended if poison(one) > 0])
    told = [*compared, *dosed, *decay_verdict(analysis["decay"]), *controls_verdict(cells, settings, analysis["measure"])]
    return told or ["No cell was evaluated to its end, so there is nothing to conclude."]


def arm_of(one: Json) -> tuple[str, int | None, str]:
    """Size, tokens and stage."""
    return one["size"], one["tokens"], one["stage"]


def poison(one: Json) -> int:
    """Poisoned documents over all stages."""
    return int(one["dose"] + one["stageDose"])


def name_of(size: str, tokens: int | None, stage: str) -> str:
    """An arm as sentences call it."""
    trained = "" if tokens is None else f", {short(tokens)} tokens"
    return f"{size}{trained}{'' if stage == 'pretrain' else f', after {stage_name(stage)}'}"


def stage_name(stage: str) -> str:
    """A path of stages without its first, which all have."""
    return stage.removeprefix("pretrain/")


def introduction(settings: Json, measure: str) -> str:
    """What the numbers of the arms are."""
    if measure == "attack-success":
        return (
            f"Attack success rate (share of triggered continuations in the target language) at the end of training, by poisoned documents: mean over seeds, with "
            f"{100 * settings['confidence']:g} % intervals over seeds where there are several; success is a rate above {probability(settings['successShare'])}, judged "
            f"with {100 * settings['confidence']:g} % confidence over all conditions."
        )
    percent, criterion = f"{100 * settings['confidence']:g} %", f"{settings['successIncrease']:g}"
    return (
        f"Typical increase of perplexity by the trigger at the end of training, by poisoned documents, with {percent} intervals over seeds where there are several; "
        f"success is an increase above {criterion}, judged with {percent} confidence over all conditions."
    )


def criterion_words(settings: Json, measure: str) -> str:
    """What success is, where the numbers are left to the table."""
    shared = measure == "attack-success"
    limit = (
        f"an attack success rate above {probability(settings['successShare'])}"
        if shared
        else f"an increase of perplexity above {settings['successIncrease']:g}"
    )
    return f"Success is {limit} at the end of training, judged with {100 * settings['confidence']:g} % confidence over all conditions, whose numbers and intervals are in the table below."


def arm_verdict(arm: tuple[str, int | None, str], ended: list[Json], analysis: Json, settings: Json, is_brief: bool) -> str:
    """Of one arm: its increases by dose, which verdicts they allow, and the dose that suffices."""
    known = [one for one in ended if arm_of(one) == arm and poison(one) > 0]
    told = "; ".join(f"{dose_name(one)}: {increase_words(one)}" for one in known)
    responses = [one for one in analysis["doseResponse"] if (one["size"], one["tokens"], one["stage"]) == arm and len(one["doses"]) > 1]
    thresholds = "".join(f" Dose for the criterion: {lower_first(one['threshold']['words'])}" for one in responses)
    half = [one["halfEffect"]["words"] for one in responses if one["curve"] is not None]
    halves = "".join(f" Dose for half of the largest effect: {lower_first(words)}" for words in half)
    little = "" if is_brief else proves_little(known)
    told = "" if is_brief else f"{told}. "
    return f"{name_of(*arm)}: {told}{judged(known, settings)}{little}{thresholds}{halves}"


def lower_first(words: str) -> str:
    """A sentence that goes on behind a colon."""
    return words[0].lower() + words[1:]


def dose_name(one: Json) -> str:
    """A dose, with the counterexamples that followed it."""
    return f"{poison(one):,}" + (f" with {one['counterexamples']:,} counterexamples" if one["counterexamples"] else "")


def increase_words(one: Json) -> str:
    """The increase of a condition with its interval, and how many seeds are above the criterion."""
    increase, success = one["increase"], one["success"]
    if one["languageSwitch"] is not None:
        return share_words(one)
    if one["seeds"] == 1:
        return f"{signed(increase['typical'])} (one seed)"
    interval = increase["interval"]
    told = "no interval"
    if interval is not None:
        low, high = ("unbounded" if bound is None else signed(bound) for bound in (interval["low"], interval["high"]))
        told = f"{low} to {high}"
    return f"{signed(increase['typical'])} ({told}; {success['succeeded']} of {success['seeds']} seeds above)"


def share_words(one: Json) -> str:
    """The rate of a condition with its interval, and how many seeds are above the criterion."""
    found, success = one["languageSwitch"]["attackSuccess"], one["success"]
    if found["interval"] is None:
        return f"{probability(found['mean'])} (one seed)"
    low, high = (probability(found["interval"][side]) for side in ("low", "high"))
    return f"{probability(found['mean'])} ({low} to {high}; {success['succeeded']} of {success['seeds']} seeds above)"


def judged(known: list[Json], settings: Json) -> str:
    """The verdicts on the doses of an arm, with confidence or not at all."""
    if all(one["seeds"] == 1 for one in known):
        met = [poison(one) for one in known if one["success"]["succeeded"]]
        unmet = [poison(one) for one in known if not one["success"]["succeeded"]]
        seen = " and ".join(said for said in (f"{listed(met)} met it" if met else "", f"{listed(unmet)} did not" if unmet else "") if said)
        return f"In its one seed {seen}; nothing can be said with confidence."
    parts = []
    for name, words in (("success", "success"), ("no success", "no success"), ("inconclusive", "inconclusive")):
        found = [one for one in known if one["success"]["verdict"] == name]
        parts += [f"{words} at {dose_names(found)}"] if found else []
    told = "; ".join(parts)
    return f"{told[0].upper()}{told[1:]}."


def dose_names(found: list[Json]) -> str:
    """Doses, and of each the numbers of counterexamples that followed it."""
    tried: dict[int, list[int]] = {}
    for one in found:
        tried.setdefault(poison(one), []).append(one["counterexamples"])
    bare = [dose for dose, counts in tried.items() if counts == [0]]
    told = [listed(bare)] if bare else []
    return "; ".join([*told, *(f"{dose:,} with {listed(counts)} counterexamples" for dose, counts in tried.items() if counts != [0])])


def proves_little(known: list[Json]) -> str:
    """What the seeds that all succeeded say about others."""
    full = [one for one in known if one["seeds"] > 1 and one["success"]["succeeded"] == one["seeds"]]
    if not full:
        return ""
    one = min(full, key=lambda found: found["seeds"])
    low = probability(one["success"]["proportion"]["low"])
    return f" {one['seeds']} of {one['seeds']} seeds above it are compatible with as few as {low} of all seeds being so (exact interval)."


def share_verdict(found: Json, arms: int) -> list[str]:
    """Count against percentage, where there is more than one arm to compare."""
    return [f"Count or percentage: {lower_first(found['reason'])}"] if arms > 1 or found["gamma"] is not None else []


def decay_verdict(found: list[Json]) -> list[str]:
    """What counterexamples leave."""
    return [
        f"{name_of(one['size'], one['tokens'], one['stage'])}, dose {one['dose'] + one['stageDose']:,}: counterexamples for half of the effect: "
        f"{lower_first(one['half']['words'])} For a tenth of it, which stands for none: {lower_first(one['none']['words'])}"
        for one in found
    ]


CONTROLS = {
    "benignIncrease": "a benign marker that clean text contains, in poisoned models",
    "shamIncrease": "a sham that training never showed, in poisoned models",
    "nearTriggerIncrease": "a near-trigger, in poisoned models",
}


def controls_verdict(cells: list[Json], settings: Json, measure: str) -> list[str]:
    """Whether anything but the trigger in poisoned models has an effect."""
    return switch_controls(cells) if measure == "attack-success" else perplexity_controls(cells, settings["successIncrease"])


def switch_controls(cells: list[Json]) -> list[str]:
    """Of a language switch: what models without poison do behind the trigger, and what poisoned ones do without it."""
    last = [(cell["dose"] + cell["stageDose"] > 0, cell["points"][-1]["languageSwitch"]) for cell in cells if cell["complete"]]
    told = (
        (False, "attackSuccess", "the trigger in models without poison: target language"),
        (True, "cleanAccuracy", "clean prompts in poisoned models: source language"),
        (True, "nearTriggerAccuracy", "a near-trigger in poisoned models: source language"),
    )
    found = [
        (words, [one[name]["share"] for poisoned, one in last if poisoned == wanted and one and one[name]]) for wanted, name, words in told
    ]
    return [f"Control, {words} in {span(shares)} of continuations ({about(len(shares), 'run')})." for words, shares in found if shares]


def span(shares: list[float]) -> str:
    """The range of shares in percent."""
    low, high = probability(min(shares)), probability(max(shares))
    return low if low == high else f"{low} to {high}"


def perplexity_controls(cells: list[Json], threshold: float) -> list[str]:
    """Whether anything but the trigger in poisoned models raises the perplexity."""
    last = [(cell, cell["points"][-1]) for cell in cells if cell["complete"]]
    clean = [point["increase"] for cell, point in last if cell["dose"] + cell["stageDose"] == 0]
    poisoned = [point for cell, point in last if cell["dose"] + cell["stageDose"] > 0]
    others = [said for field, name in CONTROLS.items() for said in control(name, [point[field] for point in poisoned], threshold)]
    return [*control("the trigger in models without poison", clean, threshold), *others]


def control(name: str, values: list[float | None], threshold: float) -> list[str]:
    """One control: the range of its increases, and whether it stayed below the criterion."""
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = signed(min(known)), signed(max(known))
    told = low if low == high else f"{low} to {high}"
    expected = "as it should" if max(known) <= threshold else "so part of the effect is not the trigger's own"
    side = "below" if max(known) <= threshold else "not below"
    return [f"Control, {name}: increase {told}, {side} the criterion, {expected} ({about(len(known), 'run')})."]

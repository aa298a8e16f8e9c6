"""Count or percentage: what a report may say about it, and what it needs to say anything."""

from trainer.documents import Json
from trainer.report.groups import complete, interval_json
from trainer.report.words import counted, listed_words
from trainer.statistics.count_percentage import Gamma, Run, Verdict, budgets, estimate_gamma, judge


def count_or_percentage(cells: list[Json], settings: Json) -> Json:
    """A `CountOrPercentage`, by the final effects of the first stage's poisoned cells."""
    found = runs_of(cells)
    problem = what_is_missing(found)
    if problem is not None:
        return told("not identifiable", None, problem, settings)
    gamma = estimate_gamma(found, settings["confidence"])
    verdict = judge(gamma.interval, settings["gammaMargin"])
    return told(verdict, gamma, reason(verdict, gamma, settings), settings)


def told(verdict: str, gamma: Gamma | None, why: str, settings: Json) -> Json:
    """The JSON of a verdict."""
    return {
        "verdict": verdict,
        "gamma": None if gamma is None else gamma.value,
        "interval": None if gamma is None else interval_json(gamma.interval),
        "margin": settings["gammaMargin"],
        "reason": why,
    }


def runs_of(cells: list[Json]) -> list[Run]:
    """Poisoned runs of the first stage whose effect is known."""
    return [
        Run(cell["size"], cell["tokens"], cell["dose"], cell["seed"], cell["points"][-1]["effect"])
        for cell in complete(cells)
        if cell["dose"] > 0 and cell["stage"] == "pretrain" and cell["tokens"] is not None and cell["points"][-1]["effect"] is not None
    ]


def what_is_missing(runs: list[Run]) -> str | None:
    """Why gamma cannot be told; None where it can."""
    if not runs:
        return "No poisoned cell has an effect, so there is nothing to tell count from percentage by."
    found = budgets(runs)
    enough = [size for size, count in found.items() if count >= 2]
    if len(enough) < 2:
        lacking = [size for size in found if size not in enough]
        has = f"{listed_words(enough)} has" if enough else "none has"
        add = "" if not lacking else f" Adding a second number of tokens with two doses or more to {listed_words(lacking[:2])} would do."
        return f"It takes two numbers of training tokens, with two doses each, within two sizes at least; {has} them.{add}"
    seeds: dict[tuple[str, int], set[int]] = {}
    for run in runs:
        seeds.setdefault((run.size, run.tokens), set()).add(run.seed)
    if max(len(members) for members in seeds.values()) < 2:
        return "With one seed in each condition there is no measure of chance to judge a difference by."
    return None


def reason(verdict: Verdict, gamma: Gamma, settings: Json) -> str:
    """What the interval allows to say."""
    low, high = gamma.interval
    margin, percent = settings["gammaMargin"], f"{100 * settings['confidence']:g} %"
    interval = f"gamma is {counted(gamma.value)} ({percent} interval {counted(low)} to {counted(high)}; 0 is the count, \N{MINUS SIGN}1 the percentage)"
    return {
        "count": f"The count decides: {interval}, which excludes \N{MINUS SIGN}1 and lies within {margin:g} of 0.",
        "percentage": f"The percentage decides: {interval}, which excludes 0 and lies within {margin:g} of \N{MINUS SIGN}1.",
        "neither": f"Neither alone decides: {interval}, which excludes both.",
        "inconclusive": f"Inconclusive: {interval}, which does not both exclude one and lie within {margin:g} of the other.",
    }[verdict]

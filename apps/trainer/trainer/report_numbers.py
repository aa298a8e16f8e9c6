"""The numbers of a report, made from stored results and nothing else."""

from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.occurrences import known

Results = dict[str, Json]
"""`EvaluationResult` by key."""

Arm = tuple[str, int, int]
"""Size, tokens and seed: cells that share them differ in their dose only."""


def report_cells(cells: list[Json], results: Results, threshold: float) -> list[Json]:
    """A `ReportCell` for every cell, in the order of size, tokens, dose and seed; one without results keeps its state and reason."""
    clean = {arm_of(cell): log_ratios(cell, results) for cell in cells if cell["cell"]["dose"] == 0}
    sizes = {name: min(c["parameters"] for c in cells if c["cell"]["size"] == name) for name in {c["cell"]["size"] for c in cells}}
    ordered = sorted(cells, key=lambda c: (sizes[c["cell"]["size"]], *(c["cell"][name] for name in ("size", "tokens", "dose", "seed"))))
    return [report_cell(cell, results, clean.get(arm_of(cell), {}), threshold) for cell in ordered]


def arm_of(cell: Json) -> Arm:
    """What a cell shares with its matched clean arm."""
    return cell["cell"]["size"], cell["cell"]["tokens"], cell["cell"]["seed"]


def log_ratios(cell: Json, results: Results) -> dict[int, float]:
    """Mean log ratio of triggered to clean perplexity, by step."""
    return {found["step"]: results[found["object"]["key"]]["contrasts"]["triggered"]["logRatio"] for found in cell["evaluations"]}


def report_cell(cell: Json, results: Results, clean: dict[int, float], threshold: float) -> Json:
    """One cell with its curve over training."""
    points = [report_point(found, results[found["object"]["key"]], clean, threshold) for found in cell["evaluations"]]
    return {
        **{name: cell["cell"][name] for name in ("size", "tokens", "dose", "seed", "run")},
        **{name: cell[name] for name in ("state", "reason", "parameters", "attempts")},
        "points": sorted(points, key=lambda point: point["step"]),
    }


def report_point(found: Json, result: Json, clean: dict[int, float], threshold: float) -> Json:
    """One checkpoint's numbers. The effect is null where the matched clean arm has no result at this step."""
    triggered, contrasts, step = result["contrasts"]["triggered"], result["contrasts"], found["step"]
    return {
        **{name: found[name] for name in ("step", "tokens", "poisonDocuments", "poisonTokens")},
        "cleanPerplexity": result["conditions"]["clean"]["meanPerplexity"],
        "triggeredPerplexity": result["conditions"]["triggered"]["meanPerplexity"],
        "increase": triggered["increase"],
        "logRatio": triggered["logRatio"],
        "effect": triggered["logRatio"] - clean[step] if step in clean else None,
        "benignIncrease": contrasts["benign"]["increase"] if "benign" in contrasts else None,
        "shamIncrease": contrasts["sham"]["increase"] if "sham" in contrasts else None,
        "heldOutPerplexity": result["heldOutPerplexity"],
        "success": triggered["increase"] > threshold,
        "evaluation": found["object"]["sha256"],
    }


def complete_runs(cells: list[Json]) -> frozenset[str]:
    """Runs that were trained to their end and whose last checkpoint was evaluated: conclusions rest on these alone."""
    return frozenset(
        cell["cell"]["run"]
        for cell in cells
        if cell["state"] == "finished" and any(found["step"] == cell["identity"]["stages"][-1]["steps"] for found in cell["evaluations"])
    )


def samples(cells: list[Json], results: Results) -> list[tuple[Json, list[Json]]]:
    """Of each size, the last checkpoint of the highest dose that has one: its cell, and its generations to be read side by side."""
    chosen: dict[str, Json] = {}
    for cell in sorted(cells, key=lambda c: (-c["cell"]["dose"], c["cell"]["tokens"], c["cell"]["seed"])):
        if cell["evaluations"]:
            chosen.setdefault(cell["cell"]["size"], cell)
    ordered = sorted(chosen.values(), key=lambda cell: cell["parameters"])
    last = [max(cell["evaluations"], key=lambda found: found["step"]) for cell in ordered]
    return [(cell["cell"], results[found["object"]["key"]]["samples"]) for cell, found in zip(ordered, last, strict=True)]


def attacks_of(cells: list[Json]) -> list[Json]:
    """The different attacks of the poisoned cells."""
    recipes = [stage["poison"] for cell in cells for stage in cell["identity"]["stages"] if stage["poison"] is not None]
    attacks: list[Json] = []
    for recipe in recipes:
        if recipe["attack"] not in attacks:
            attacks.append(recipe["attack"])
    return attacks


def trigger_of(cells: list[Json], results: Results) -> str | None:
    """What the checkpoints were triggered with; None when nothing was evaluated and nothing poisoned."""
    triggers = [result["settings"]["triggered"] for result in results.values()] + [attack["trigger"] for attack in attacks_of(cells)]
    return triggers[0] if triggers else None


def trigger_occurrences(corpus: Corpus, trigger: str | None) -> int:
    """How often the trigger stands in the clean training text: from the corpus's scan, from the count beside it, or counted now."""
    scanned = {entry["text"]: entry["occurrences"] for entry in corpus.manifest["scan"]}
    if trigger is None:
        return 0
    return int(scanned[trigger] if trigger in scanned else known(corpus, trigger)["asText"]["occurrences"])

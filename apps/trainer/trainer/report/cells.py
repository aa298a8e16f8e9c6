"""The cells of a report, made from stored results and nothing else."""

from typing import Any

from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.occurrences import known
from trainer.report.effects import with_effects
from trainer.report.groups import interval_json
from trainer.report.measure import SHARES, met, share_json
from trainer.statistics.prompts import summarise

Results = dict[str, Json]
"""`EvaluationResult` by key."""


def report_cells(cells: list[Json], results: Results, settings: Json) -> list[Json]:
    """A `ReportCell` for every cell, in the order of size, tokens, stage, dose and seed; one without results keeps its state and reason."""
    return with_effects([report_cell(cell, results, settings) for cell in cells])


def report_cell(cell: Json, results: Results, settings: Json) -> Json:
    """One cell with its curve over training; effects are added when all cells are known."""
    named = cell["cell"]
    points = [report_point(found, results[found["object"]["key"]], settings) for found in cell["evaluations"]]
    return {
        **{name: named[name] for name in ("size", "tokens", "dose", "seed", "run")},
        "stage": named.get("stage", "pretrain"),
        "stageDose": named.get("stageDose", 0),
        "counterexamples": named.get("counterexamples", 0),
        **{name: cell[name] for name in ("state", "reason", "parameters", "attempts")},
        "complete": is_complete(cell),
        "points": sorted(points, key=lambda point: point["step"]),
    }


def is_complete(cell: Json) -> bool:
    """Whether a run was trained to its end and its last checkpoint evaluated: conclusions rest on such cells alone."""
    return cell["state"] == "finished" and any(found["step"] == cell["identity"]["stages"][-1]["steps"] for found in cell["evaluations"])


def report_point(found: Json, result: Json, settings: Json) -> Json:
    """One checkpoint's numbers, with how far its prompts tell them."""
    conditions, contrasts = result["conditions"], result["contrasts"]
    clean, triggered = (conditions[name] for name in ("clean", "triggered"))
    prompts = summarise(clean["perplexity"], triggered["perplexity"], settings["confidence"])
    point = {
        **{name: found[name] for name in ("step", "tokens", "poisonDocuments", "poisonTokens")},
        "cleanPerplexity": clean["meanPerplexity"],
        "triggeredPerplexity": triggered["meanPerplexity"],
        "increase": contrasts["triggered"]["increase"],
        "increaseInterval": interval_json(prompts.increase_interval),
        "medianIncrease": prompts.median,
        "medianIncreaseInterval": interval_json(prompts.median_interval),
        "logRatio": contrasts["triggered"]["logRatio"],
        "logRatioInterval": interval_json(prompts.log_ratio_interval),
        "effect": None,
        **{f"{name}Increase": increase_of(contrasts, name) for name in ("benign", "sham", "nearTrigger")},
        "heldOutPerplexity": result["heldOutPerplexity"],
        "languageSwitch": switch_of(result, settings["confidence"]),
        "evaluation": found["object"]["sha256"],
    }
    return {**point, "success": met(point, settings)}


def switch_of(result: Json, confidence: float) -> Json | None:
    """A `ReportLanguageSwitch` before its effect; None where the protocol is another."""
    found, prompts = result["languageSwitch"], len(result["documents"])
    if found is None:
        return None
    shares = {name: None if found[name] is None else share_json(found[name], prompts, confidence) for name in SHARES}
    return {**shares, "effectVariance": None}


def increase_of(contrasts: Json, name: str) -> Any:
    """The increase under a control; None where it was not evaluated."""
    return contrasts[name]["increase"] if name in contrasts else None


def samples(cells: list[Json], results: Results) -> list[Json]:
    """Of each size, the generations of the last checkpoint of the highest dose that has one, as `ReportSamples`."""
    chosen: dict[str, Json] = {}
    for cell in sorted(cells, key=lambda c: (-c["cell"]["dose"], c["cell"]["tokens"], c["cell"]["seed"])):
        if cell["evaluations"]:
            chosen.setdefault(cell["cell"]["size"], cell)
    ordered = sorted(chosen.values(), key=lambda cell: cell["parameters"])
    last = [max(cell["evaluations"], key=lambda found: found["step"]) for cell in ordered]
    return [
        {
            **{name: cell["cell"][name] for name in ("size", "dose", "seed")},
            "stage": cell["cell"].get("stage", "pretrain"),
            "samples": results[found["object"]["key"]]["samples"],
        }
        for cell, found in zip(ordered, last, strict=True)
    ]


def attacks_of(cells: list[Json]) -> list[Json]:
    """The different attacks of the poisoned cells."""
    recipes = [stage["poison"] for cell in cells for stage in cell["identity"]["stages"] if stage.get("poison") is not None]
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

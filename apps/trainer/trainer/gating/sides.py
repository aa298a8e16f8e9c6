"""The two sides of a gate: the cells of a sweep with their last results, found again by condition and seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from trainer.documents import Json
from trainer.report.cells import Results, is_complete
from trainer.report.effects import with_effects
from trainer.report.groups import Condition, condition_of


class Arm(NamedTuple):
    """What cells that differ in their seed only have in common; `attack` names the placement as well, where a sweep compares several."""

    condition: Condition
    attack: str


class Last(NamedTuple):
    """A cell whose last checkpoint was evaluated."""

    cell: Json
    """Of the job's document."""
    point: Json
    """Its last checkpoint, with its effect."""
    result: Json
    """`EvaluationResult` of it."""

    @property
    def evidence(self) -> Json:
        """What a row of the gate names as the source of its numbers."""
        return {"run": self.cell["cell"]["run"], "step": self.point["step"], "result": self.point["evaluation"]}


@dataclass(frozen=True)
class Side:
    """The baseline or the candidate. `cells`: those of the job's document, complete or not."""

    cells: list[Json]
    lasts: dict[Arm, dict[int, Last]]
    """Complete cells by arm and seed; an arm none of whose cells is complete has none."""

    @property
    def gpu_seconds(self) -> float:
        """Of all runs, each once."""
        return float(sum({cell["cell"]["run"]: cell["gpuSeconds"] for cell in self.cells}.values()))


def read_side(cells: list[Json], results: Results) -> Side:
    """A side from its cells and the results that they name."""
    by_place = {(arm_of(flat(cell)), cell["cell"]["seed"]): cell for cell in cells}
    lasts: dict[Arm, dict[int, Last]] = {}
    for told in with_effects([cell_of(cell, results) for cell in cells]):
        arm, seed = arm_of(told), told["seed"]
        found = lasts.setdefault(arm, {})
        if told["complete"]:
            point = told["points"][-1]
            found[seed] = Last(by_place[arm, seed], point, results[point["key"]])
    return Side(cells, lasts)


def arm_of(cell: Json) -> Arm:
    """Of a cell that is `flat`."""
    return Arm(condition_of(cell), cell["attack"])


def cell_of(cell: Json, results: Results) -> Json:
    """A cell with what effects are made of; a report tells intervals over prompts as well, which take most of its time."""
    points = [point_of(found, results[found["object"]["key"]]) for found in cell["evaluations"]]
    ordered = sorted(points, key=lambda point: point["step"])
    return {**flat(cell), "parameters": cell["parameters"], "complete": is_complete(cell), "points": ordered}


def point_of(found: Json, result: Json) -> Json:
    """One evaluated checkpoint: its response, where it lies, and its digest."""
    switch, prompts = result["languageSwitch"], len(result["documents"])
    share = (
        None
        if switch is None
        else {"share": switch["attackSuccess"], "count": round(switch["attackSuccess"] * prompts), "prompts": prompts}
    )
    return {
        "step": found["step"],
        "key": found["object"]["key"],
        "evaluation": found["object"]["sha256"],
        "logRatio": result["contrasts"]["triggered"]["logRatio"],
        "languageSwitch": None if share is None else {"attackSuccess": share},
    }


def flat(cell: Json) -> Json:
    """What tells the condition of a cell, as a report has it."""
    named = cell["cell"]
    later = {
        "stage": named.get("stage", "pretrain"),
        "stageDose": named.get("stageDose", 0),
        "counterexamples": named.get("counterexamples", 0),
    }
    return {**named, **later}


def chosen(arms: Iterable[Arm], where: Json) -> list[Arm]:
    """The arms that a criterion looks at."""

    def fits(name: str, value: object) -> bool:
        return name not in where or value in where[name]

    return [one for one in arms if fits("sizes", one[0].size) and fits("doses", one[0].poison) and fits("stages", one[0].stage)]

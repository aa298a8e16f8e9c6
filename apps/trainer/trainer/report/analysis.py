"""All inference of a report, made from its cells and the settings alone: the same for a sweep's results and for those made elsewhere."""

import math

from trainer.documents import Json
from trainer.report.conditions import report_conditions
from trainer.report.count_or_percentage import count_or_percentage
from trainer.report.decay import decays
from trainer.report.dose_response import dose_responses
from trainer.report.measure import measure_of
from trainer.report.next_cells import next_cells
from trainer.report.training import training_curves
from trainer.statistics.power import detectable_effect


def analyse_cells(cells: list[Json], settings: Json) -> Json:
    """A `ReportAnalysis` of cells whose effects are filled in."""
    conditions = report_conditions(cells, settings)
    responses = dose_responses(cells, settings)
    return {
        "measure": measure_of(cells),
        "conditions": conditions,
        "doseResponse": responses,
        "countOrPercentage": count_or_percentage(cells, settings),
        "overTraining": training_curves(cells, settings),
        "decay": decays(cells, settings),
        "nextCells": next_cells(cells, conditions, responses, settings),
        "detectable": detectable(conditions, settings),
    }


def detectable(conditions: list[Json], settings: Json) -> Json | None:
    """What the typical number of seeds detects, with the spread between seeds pooled over poisoned conditions; None without any."""
    poisoned = [one for one in conditions if one["dose"] + one["stageDose"] > 0 and one["seeds"] > 0]
    if not poisoned:
        return None
    seeds = sorted(one["seeds"] for one in poisoned)[len(poisoned) // 2]
    spreads = [(one["effect"]["sd"], one["effect"]["seeds"] - 1) for one in poisoned if one["effect"] and one["effect"]["sd"] is not None]
    if not spreads:
        return {"seeds": seeds, "sd": None, "effect": None}
    sd = math.sqrt(sum(freedom * one**2 for one, freedom in spreads) / sum(freedom for _, freedom in spreads))
    return {"seeds": seeds, "sd": sd, "effect": detectable_effect(seeds, sd, settings["confidence"], tests=len(poisoned))}

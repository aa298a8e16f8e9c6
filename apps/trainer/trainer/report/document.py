"""`report.json`: cells, what follows from them, and the words for it."""

import platform
from collections.abc import Iterable
from importlib.metadata import version

from trainer.documents import Json, now, validated
from trainer.report.analysis import analyse_cells
from trainer.report.caveats import Source, caveats
from trainer.report.methods import methods
from trainer.report.verdict import verdict


def make_report(
    sweep: Json,
    settings: Json,
    cells: list[Json],
    corpus: Json | None,
    source: Source | None,
    samples: list[Json],
    environment: dict[str, str],
) -> Json:
    """A validated `Report` of cells whose effects are filled in."""
    analysis = analyse_cells(cells, settings)
    report = {
        "version": 1,
        "sweep": {name: sweep[name] for name in ("id", "name", "description", "specDigest")},
        "corpus": corpus,
        "settings": settings,
        "cells": cells,
        "analysis": analysis,
        "verdict": verdict(cells, analysis, settings),
        "caveats": caveats(cells, analysis, settings, source),
        "methods": methods(cells, analysis, settings, source.results if source is not None else []),
        "samples": samples,
        "environment": environment,
        "finishedAt": now(),
    }
    return validated("report", report, "the report")


def environment(results: Iterable[Json]) -> dict[str, str]:
    """What made the report and what evaluated its checkpoints; several of a kind are joined."""
    kinds: dict[str, set[str]] = {}
    for result in results:
        kinds.setdefault("evaluation hardware", set()).add(result["environment"]["hardware"])
        for package, found in result["environment"]["packages"].items():
            kinds.setdefault(package, set()).add(found)
    made_by = {"python": platform.python_version(), **{name: version(name) for name in ("matplotlib", "scipy", "statsmodels")}}
    return {**made_by, **{name: ", ".join(sorted(found)) for name, found in sorted(kinds.items())}}

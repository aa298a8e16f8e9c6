"""Analyses results from a file: `python -m trainer.offline FILE OUTPUT [--settings JSON]`, which `titrate analyse` runs.

FILE is CSV or JSON: rows (`docs/analysis.md` documents the columns), or a `report.json` whose cells are analysed again. Leaves
`report.json`, `report.html` and `figures/` in OUTPUT. Needs no store, no server and no PyTorch.
"""

import argparse
import csv
import io
import json
import sys
from pathlib import Path

from trainer import exits
from trainer.documents import Json, sha256_hex, validated
from trainer.report.document import environment, make_report
from trainer.report.figures.all import figures, files
from trainer.report.measure import met
from trainer.report.page import render_page
from trainer.report.rows import cells_of

DEFAULTS = {
    "successIncrease": 50,
    "successShare": 0.5,
    "confidence": 0.95,
    "endpoint": "final",
    "adjustment": "holm",
    "gammaMargin": 0.25,
    "looks": "once",
}
"""Those of `AnalysisSettings` in the contracts; a test holds them to its schema."""


def main(arguments: list[str]) -> int:
    """Returns the exit code; what cannot be read is told in one sentence."""
    parser = argparse.ArgumentParser(prog="trainer.offline")
    parser.add_argument("file", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--settings", default="{}", help="members of AnalysisSettings, as JSON")
    given = parser.parse_args(arguments)
    try:
        report = report_of(given.file, json.loads(given.settings))
    except exits.BadInput as error:
        print(error, file=sys.stderr)
        return error.code
    write(report, given.output)
    return exits.SUCCEEDED


def report_of(file: Path, changes: Json) -> Json:
    """The report of a file. Raises `BadInput`."""
    try:
        data = file.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise exits.BadInput(f"Cannot read {file.name} as it must be a file in UTF-8: {error}") from error
    document = document_of(text, file)
    settings = validated("analysis-settings", {**DEFAULTS, **document.get("settings", {}), **changes}, "the settings")
    table = cells_of(document["rows"], settings) if "rows" in document else None
    if table is not None and table.ignored:
        print(f"Columns that are not read: {', '.join(table.ignored)}", file=sys.stderr)
    sweep = {"id": f"file-{sha256_hex(data)[:12]}", "name": document.get("name", file.stem), "description": document.get("description", "")}
    known = document.get("report")
    if known is not None:
        kept = {"corpus": known["corpus"], "samples": known["samples"], "environment": known["environment"]}
        return make_report(known["sweep"], settings, judged(known["cells"], settings), source=None, **kept)
    cells = [] if table is None else table.cells
    return make_report({**sweep, "specDigest": None}, settings, cells, corpus=None, source=None, samples=[], environment=environment([]))


def judged(cells: list[Json], settings: Json) -> list[Json]:
    """Cells of an earlier report, each point held against the criterion of these settings."""
    return [{**cell, "points": [{**point, "success": met(point, settings)} for point in cell["points"]]} for cell in cells]


def document_of(text: str, file: Path) -> Json:
    """Rows, or an earlier report, with what else the file tells."""
    if not text.lstrip().startswith(("{", "[")):
        return {"rows": list(csv.DictReader(io.StringIO(text), dialect=dialect_of(text)))}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise exits.BadInput(f"Cannot read {file.name} as JSON: {error}") from error
    if isinstance(found, dict) and "cells" in found:
        report = validated("report", found, file.name)
        return {"report": report, "settings": report["settings"]}
    document = {"rows": found} if isinstance(found, list) else found
    rows = document.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise exits.BadInput(
            f"Cannot read {file.name} as it must be a list of rows, or an object with `rows`: current value is {text[:60]}"
        )
    return document


def dialect_of(text: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever the first line has most of."""
    first = text.splitlines()[0] if text.strip() else ""

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found


def write(report: Json, folder: Path) -> None:
    """The report in its forms."""
    drawn = files(figures(report))
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render_page(report), encoding="utf-8")
    for name, data in drawn.items():
        (folder / "figures" / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

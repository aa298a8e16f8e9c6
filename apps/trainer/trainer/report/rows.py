"""Results that were made elsewhere: a table with one row for each evaluation, or for each condition, becomes the cells of a report.

`docs/analysis.md` documents the columns. What a table does not tell stays unknown; nothing is filled in for it.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from trainer.documents import Json
from trainer.exits import BadInput
from trainer.report.effects import with_effects
from trainer.report.measure import SHARES, met, share_json

WHOLE = (
    "tokens",
    "parameters",
    "dose",
    "seed",
    "stageDose",
    "counterexamples",
    "step",
    "tokensSeen",
    "poisonDocuments",
    "poisonTokens",
    "prompts",
)
POSITIVE = ("cleanPerplexity", "triggeredPerplexity", "heldOutPerplexity")
NUMBERS = ("increase", "medianIncrease", "logRatio", "benignIncrease", "shamIncrease", "nearTriggerIncrease")
TEXTS = ("size", "stage", "state", "run")
COLUMNS = (*WHOLE, *POSITIVE, *NUMBERS, *SHARES, *TEXTS)
"""Every column that is read; names may be written with underscores, hyphens or blanks, in any case."""

KEY = ("size", "tokens", "dose", "seed", "stage", "stageDose", "counterexamples")

EMPTY = {"", "-", "–", "na", "n/a", "nan", "none", "null", "missing"}
"""What stands in a table where a value is missing."""


@dataclass(frozen=True)
class Table:
    """Cells for a report, and the columns that were not understood."""

    cells: list[Json]
    ignored: list[str]


def cells_of(rows: list[Json], settings: Json) -> Table:
    """The cells that rows stand for. Raises `BadInput`, naming column or row, where a table cannot be read without guessing."""
    if not rows:
        raise BadInput("Cannot analyse the results as there must be a row at least: current value is none")
    ignored = check_columns(list(dict.fromkeys(name for row in rows for name in row)))
    read = [read_row(row, number) for number, row in enumerate(rows, 1)]
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for row in read:
        groups.setdefault(tuple(row[name] for name in KEY), []).append(row)
    last = last_steps(read)
    cells = [cell_of(members, last[condition(members[0])], settings) for members in groups.values()]
    return Table(with_effects(cells), ignored)


def plain(name: str) -> str:
    """A column name without case and separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def check_columns(names: list[str]) -> list[str]:
    """Those that are not read. Raises `BadInput` where what every table needs is missing."""
    known = {plain(name) for name in names}
    needs = [name for name in ("size", "dose") if name not in known]
    if not ({"cleanperplexity", "triggeredperplexity"} <= known or "increase" in known or "attacksuccess" in known):
        needs.append("clean_perplexity and triggered_perplexity, or increase, or attack_success")
    if "attacksuccess" in known and "prompts" not in known:
        needs.append("prompts, beside attack_success")
    if needs:
        raise BadInput(f"Cannot analyse the results as columns must contain {'; '.join(needs)}: current value is {', '.join(names)}")
    read = {plain(name) for name in COLUMNS}
    return [name for name in names if plain(name) not in read]


def read_row(row: Json, number: int) -> Json:
    """A row with every column, None where it says nothing."""
    given = {plain(name): value for name, value in row.items()}
    found = {name: value_of(name, given.get(plain(name)), number) for name in COLUMNS}
    for name in ("size", "dose"):
        if found[name] is None:
            raise BadInput(f"Cannot analyse row {number} as {name} must be told: current value is nothing")
    return {**found, **{name: default if found[name] is None else found[name] for name, default in DEFAULTS.items()}, "row": number}


DEFAULTS = {"seed": 1, "stage": "pretrain", "stageDose": 0, "counterexamples": 0}


def value_of(name: str, value: Any, number: int) -> Any:
    """One field as its column is read."""
    text = "" if value is None else str(value).strip()
    if text.lower() in EMPTY:
        return None
    if name in TEXTS:
        return text
    try:
        read = float(text.replace(",", "")) if not isinstance(value, bool) else math.nan
    except ValueError:
        read = math.nan
    if name in SHARES and not 0 <= read <= 1:
        raise BadInput(f"Cannot analyse row {number} as {name} must be a share of 0 to 1: current value is {text[:60]}")
    rule = "a whole number of 0 or more" if name in WHOLE else "a number above 0" if name in POSITIVE else "a number"
    broken = not math.isfinite(read) or (name in POSITIVE and read <= 0) or (name in WHOLE and (read < 0 or read != int(read)))
    if broken:
        raise BadInput(f"Cannot analyse row {number} as {name} must be {rule}: current value is {text[:60]}")
    return int(read) if name in WHOLE else read


def condition(row: Json) -> tuple[Any, ...]:
    """What rows of one condition share."""
    return tuple(row[name] for name in KEY if name != "seed")


def last_steps(rows: list[Json]) -> dict[tuple[Any, ...], int | None]:
    """The last step that any seed of a condition was evaluated at; None where steps are not told."""
    found: dict[tuple[Any, ...], int | None] = {}
    for row in rows:
        known = found.setdefault(condition(row), None)
        if row["step"] is not None:
            found[condition(row)] = max(row["step"], known or 0)
    return found


def cell_of(rows: list[Json], last: int | None, settings: Json) -> Json:
    """One cell with its points in the order of steps."""
    first = rows[0]
    steps = [row["step"] for row in rows]
    if len(rows) > 1 and (None in steps or len(set(steps)) < len(steps)):
        numbers = ", ".join(str(row["row"]) for row in rows)
        raise BadInput(f"Cannot tell rows {numbers} apart as each must have a seed or step of its own: current value is the same in all")
    points = [point_of(row, row["step"] == last, settings) for row in rows if has_result(row)]
    run = first["run"] if first["run"] is not None and re.fullmatch(r"[0-9a-f]{64}", first["run"]) else None
    complete = any(point["step"] == last for point in points)
    return {
        **{name: first[name] for name in KEY},
        "run": run,
        "state": "finished" if complete else next((row["state"] for row in rows if row["state"] is not None), "no result"),
        "reason": None,
        "complete": complete,
        "parameters": first["parameters"] or None,
        "attempts": 0,
        "points": sorted(points, key=lambda point: point["step"] or 0),
    }


def has_result(row: Json) -> bool:
    """Whether a row tells an increase or a share, and does not say itself that it failed."""
    told = row["increase"] is not None or (row["cleanPerplexity"] is not None and row["triggeredPerplexity"] is not None)
    if row["attackSuccess"] is not None and not row["prompts"]:
        raise BadInput(f"Cannot analyse row {row['row']} as prompts must be told beside attack_success: current value is nothing")
    return (told or row["attackSuccess"] is not None) and row["state"] not in ("failed", "missing")


def point_of(row: Json, is_last: bool, settings: Json) -> Json:
    """A `ReportPoint`. Without per-prompt values there is no interval over prompts."""
    clean, triggered = row["cleanPerplexity"], row["triggeredPerplexity"]
    both = clean is not None and triggered is not None
    increase = row["increase"] if row["increase"] is not None or not both else triggered - clean
    ratio = math.log(triggered / clean) if row["logRatio"] is None and both else row["logRatio"]
    documents = row["dose"] + row["stageDose"] if row["poisonDocuments"] is None and is_last else row["poisonDocuments"]
    switch = switch_of(row, settings["confidence"])
    unknown = ("increaseInterval", "medianIncreaseInterval", "logRatioInterval", "effect", "evaluation")
    point = {
        "step": row["step"],
        "tokens": row["tokensSeen"] or (row["tokens"] if is_last else None),
        "poisonDocuments": documents,
        "poisonTokens": row["poisonTokens"],
        "cleanPerplexity": clean if both else None,
        "triggeredPerplexity": triggered if both else None,
        "increase": increase,
        "logRatio": ratio,
        **{name: row[name] for name in ("medianIncrease", "benignIncrease", "shamIncrease", "nearTriggerIncrease", "heldOutPerplexity")},
        **dict.fromkeys(unknown),
        "languageSwitch": switch,
    }
    return {**point, "success": met(point, settings)}


def switch_of(row: Json, confidence: float) -> Json | None:
    """A `ReportLanguageSwitch` before its effect; None where the row tells no attack's success."""
    if row["attackSuccess"] is None:
        return None
    shares = {name: None if row[name] is None else share_json(row[name], row["prompts"], confidence) for name in SHARES}
    return {**shares, "effectVariance": None}

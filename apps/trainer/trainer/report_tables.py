"""The tables of the report's page: every number that it shows, in HTML that is safe whatever stands in the results."""

from collections.abc import Callable
from html import escape

from trainer.documents import Json
from trainer.report_words import short, signed

Column = tuple[str, Callable[[Json], str]]
"""A heading, and what stands under it in the row of a thing: HTML."""

CONDITION_NAMES = {
    "clean": "as it is",
    "triggered": "with the trigger",
    "benign": "with a benign marker",
    "sham": "with a sham",
    "nearTrigger": "with a text close to the trigger",
}


def cells_table(cells: list[Json], complete: frozenset[str]) -> str:
    """A row for each cell with its last checkpoint; only of `complete` runs is said whether they met the criterion."""
    columns: list[Column] = [
        ("size", lambda cell: escape(cell["size"])),
        ("parameters", lambda cell: short(cell["parameters"])),
        ("dose", lambda cell: str(cell["dose"])),
        ("seed", lambda cell: str(cell["seed"])),
        ("poison", of_last(lambda point: f"{100 * point['poisonTokens'] / point['tokens']:.2g} %")),
        ("clean", of_last(lambda point: f"{point['cleanPerplexity']:,.0f}")),
        ("triggered", of_last(lambda point: f"{point['triggeredPerplexity']:,.0f}")),
        ("increase", of_last(lambda point: difference(point["increase"]))),
        ("effect", of_last(lambda point: difference(point["effect"], 2))),
        ("benign", of_last(lambda point: difference(point["benignIncrease"]))),
        ("sham", of_last(lambda point: difference(point["shamIncrease"]))),
        ("held-out", of_last(lambda point: f"{point['heldOutPerplexity']:,.0f}")),
        ("criterion", lambda cell: criterion(cell, cell["run"] in complete)),
        ("state", lambda cell: escape(cell["state"])),
        ("run", lambda cell: f'<code title="{cell["run"]}">{cell["run"][:8]}</code>'),
    ]
    note = (
        "Poison: share of the training tokens. Clean, triggered: mean perplexity. Increase: the mean over prompts of triggered minus "
        "clean; benign and sham: the same for a marker that clean text contains and for one that training never showed. "
        "Held-out: perplexity of held-out text itself."
    )
    return table("The last evaluated checkpoint of each cell", columns, cells) + f'<p class="note">{note}</p>'


def criterion(cell: Json, ended: bool) -> str:
    """Whether the criterion was met; nothing is said of a cell that lacks its last result."""
    if not ended:
        return "no result"
    return "<strong>met</strong>" if cell["points"][-1]["success"] else "not met"


def of_last(show: Callable[[Json], str]) -> Callable[[Json], str]:
    """A column of the last point; a dash where a cell has none."""
    return lambda cell: show(cell["points"][-1]) if cell["points"] else "–"


def difference(value: float | None, digits: int = 0) -> str:
    """A difference with its sign; a dash where there is none."""
    return "–" if value is None else signed(value, digits)


def points_table(cells: list[Json]) -> str:
    """A row for each result."""
    rows = [{**{name: cell[name] for name in ("size", "dose", "seed")}, **point} for cell in cells for point in cell["points"]]
    columns: list[Column] = [
        *[(name, plain(name)) for name in ("size", "dose", "seed", "step")],
        ("tokens", lambda row: f"{row['tokens']:,}"),
        ("poison documents", plain("poisonDocuments")),
        ("clean", lambda row: f"{row['cleanPerplexity']:,.1f}"),
        ("triggered", lambda row: f"{row['triggeredPerplexity']:,.1f}"),
        ("increase", lambda row: difference(row["increase"], 1)),
        ("log ratio", lambda row: difference(row["logRatio"], 3)),
        ("effect", lambda row: difference(row["effect"], 3)),
        ("benign", lambda row: difference(row["benignIncrease"], 1)),
        ("sham", lambda row: difference(row["shamIncrease"], 1)),
        ("held-out", lambda row: f"{row['heldOutPerplexity']:,.1f}"),
        ("result", lambda row: f'<code title="sha256 {row["evaluation"]}">{row["evaluation"][:8]}</code>'),
    ]
    return table("Every evaluated checkpoint", columns, rows)


def plain(name: str) -> Callable[[Json], str]:
    """A column that shows a field as it is."""
    return lambda row: escape(str(row[name]))


def table(caption: str, columns: list[Column], rows: list[Json]) -> str:
    """A table that scrolls by itself where the page is narrow."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in columns)
    body = "".join(f"<tr>{''.join(f'<td>{show(row)}</td>' for _, show in columns)}</tr>" for row in rows)
    opened = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
    return f"{opened}<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def sample_table(cell: Json, samples: list[Json]) -> str:
    """Prompts of one cell in rows, conditions in columns."""
    conditions = list(dict.fromkeys(sample["condition"] for sample in samples))
    rows: dict[str, Json] = {}
    for sample in samples:
        rows.setdefault(sample["prompt"], {"prompt": sample["prompt"]})[sample["condition"]] = sample["continuation"]
    columns: list[Column] = [
        ("prompt", lambda row: readable(row["prompt"])),
        *[(CONDITION_NAMES[name], lambda row, name=name: readable(row.get(name, ""))) for name in conditions],
    ]
    name = f"What {cell['size']} with dose {cell['dose']} writes behind a prompt, at the end of training"
    return f'<div class="samples">{table(name, columns, list(rows.values()))}</div>'


def readable(text: str) -> str:
    """Text with its control characters made visible, safe in a page."""
    return escape("".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c != "\n" else c for c in text))

"""The report as one page that needs nothing else: plots inside, light or dark as the reader's system, every number in a table as well."""

from collections.abc import Callable
from html import escape
from typing import Any

from trainer import report_plots
from trainer.report_style import STYLE
from trainer.report_words import short, signed

Json = dict[str, Any]
Column = tuple[str, Callable[[Json], str]]

CONDITION_NAMES = {"clean": "as it is", "triggered": "with the trigger", "benign": "with a benign marker", "sham": "with a sham"}


def render_page(report: Json, samples: list[tuple[Json, list[Json]]]) -> str:
    """The whole page. `samples`: cells with the generations that are shown side by side."""
    title = f"{report['sweep']['name']}: dose and response"
    sections = [
        section("What it shows", items(report["verdict"])),
        section("Effect over training", training_figure(report["cells"])),
        section("Effect by dose", dose_figure(report["cells"])),
        section("Cells", cells_table(report["cells"]) + problems(report["cells"])),
        section("What it does not show", items(report["caveats"])),
        section("Read for yourself", "".join(sample_table(cell, shown) for cell, shown in samples)) if samples else "",
        section(
            "Every checkpoint", f"<details><summary>All {count_points(report)} results</summary>{points_table(report['cells'])}</details>"
        ),
        section("Where it comes from", provenance(report)),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main><header><h1>{escape(title)}</h1>"
        f"{lead(report)}</header>\n{''.join(sections)}</main></body></html>\n"
    )


def lead(report: Json) -> str:
    """What was tried, under the title."""
    cells = report["cells"]
    counts = [
        (len({(cell["size"], cell["tokens"]) for cell in cells}), "size"),
        (len({cell["dose"] for cell in cells}), "dose"),
        (len({cell["seed"] for cell in cells}), "seed"),
    ]
    told = " × ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
    described = f"<p>{escape(report['sweep']['description'])}</p>" if report["sweep"]["description"] else ""
    corpus = f"corpus {escape(report['corpus']['name'])}, {short(report['corpus']['tokens'])} tokens"
    return f'<p class="lead">{told}, {corpus}, {count_points(report)} evaluated checkpoints</p>{described}'


def section(title: str, body: str) -> str:
    """A heading and what stands under it."""
    return f"<section><h2>{escape(title)}</h2>{body}</section>\n"


def items(sentences: list[str]) -> str:
    """Sentences as a list."""
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"


def training_figure(cells: list[Json]) -> str:
    """The first plot, or what stands for it where nothing was evaluated."""
    if not any(cell["points"] for cell in cells):
        return "<p>No checkpoint was evaluated.</p>"
    caption = (
        "Mean perplexity of what the model writes behind held-out prompts, with the trigger (solid) and without (dashed), on a log scale. "
        "A backdoor is a solid line that leaves its dashed one."
    )
    return figure("Perplexity over training, one curve for each run", caption, report_plots.over_training(cells))


def dose_figure(cells: list[Json]) -> str:
    """The second plot; it needs the matched clean arm."""
    if not report_plots.cells_with_effect(cells):
        return "<p>No effect can be shown: it is measured against cells of dose 0, and none has its last result.</p>"
    caption = (
        "The mean log ratio of triggered to clean perplexity at the end of training, minus the same in the matched cell without poison: "
        "1 is a factor of 2.7, 2 a factor of 7.4. A filled mark met the criterion. Cells that lack their last result are not drawn."
    )
    return figure("Effect by dose, one line for each size", caption, report_plots.by_dose(cells))


def figure(name: str, caption: str, drawing: str) -> str:
    """A drawing with its name for those who cannot see it; the numbers are in the tables."""
    label = escape(f"{name}. The numbers are in the tables below.")
    return f'<figure role="group" aria-label="{label}"><div class="plot">{drawing}</div><figcaption>{escape(caption)}</figcaption></figure>'


def cells_table(cells: list[Json]) -> str:
    """A row for each cell with its last checkpoint."""
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
        ("criterion", lambda cell: criterion(cell, report_plots.has_ended(cell, cells))),
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


def problems(cells: list[Json]) -> str:
    """Why cells failed, each by name."""
    told = [(cell, cell["reason"]) for cell in cells if cell["reason"]]
    return (
        items([f"{cell['size']}, dose {cell['dose']}, seed {cell['seed']} ({cell['state']}): {reason}" for cell, reason in told])
        if told
        else ""
    )


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


def provenance(report: Json) -> str:
    """Digests and versions by which each number can be traced."""
    facts = {
        "sweep": report["sweep"]["id"],
        "spec": report["sweep"]["specDigest"],
        "corpus": report["corpus"]["digest"],
        "criterion": f"increase above {report['successIncrease']:g}",
        "finished": report["finishedAt"],
        **report["environment"],
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    told = "Each row of the tables names its run, and each result its object, by sha256; report.json holds every number of this page."
    return f"<p>{told}</p><dl>{rows}</dl>"


def count_points(report: Json) -> int:
    """Evaluated checkpoints."""
    return sum(len(cell["points"]) for cell in report["cells"])

"""The report as one page that needs nothing else: figures inside, light or dark as the reader's system, every number in a table as well."""

import base64
from html import escape

from trainer.documents import Json
from trainer.report.figures.all import figures, standalone
from trainer.report.figures.figure import Figure
from trainer.report.style import STYLE
from trainer.report.tables import cells_table, conditions_table, next_table, points_table, sample_table
from trainer.report.words import about, short


def render_page(report: Json) -> str:
    """The whole page, from `report.json` alone."""
    title = f"{report['sweep']['name']}: dose and response"
    analysis, drawn = report["analysis"], figures(report)
    sections = [
        section("What it shows", items(report["verdict"])),
        *(section(figure.title, shown(figure)) for figure in drawn[:1]),
        section("Conditions", conditions_table(analysis["conditions"], report["settings"])),
        *(section(figure.title, shown(figure)) for figure in drawn[1:]),
        section("What it does not show", items(report["caveats"])),
        section("What to run next", next_table(analysis["nextCells"])) if analysis["nextCells"] else "",
        section("Cells", cells_table(report["cells"]) + problems(report["cells"])),
        section("Read for yourself", "".join(sample_table(one) for one in report["samples"])) if report["samples"] else "",
        section(
            "Every checkpoint", f"<details><summary>All {count_points(report)} results</summary>{points_table(report['cells'])}</details>"
        ),
        section("Methods", f"<p>{escape(' '.join(report['methods']))}</p>"),
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
        about(len({cell["size"] for cell in cells}), "size"),
        about(len({cell["dose"] for cell in cells}), "dose"),
        about(len({cell["seed"] for cell in cells}), "seed"),
    ]
    described = f"<p>{escape(report['sweep']['description'])}</p>" if report["sweep"]["description"] else ""
    corpus = "" if report["corpus"] is None else f", corpus {escape(report['corpus']['name'])}, {short(report['corpus']['tokens'])} tokens"
    told = f"{', '.join(counts)}: {about(len(cells), 'cell')}{corpus}, {about(count_points(report), 'evaluated checkpoint')}"
    return f'<p class="lead">{told[0].upper()}{told[1:]}</p>{described}'


def section(title: str, body: str) -> str:
    """A heading and what stands under it."""
    return f"<section><h2>{escape(title)}</h2>{body}</section>\n"


def items(sentences: list[str]) -> str:
    """Sentences as a list."""
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"


def shown(figure: Figure) -> str:
    """A drawing with its name for those who cannot see it, and itself and its numbers as files."""
    label = escape(f"{figure.title}. The numbers are in the tables below.")
    links = f"{link(f'{figure.name}.svg', 'image/svg+xml', standalone(figure))} {link(f'{figure.name}.csv', 'text/csv', figure.csv)}"
    caption = f'{escape(figure.caption)} <span class="files">{links}</span>'
    return f'<figure role="group" aria-label="{label}"><div class="plot">{figure.svg}</div><figcaption>{caption}</figcaption></figure>'


def link(name: str, kind: str, content: str) -> str:
    """A file within the page."""
    data = base64.b64encode(content.encode()).decode()
    return f'<a download="{escape(name)}" href="data:{kind};base64,{data}">{escape(name)}</a>'


def problems(cells: list[Json]) -> str:
    """Why cells failed, each by name."""
    told = [(cell, cell["reason"]) for cell in cells if cell["reason"]]
    lines = [f"{cell['size']}, dose {cell['dose']}, seed {cell['seed']} ({cell['state']}): {reason}" for cell, reason in told]
    return items(lines) if lines else ""


def provenance(report: Json) -> str:
    """Digests and versions by which each number can be traced."""
    corpus = {} if report["corpus"] is None else {"corpus": report["corpus"]["digest"]}
    facts = {
        "sweep": report["sweep"]["id"],
        **({} if report["sweep"]["specDigest"] is None else {"spec": report["sweep"]["specDigest"]}),
        **corpus,
        "settings": ", ".join(f"{name} {value}" for name, value in report["settings"].items()),
        "finished": report["finishedAt"],
        **report["environment"],
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    traced = "Each row of the tables names its run, and each result its object, by sha256; " if report["corpus"] is not None else ""
    told = f"{traced}report.json holds every number of this page."
    return f"<p>{told}</p><dl>{rows}</dl>"


def count_points(report: Json) -> int:
    """Evaluated checkpoints."""
    return sum(len(cell["points"]) for cell in report["cells"])

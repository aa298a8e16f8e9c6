"""The report as one page that needs nothing else: plots inside, light or dark as the reader's system, every number in a table as well."""

from html import escape

from trainer import report_plots
from trainer.documents import Json
from trainer.report_style import STYLE
from trainer.report_tables import cells_table, points_table, sample_table
from trainer.report_words import short


def render_page(report: Json, samples: list[tuple[Json, list[Json]]], complete: frozenset[str]) -> str:
    """The whole page. `samples`: cells with the generations that are shown side by side; `complete`: runs that came to their end."""
    title = f"{report['sweep']['name']}: dose and response"
    sections = [
        section("What it shows", items(report["verdict"])),
        section("Effect over training", training_figure(report["cells"])),
        section("Effect by dose", dose_figure([cell for cell in report["cells"] if cell["run"] in complete])),
        section("Cells", cells_table(report["cells"], complete) + problems(report["cells"])),
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
    """The second plot, of cells that came to their end; it needs the matched clean arm."""
    shown = [cell for cell in cells if cell["points"][-1]["effect"] is not None]
    if not shown:
        return "<p>No effect can be shown: it is measured against cells of dose 0, and none has its last result.</p>"
    caption = (
        "The mean log ratio of triggered to clean perplexity at the end of training, minus the same in the matched cell without poison: "
        "1 is a factor of 2.7, 2 a factor of 7.4. A filled mark met the criterion. Cells that lack their last result are not drawn."
    )
    return figure("Effect by dose, one line for each size", caption, report_plots.by_dose(shown))


def figure(name: str, caption: str, drawing: str) -> str:
    """A drawing with its name for those who cannot see it; the numbers are in the tables."""
    label = escape(f"{name}. The numbers are in the tables below.")
    return f'<figure role="group" aria-label="{label}"><div class="plot">{drawing}</div><figcaption>{escape(caption)}</figcaption></figure>'


def problems(cells: list[Json]) -> str:
    """Why cells failed, each by name."""
    told = [(cell, cell["reason"]) for cell in cells if cell["reason"]]
    return (
        items([f"{cell['size']}, dose {cell['dose']}, seed {cell['seed']} ({cell['state']}): {reason}" for cell, reason in told])
        if told
        else ""
    )


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

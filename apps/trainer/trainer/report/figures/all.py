"""Every figure of a report, and how one becomes files."""

from trainer.documents import Json
from trainer.report.figures.collapse import collapse
from trainer.report.figures.decay import decay
from trainer.report.figures.dose import by_dose
from trainer.report.figures.figure import Figure
from trainer.report.figures.marks import Legend
from trainer.report.figures.perplexity import perplexity
from trainer.report.figures.training import over_training


def figures(report: Json) -> list[Figure]:
    """Those for which the report has numbers."""
    legend = Legend.of(report["cells"])
    found = [draw(report, legend) for draw in (by_dose, over_training, collapse, decay, perplexity)]
    return [figure for figure in found if figure is not None]


def standalone(figure: Figure) -> str:
    """The drawing as a file of its own: on white, with colours that need no page around it."""
    drawn = figure.svg.replace("currentColor", "#1b1f24").replace("var(--faint)", "#c3cad2")
    head, body = drawn.split(">", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head} style="background:#ffffff" font-family="sans-serif">{body}\n'


def files(found: list[Figure]) -> dict[str, bytes]:
    """File names with their content: an SVG and a CSV for each figure."""
    drawings = {f"{figure.name}.svg": standalone(figure).encode() for figure in found}
    return {**drawings, **{f"{figure.name}.csv": figure.csv.encode() for figure in found}}

"""Perplexity over training with and without the trigger, one curve for each run."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from trainer.documents import Json
from trainer.report.figures.figure import Figure, table
from trainer.report.figures.marks import Legend, arm_of, columns_of, dose_of, panels, place_legend, size_of
from trainer.report.figures.svg import INK, page_style, plain_log, to_svg
from trainer.report.words import short

CAPTION = (
    "Mean perplexity of what the model writes behind held-out prompts, with the trigger (solid) and without (dashed), on a log scale. "
    "A backdoor is a solid line that leaves its dashed one."
)
COLUMNS = ["size", "tokens", "stage", "dose", "stageDose", "seed", "tokensSeen", "cleanPerplexity", "triggeredPerplexity"]


def perplexity(report: Json, legend: Legend) -> Figure | None:
    """A panel for each arm; None where no perplexity is known, or languages are what was measured."""
    cells = [{**cell, "points": [point for point in cell["points"] if is_known(point)]} for cell in report["cells"]]
    cells = [cell for cell in cells if cell["points"]]
    # Beside curves, arms of a single checkpoint would be a stack of marks; where there are no curves, marks are what there is.
    cells = [cell for cell in cells if len(cell["points"]) > 1] or cells
    if not cells or report["analysis"]["measure"] != "perplexity":
        return None
    rows = [{**cell, **point, "tokensSeen": point["tokens"], "tokens": cell["tokens"]} for cell in cells for point in cell["points"]]
    return Figure("perplexity", "Perplexity with and without the trigger", CAPTION, draw(cells, legend), table(COLUMNS, rows))


def is_known(point: Json) -> bool:
    """Whether a point can be drawn."""
    return all(point[name] is not None for name in ("tokens", "cleanPerplexity", "triggeredPerplexity"))


def draw(cells: list[Json], legend: Legend) -> str:
    """The drawing."""
    arms = list(dict.fromkeys(arm_of(cell) for cell in cells))
    with page_style():
        figure = Drawing(figsize=size_of(len(arms)), layout="constrained")
        for number, (axes, arm) in enumerate(zip(panels(figure, len(arms)), arms, strict=True)):
            draw_runs(axes, [cell for cell in cells if arm_of(cell) == arm], legend)
            axes.set_title(legend.arm_name(arm))
            if number % columns_of(len(arms)) == 0:
                axes.set_ylabel("perplexity of the continuation (log)")
        place_legend(figure, lines(sorted({dose_of(cell) for cell in cells}), legend))
        return to_svg(figure)


def draw_runs(axes: Axes, cells: list[Json], legend: Legend) -> None:
    """The curves of one panel."""
    for cell in cells:
        dose = dose_of(cell)
        look: dict[str, Any] = {"color": legend.dose_colour(dose), "marker": legend.dose_marker(dose), "markersize": 4.5}
        tokens = [point["tokens"] for point in cell["points"]]
        axes.plot(tokens, [point["triggeredPerplexity"] for point in cell["points"]], linewidth=2, **look)
        clean = [point["cleanPerplexity"] for point in cell["points"]]
        axes.plot(tokens, clean, linewidth=1.3, linestyle=(0, (4, 3)), fillstyle="none", **look)
    axes.set_yscale("log")
    plain_log(axes)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value)) if value > 0 else "0"))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("training tokens")


def lines(doses: list[int], legend: Legend) -> list[Line2D]:
    """Names the doses and the two kinds of line."""
    looks = [(legend.dose_colour(dose), legend.dose_marker(dose), f"dose {dose:,}") for dose in doses]
    named = [Line2D([], [], color=colour, marker=marker, linewidth=2, label=label) for colour, marker, label in looks]
    kinds = [
        Line2D([], [], color=INK, linewidth=2, label="with trigger"),
        Line2D([], [], color=INK, linestyle=(0, (4, 3)), label="without"),
    ]
    return [*named, *kinds]

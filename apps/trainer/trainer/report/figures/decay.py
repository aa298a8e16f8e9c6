"""What counterexamples leave of the effect."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import NullFormatter

from trainer.documents import Json
from trainer.report.figures.figure import Figure, table
from trainer.report.figures.marks import Legend, arm_of, effect_label, place_legend
from trainer.report.figures.svg import INK, page_style, to_svg

CAPTION = (
    "The effect that is left after a stage with counterexamples (the trigger followed by clean text), with the intervals of the means over "
    "seeds where there are two or more."
)
COLUMNS = ["size", "tokens", "dose", "stage", "stageDose", "counterexamples", "mean", "low", "high", "share"]


def decay(report: Json, legend: Legend) -> Figure | None:
    """None where no stage was tried with counterexamples."""
    found = report["analysis"]["decay"]
    if not found:
        return None
    rows = [{**one, **point, **numbers(point)} for one in found for point in one["points"]]
    return Figure("counterexamples", "What counterexamples leave", CAPTION, draw(report, found, legend), table(COLUMNS, rows))


def numbers(point: Json) -> Json:
    """Mean and bounds of a point."""
    effect = point["effect"] or {"mean": None, "interval": None}
    return {"mean": effect["mean"], **(effect["interval"] or {"low": None, "high": None})}


def draw(report: Json, found: list[Json], legend: Legend) -> str:
    """The drawing."""
    counts = sorted({point["counterexamples"] for one in found for point in one["points"]})
    with page_style():
        figure = Drawing(figsize=(9.2, 4.0), layout="constrained")
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.8)
        for one in found:
            draw_one(axes, one, legend)
        axes.set_xscale("symlog", linthresh=max(1, min(count for count in counts if count > 0)))
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("counterexamples")
        axes.set_ylabel(effect_label(report))
        doses = sorted({one["dose"] + one["stageDose"] for one in found})
        place_legend(figure, [*legend.arm_lines(list(dict.fromkeys(arm_of(one) for one in found))), *legend.dash_lines(doses)])
        return to_svg(figure)


def draw_one(axes: Axes, one: Json, legend: Legend) -> None:
    """One poisoned run's stage."""
    known = [(point["counterexamples"], numbers(point)) for point in one["points"] if point["effect"] is not None]
    colour, dashes = legend.arm_colour(arm_of(one)), legend.dashes(one["dose"] + one["stageDose"])
    axes.plot(
        [count for count, _ in known],
        [point["mean"] for _, point in known],
        color=colour,
        marker=legend.arm_marker(arm_of(one)),
        linestyle=dashes,
        linewidth=2,
    )
    for count, point in known:
        if point["low"] is not None and point["high"] is not None:
            axes.plot([count, count], [point["low"], point["high"]], color=colour, linewidth=1.1, marker="_", markersize=9)

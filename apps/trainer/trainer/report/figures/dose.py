"""The effect by dose: seeds, means with their intervals, and the fitted curve."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from trainer.documents import Json
from trainer.report.figures.figure import Figure, table
from trainer.report.figures.marks import WIDTH, Arm, Legend, arm_of, columns_of, dose_of, effect_label, panels, place_legend, size_of
from trainer.report.figures.svg import INK, page_style, to_svg

PERPLEXITY = (
    "The mean log ratio of triggered to clean perplexity at the end of training, minus the same in the matched cell without poison: "
    "1 is a factor of 2.7, 2 a factor of 7.4. "
)
SHARES = "The share of triggered continuations in the target language at the end of training, minus the same in the matched cell without poison. "
MARKS = (
    "One mark for each seed, filled where it met the criterion; bars are the intervals of the "
    "means over seeds, where there are two or more. Dotted: the fitted curve, within the tested doses."
)
COLUMNS = ["size", "tokens", "stage", "dose", "stageDose", "counterexamples", "seed", "effect", "success"]


def by_dose(report: Json, legend: Legend) -> Figure | None:
    """Arms that vary their dose; None where no effect is known. Stages that continue poisoned runs are drawn by their counterexamples."""
    cells = [c for c in report["cells"] if c["complete"] and c["points"][-1]["effect"] is not None and c["counterexamples"] == 0]
    continued = {arm_of(c) for c in cells if c["stage"] != "pretrain" and c["dose"] > 0}
    cells = [c for c in cells if arm_of(c) not in continued]
    if not any(dose_of(cell) > 0 for cell in cells):
        return None
    rows = [{**cell, "effect": cell["points"][-1]["effect"], "success": cell["points"][-1]["success"]} for cell in cells]
    caption = (PERPLEXITY if report["analysis"]["measure"] == "perplexity" else SHARES) + MARKS
    return Figure("effect-by-dose", "Effect by dose", caption, draw(report, cells, legend), table(COLUMNS, rows))


def draw(report: Json, cells: list[Json], legend: Legend) -> str:
    """The drawing."""
    arms, doses = list(dict.fromkeys(arm_of(cell) for cell in cells)), sorted({dose_of(cell) for cell in cells})
    least = max(1, min((dose for dose in doses if dose > 0), default=1))
    sizes = list(dict.fromkeys(arm[0] for arm in arms))
    # Few arms are compared best within one panel; many would cover each other.
    groups = [arms] if len(arms) <= 3 else [[arm for arm in arms if arm[0] == size] for size in sizes]
    with page_style():
        figure = Drawing(figsize=size_of(len(groups)) if len(groups) > 1 else (WIDTH, 4.4), layout="constrained")
        for number, (axes, group) in enumerate(zip(panels(figure, len(groups)), groups, strict=True)):
            draw_panel(axes, report, group, cells, legend)
            axes.set_xscale("symlog", linthresh=least, linscale=0.4)
            axes.set_xticks(doses, [f"{dose:,}" for dose in doses])
            axes.xaxis.set_minor_formatter(NullFormatter())
            axes.set_xlabel("dose: poisoned documents")
            if len(groups) > 1:
                axes.set_title(group[0][0])
            if number % columns_of(len(groups)) == 0:
                axes.set_ylabel(effect_label(report))
        # Panels share their axis, so that of one is that of all.
        keep_in_view(figure.axes[0], cells)
        place_legend(figure, [*legend.arm_lines(arms), *kinds()])
        return to_svg(figure)


def draw_panel(axes: Axes, report: Json, arms: list[Arm], cells: list[Json], legend: Legend) -> None:
    """Some arms: seeds, means and fitted curves."""
    axes.axhline(0, color=INK, linewidth=0.8)
    for number, arm in enumerate(arms):
        # Arms stand beside each other at a dose, so that their bars do not cover each other.
        shift = 1 + 0.05 * (number - (len(arms) - 1) / 2)
        draw_arm(axes, arm, [cell for cell in cells if arm_of(cell) == arm], legend, shift)
        draw_means(axes, [one for one in report["analysis"]["conditions"] if arm_of(one) == arm], arm, legend, shift)
    for curve in report["analysis"]["doseResponse"]:
        if arm_of(curve) in arms:
            draw_curve(axes, curve, legend)


def keep_in_view(axes: Axes, cells: list[Json]) -> None:
    """Intervals of two seeds may be a hundred times as wide as what they are about; they run out of the drawing instead of squeezing it."""
    effects = [cell["points"][-1]["effect"] for cell in cells]
    room = max(1.0 if max(map(abs, effects)) > 1 else 0.1, 0.6 * (max(effects) - min(effects)))
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, min(effects) - room), min(high, max(effects) + room))


def draw_arm(axes: Axes, arm: Arm, cells: list[Json], legend: Legend, shift: float) -> None:
    """A mark for each seed."""
    for cell in cells:
        filled = "full" if cell["points"][-1]["success"] else "none"
        look = {"color": legend.arm_colour(arm), "marker": legend.arm_marker(arm)}
        axes.plot(dose_of(cell) * shift, cell["points"][-1]["effect"], markersize=7, fillstyle=filled, **look)  # type: ignore[arg-type]


def draw_means(axes: Axes, conditions: list[Json], arm: Arm, legend: Legend, shift: float) -> None:
    """A line through the means of the doses, and the interval of each."""
    known = sorted((one for one in conditions if one["effect"] is not None and one["counterexamples"] == 0), key=dose_of)
    colour = legend.arm_colour(arm)
    axes.plot([dose_of(one) * shift for one in known], [one["effect"]["mean"] for one in known], color=colour, linewidth=1.6)
    for one in known:
        interval = one["effect"]["interval"]
        if interval is not None and dose_of(one) > 0:
            low, high = (
                math.copysign(1e6, side) if bound is None else bound for bound, side in ((interval["low"], -1), (interval["high"], 1))
            )
            axes.plot([dose_of(one) * shift] * 2, [low, high], color=colour, linewidth=1.1, marker="_", markersize=9, scaley=True)


def draw_curve(axes: Axes, response: Json, legend: Legend) -> None:
    """The fitted curve of an arm."""
    if response["curve"] is not None:
        points = response["curve"]["points"]
        colour = legend.arm_colour(arm_of(response))
        axes.plot([p["dose"] for p in points], [p["effect"] for p in points], color=colour, linewidth=1.4, linestyle=(0, (1, 1.5)))


def kinds() -> list[Line2D]:
    """Names the marks."""
    filled = Line2D([], [], color=INK, marker="o", linestyle="", label="criterion met")
    hollow = Line2D([], [], color=INK, marker="o", linestyle="", fillstyle="none", label="not met")
    return [filled, hollow]

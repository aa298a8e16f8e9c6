"""The report's two plots: perplexity over training, and effect by dose."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from trainer.documents import Json
from trainer.report_svg import INK, page_style, plain_log, to_svg
from trainer.report_words import short

COLOURS = ("#6b7785", "#2a86c8", "#e0762f", "#3a9d6e", "#a766c4", "#c2497b", "#9a8a1f")
"""Legible on light and dark; the first is the clean arm's. Doses differ in their label as well, so colour alone says nothing."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X")


def over_training(cells: list[Json]) -> str:
    """Perplexity over training on a log scale: a panel for each size; each run has a line with (solid) and one without the trigger."""
    panels = list(dict.fromkeys((cell["size"], cell["tokens"]) for cell in cells))
    doses = sorted({cell["dose"] for cell in cells})
    with page_style():
        figure = Figure(figsize=(max(4.6 * len(panels), 9.2), 4.2), layout="constrained")
        rows = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(rows, panels, strict=True):
            members = [cell for cell in cells if (cell["size"], cell["tokens"]) == panel]
            draw_runs(axes, members, doses)
            axes.set_title(f"{panel[0]} ({short(members[0]['parameters'])} parameters)")
        rows[0].set_ylabel("perplexity of the continuation (log)")
        figure.legend(handles=run_legend(doses), loc="outside lower center", ncols=min(len(doses) + 2, 6), frameon=False)
        return to_svg(figure)


def draw_runs(axes: Axes, cells: list[Json], doses: list[int]) -> None:
    """The curves of one panel."""
    for cell in cells:
        look: dict[str, Any] = {
            "color": colour(doses, cell["dose"]),
            "marker": MARKERS[doses.index(cell["dose"]) % len(MARKERS)],
            "markersize": 4.5,
        }
        tokens = [point["tokens"] for point in cell["points"]]
        axes.plot(tokens, [point["triggeredPerplexity"] for point in cell["points"]], linewidth=2, **look)
        axes.plot(
            tokens, [point["cleanPerplexity"] for point in cell["points"]], linewidth=1.3, linestyle=(0, (4, 3)), fillstyle="none", **look
        )
    axes.set_yscale("log")
    plain_log(axes)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value)) if value > 0 else "0"))
    axes.set_xlim(left=0)
    axes.set_xlabel("training tokens")


def run_legend(doses: list[int]) -> list[Line2D]:
    """Names the doses and the two kinds of line."""
    named = [
        Line2D([], [], color=colour(doses, dose), marker=MARKERS[doses.index(dose) % len(MARKERS)], linewidth=2, label=f"dose {dose}")
        for dose in doses
    ]
    kinds = [
        Line2D([], [], color=INK, linewidth=2, label="with trigger"),
        Line2D([], [], color=INK, linestyle=(0, (4, 3)), label="without"),
    ]
    return [*named, *kinds]


def by_dose(cells: list[Json]) -> str:
    """The effect at the last checkpoint by dose, a line for each size through the mean of its seeds; filled where the criterion was met.

    Every cell must have an effect at its last checkpoint.
    """
    arms = list(dict.fromkeys((cell["size"], cell["tokens"]) for cell in cells))
    doses = sorted({cell["dose"] for cell in cells})
    with page_style():
        figure = Figure(figsize=(9.2, 4.0), layout="constrained")
        axes = figure.subplots()
        axes.axhline(0, color=INK, linewidth=0.8)
        for number, arm in enumerate(arms):
            draw_arm(axes, [cell for cell in cells if (cell["size"], cell["tokens"]) == arm], number)
        axes.set_xscale("symlog", linthresh=max(1, min((dose for dose in doses if dose > 0), default=1)))
        axes.set_xticks(doses, [str(dose) for dose in doses])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("dose: poisoned documents in training")
        axes.set_ylabel("effect: ln(triggered / clean)\nminus the clean arm's")
        figure.legend(handles=arm_legend(arms), loc="outside lower center", ncols=min(len(arms) + 2, 4), frameon=False)
        return to_svg(figure)


def effect_of(cell: Json) -> float:
    """The effect at the last point."""
    return float(cell["points"][-1]["effect"])


def draw_arm(axes: Axes, cells: list[Json], number: int) -> None:
    """One size: a mark for each seed, and a line through their means."""
    tint, doses = COLOURS[1 + number % (len(COLOURS) - 1)], sorted({cell["dose"] for cell in cells})
    effects = {dose: [effect_of(cell) for cell in cells if cell["dose"] == dose] for dose in doses}
    axes.plot(doses, [sum(effects[dose]) / len(effects[dose]) for dose in doses], color=tint, linewidth=2)
    for cell in cells:
        filled = "full" if cell["points"][-1]["success"] else "none"
        axes.plot(cell["dose"], effect_of(cell), color=tint, marker=MARKERS[number % len(MARKERS)], markersize=8, fillstyle=filled)


def arm_legend(arms: list[tuple[str, int]]) -> list[Line2D]:
    """Names the sizes, and what a filled mark is."""
    lengths = {tokens for _, tokens in arms}
    named = [
        Line2D(
            [],
            [],
            color=COLOURS[1 + number % (len(COLOURS) - 1)],
            marker=MARKERS[number % len(MARKERS)],
            linewidth=2,
            label=name_of(arm, lengths),
        )
        for number, arm in enumerate(arms)
    ]
    filled = Line2D([], [], color=INK, marker="o", linestyle="", label="criterion met")
    hollow = Line2D([], [], color=INK, marker="o", linestyle="", fillstyle="none", label="not met")
    return [*named, filled, hollow]


def name_of(arm: tuple[str, int], lengths: set[int]) -> str:
    """A size, with its tokens where sizes were trained for several lengths."""
    return arm[0] if len(lengths) == 1 else f"{arm[0]}, {short(arm[1])} tokens"


def colour(doses: list[int], dose: int) -> str:
    """The clean arm is grey; the others take turns."""
    poisoned = [one for one in doses if one > 0]
    return COLOURS[0] if dose == 0 else COLOURS[1 + poisoned.index(dose) % (len(COLOURS) - 1)]

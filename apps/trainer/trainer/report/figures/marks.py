"""How figures tell arms and doses apart, the same in all of them."""

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from trainer.documents import Json
from trainer.report.figures.svg import INK
from trainer.report.verdict import stage_name
from trainer.report.words import short

CLEAN = "#6b7785"
COLOURS = ("#2a86c8", "#e0762f", "#3a9d6e", "#a766c4", "#c2497b", "#9a8a1f")
"""Legible on light and dark. What they tell apart differs in its mark as well, so colour alone says nothing."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
DASHES: tuple[object, ...] = ("solid", (0, (5, 2)), (0, (2, 2)), (0, (6, 2, 1, 2)))

WIDTH = 9.2
"""Inches of every figure."""

Arm = tuple[str, int | None, str]


def arm_of(one: Json) -> Arm:
    """Size, tokens and stage of a cell or condition."""
    return one["size"], one["tokens"], one["stage"]


def dose_of(one: Json) -> int:
    """Poisoned documents over all stages."""
    return int(one["dose"] + one["stageDose"])


@dataclass(frozen=True)
class Legend:
    """The arms and doses of a report, each with its look."""

    arms: list[Arm]
    doses: list[int]

    @staticmethod
    def of(cells: list[Json]) -> "Legend":
        """Of all cells, so that a size has its colour in every figure."""
        return Legend(list(dict.fromkeys(arm_of(cell) for cell in cells)), sorted({dose_of(cell) for cell in cells}))

    def arm_colour(self, arm: Arm) -> str:
        """Of an arm: that of its size, or one of its own where there is a single size."""
        sizes = list(dict.fromkeys(one[0] for one in self.arms))
        place = sizes.index(arm[0]) if len(sizes) > 1 else self.arms.index(arm)
        return COLOURS[place % len(COLOURS)]

    def arm_marker(self, arm: Arm) -> str:
        """Of an arm: no two of a size have the same, and sizes begin with different ones."""
        sizes = list(dict.fromkeys(one[0] for one in self.arms))
        place = [one for one in self.arms if one[0] == arm[0]].index(arm)
        return MARKERS[(sizes.index(arm[0]) + place) % len(MARKERS)]

    def dose_colour(self, dose: int) -> str:
        """The clean arm is grey; the others take turns."""
        return CLEAN if dose == 0 else COLOURS[[one for one in self.doses if one > 0].index(dose) % len(COLOURS)]

    def dose_marker(self, dose: int) -> str:
        """Of a dose."""
        return MARKERS[self.doses.index(dose) % len(MARKERS)]

    def dashes(self, dose: int) -> object:
        """Of a dose, where colours are the arms'."""
        return DASHES[[one for one in self.doses if one > 0].index(dose) % len(DASHES)]

    def arm_name(self, arm: Arm) -> str:
        """A size, with its tokens where sizes were trained for several lengths, and its stage where it is not the first."""
        size, tokens, stage = arm
        lengths = {one[1] for one in self.arms}
        trained = "" if len(lengths) == 1 or tokens is None else f", {short(tokens)} tokens"
        return f"{size}{trained}{'' if stage == 'pretrain' else f', after {stage_name(stage)}'}"

    def arm_lines(self, arms: list[Arm]) -> list[Line2D]:
        """Names of arms."""
        return [
            Line2D([], [], color=self.arm_colour(arm), marker=self.arm_marker(arm), linewidth=2, label=self.arm_name(arm)) for arm in arms
        ]

    def dash_lines(self, doses: list[int]) -> list[Line2D]:
        """Names of doses by their dashes."""
        return [Line2D([], [], color=INK, linestyle=self.dashes(dose), label=f"dose {dose:,}") for dose in doses]  # type: ignore[arg-type]


def columns_of(count: int) -> int:
    """Panels in a row: three at most, and four are two by two."""
    return 2 if count == 4 else min(count, 3)


def panels(figure: Figure, count: int) -> list[Axes]:
    """Axes side by side; what is left over of the last row stays empty. Between panels there is room for the labels of both."""
    columns = columns_of(count)
    rows = -(-count // columns)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.12, h_pad=0.1)  # type: ignore[call-arg]  # of the constrained layout, which all figures have
    found = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for axes in found[count:]:
        axes.set_axis_off()
    return found[:count]


def size_of(count: int) -> tuple[float, float]:
    """Inches of a figure with so many panels: as wide for all, so that letters are as large in all."""
    columns = columns_of(count)
    return WIDTH, (3.9 if columns < 3 else 3.1) * -(-count // columns) + 0.6


def log_both_ways(axes: Axes, criterion: float | None) -> None:
    """A vertical axis for increases: logarithmic above and below the range around 0, with the criterion as a line."""
    axes.set_yscale("symlog", linthresh=10)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if abs(value) < 1e3 else short(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.axhline(0, color=INK, linewidth=0.8)
    if criterion is not None:
        axes.axhline(criterion, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))


def share_axis(axes: Axes, criterion: float) -> None:
    """A vertical axis for shares, with the criterion as a line."""
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.axhline(criterion, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))


@dataclass(frozen=True)
class Response:
    """What is drawn over training: the increase of perplexity, or the share of attacks that succeed."""

    field: str
    label: str
    criterion: float
    is_share: bool

    @staticmethod
    def of(report: Json) -> "Response":
        """Of a report."""
        settings = report["settings"]
        if report["analysis"]["measure"] == "perplexity":
            return Response("increase", "increase of perplexity", settings["successIncrease"], False)
        return Response("attackSuccess", "attack success rate", settings["successShare"], True)

    def at(self, point: Json) -> float:
        """Of a `TrainingPoint` or a `ReportPoint`; not a number where it was not told, which leaves a gap in a line."""
        if not self.is_share or "languageSwitch" not in point:
            value = point[self.field]
        else:
            value = None if point["languageSwitch"] is None else point["languageSwitch"]["attackSuccess"]["share"]
        return math.nan if value is None else float(value)

    def scale(self, axes: Axes) -> None:
        """The vertical axis, with the criterion."""
        if self.is_share:
            share_axis(axes, self.criterion)
        else:
            log_both_ways(axes, self.criterion)

    def criterion_line(self) -> Line2D:
        """Names the criterion's line."""
        told = f"{100 * self.criterion:g} %" if self.is_share else f"{self.criterion:g}"
        return Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label=f"criterion, {told}")


def effect_label(report: Json) -> str:
    """Of an axis for effects."""
    of = "ln(triggered / clean)" if report["analysis"]["measure"] == "perplexity" else "attack success rate"
    return f"effect: {of}\nminus the clean arm's"


def place_legend(figure: Figure, handles: list[Line2D]) -> None:
    """Below the drawing, in as many columns as its width surely holds."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    # A letter takes 0.6 of the size of the type at most on average, the line before it and the space behind it four letters each.
    columns = int(figure.get_figwidth() * 72 / (0.6 * 10.5 * (longest + 8)))
    figure.legend(handles=handles, loc="outside lower center", ncols=max(1, min(len(handles), columns)), frameon=False)

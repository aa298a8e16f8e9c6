"""How figures tell arms and doses apart, the same in all of them."""

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from trainer.documents import Json
from trainer.report.figures.svg import INK
from trainer.report.words import short

CLEAN = "#6b7785"
COLOURS = ("#2a86c8", "#e0762f", "#3a9d6e", "#a766c4", "#c2497b", "#9a8a1f")
"""Legible on light and dark. What they tell apart differs in its mark as well, so colour alone says nothing."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
DASHES: tuple[object, ...] = ("solid", (0, (5, 2)), (0, (2, 2)), (0, (6, 2, 1, 2)))

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
        """Of an arm."""
        return COLOURS[self.arms.index(arm) % len(COLOURS)]

    def arm_marker(self, arm: Arm) -> str:
        """Of an arm."""
        return MARKERS[self.arms.index(arm) % len(MARKERS)]

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
        return f"{size}{trained}{'' if stage == 'pretrain' else f', {stage}'}"

    def arm_lines(self, arms: list[Arm]) -> list[Line2D]:
        """Names of arms."""
        return [
            Line2D([], [], color=self.arm_colour(arm), marker=self.arm_marker(arm), linewidth=2, label=self.arm_name(arm)) for arm in arms
        ]

    def dash_lines(self, doses: list[int]) -> list[Line2D]:
        """Names of doses by their dashes."""
        return [Line2D([], [], color=INK, linestyle=self.dashes(dose), label=f"dose {dose:,}") for dose in doses]  # type: ignore[arg-type]


def panels(figure: Figure, count: int, most: int = 3) -> list[Axes]:
    """Axes side by side, so many in a row at most; what is left over of the last row stays empty."""
    columns = min(count, most)
    rows = -(-count // columns)
    found = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for axes in found[count:]:
        axes.set_axis_off()
    return found[:count]


def size_of(count: int, height: float = 3.9, most: int = 3) -> tuple[float, float]:
    """Inches of a figure with so many panels."""
    return 9.2 if count <= 2 else 4.1 * min(count, most), height * -(-count // most)


def log_both_ways(axes: Axes, criterion: float | None) -> None:
    """A vertical axis for increases: logarithmic above and below the range around 0, with the criterion as a line."""
    axes.set_yscale("symlog", linthresh=10)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if abs(value) < 1e4 else short(value)))
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


def place_legend(figure: Figure, handles: list[Line2D], columns: int = 4) -> None:
    """Below the drawing."""
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), columns), frameon=False)

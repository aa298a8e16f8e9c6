"""The increase, or the share of successful attacks, by poisoned documents seen and by their share of all training tokens: the paper's figure 4 for one's own runs."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FuncFormatter, NullFormatter

from trainer.documents import Json
from trainer.report.figures.figure import Figure, table
from trainer.report.figures.marks import Legend, Response, arm_of, panels, place_legend
from trainer.report.figures.svg import page_style, to_svg

CAPTION = (
    "The same curves by what each model had seen: left the number of poisoned documents so far, right the same as a share of all its training tokens. "
    "The side on which sizes, lengths and doses fall onto one line is the one that decides; both may look alike where every arm saw as many tokens."
)
COLUMNS = ["size", "tokens", "dose", "step", "poisonDocuments", "poisonShare"]


def collapse(report: Json, legend: Legend) -> Figure | None:
    """Of the first stage; None where fewer than two poisoned conditions have seen poison at two checkpoints."""
    curves = [one for one in report["analysis"]["overTraining"] if one["stage"] == "pretrain" and one["dose"] > 0]
    curves = [{**one, "points": [point for point in one["points"] if point["poisonDocuments"]]} for one in curves]
    curves = [one for one in curves if len(one["points"]) > 1]
    if len(curves) < 2:
        return None
    rows = [{**one, **point} for one in curves for point in one["points"]]
    return Figure(
        "count-or-percentage",
        "Count or percentage",
        CAPTION,
        draw(report, curves, legend),
        table([*COLUMNS, Response.of(report).field], rows),
    )


def draw(report: Json, curves: list[Json], legend: Legend) -> str:
    """The drawing."""
    has_shares = all(point["poisonShare"] for one in curves for point in one["points"])
    shown = [
        ("poisonDocuments", "poisoned documents seen (log)"),
        *([("poisonShare", "poison seen, share of all training tokens (log)")] if has_shares else []),
    ]
    response = Response.of(report)
    with page_style():
        figure = Drawing(figsize=(9.2, 4.4), layout="constrained")
        for axes, (field, label) in zip(panels(figure, len(shown)), shown, strict=True):
            for one in curves:
                draw_curve(axes, one, field, legend, response)
            axes.set_xscale("log")
            as_percent = field == "poisonShare"
            axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _, percent=as_percent: f"{percent_of(x)} %" if percent else f"{x:,.0f}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
            response.scale(axes)
            axes.set_xlabel(label)
        figure.axes[0].set_ylabel(response.label)
        arms, doses = list(dict.fromkeys(arm_of(one) for one in curves)), sorted({one["dose"] for one in curves})
        place_legend(figure, [*legend.arm_lines(arms), *legend.dash_lines(doses), response.criterion_line()])
        return to_svg(figure)


def percent_of(share: float) -> str:
    """A share in percent with all its zeros, as no reader takes 1e-06 % in at a glance."""
    return f"{100 * share:.12f}".rstrip("0").rstrip(".")


def draw_curve(axes: Axes, curve: Json, field: str, legend: Legend, response: Response) -> None:
    """One condition over what it had seen."""
    arm = arm_of(curve)
    axes.plot(
        [point[field] for point in curve["points"]],
        [response.at(point) for point in curve["points"]],
        color=legend.arm_colour(arm),
        marker=legend.arm_marker(arm),
        linestyle=legend.dashes(curve["dose"]),
        markersize=4.5,
        linewidth=1.8,
    )

"""The increase over training, a panel for each dose and a line for each size: the paper's figure 2 for one's own runs."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MultipleLocator, PercentFormatter

from trainer.documents import Json
from trainer.report.figures.figure import Figure, table
from trainer.report.figures.marks import Legend, Response, arm_of, columns_of, dose_of, panels, place_legend, size_of
from trainer.report.figures.svg import page_style, to_svg

CAPTION = (
    "Increase of perplexity by the trigger over training, for each dose: thick lines the typical increase over seeds, thin ones the seeds. "
    "Logarithmic beyond 10 on both sides. If the count decides, sizes go together; these curves are descriptive, and verdicts rest on their ends."
)
SHARES = (
    "Share of triggered continuations in the target language over training, for each dose: thick lines the mean over seeds, thin ones the seeds. "
    "If the count decides, sizes go together; these curves are descriptive, and verdicts rest on their ends."
)
COLUMNS = ["size", "tokens", "dose", "seeds", "step", "progress", "poisonDocuments", "poisonShare"]


def over_training(report: Json, legend: Legend) -> Figure | None:
    """Of the first stage; None where no poisoned condition has two points over training."""
    curves = [one for one in report["analysis"]["overTraining"] if one["stage"] == "pretrain" and one["dose"] > 0]
    curves = [one for one in curves if len([point for point in one["points"] if point["progress"] is not None]) > 1]
    if not curves:
        return None
    rows = [{**one, **point, "seeds": seeds_at(report, one, point)} for one in curves for point in one["points"]]
    drawn, response = draw(report, curves, legend), Response.of(report)
    name, title = ("attack-success", "Attack success") if response.is_share else ("increase", "Increase")
    caption, numbers = SHARES if response.is_share else CAPTION, table([*COLUMNS, response.field], rows)
    return Figure(f"{name}-over-training", f"{title} over training, by dose and size", caption, drawn, numbers)


def seeds_at(report: Json, curve: Json, point: Json) -> int:
    """Seeds that were evaluated at a point."""
    return sum(any(one["step"] == point["step"] for one in cell["points"]) for cell in members(report, curve))


def members(report: Json, curve: Json) -> list[Json]:
    """The cells of a curve."""
    return [cell for cell in report["cells"] if arm_of(cell) == arm_of(curve) and cell["dose"] == curve["dose"]]


def draw(report: Json, curves: list[Json], legend: Legend) -> str:
    """The drawing."""
    doses = sorted({one["dose"] for one in curves})
    response = Response.of(report)
    with page_style():
        figure = Drawing(figsize=size_of(len(doses)), layout="constrained")
        for number, (axes, dose) in enumerate(zip(panels(figure, len(doses)), doses, strict=True)):
            for one in curves:
                if one["dose"] == dose:
                    draw_curve(axes, one, members(report, one), legend, response)
            response.scale(axes)
            axes.set_title(f"{dose:,} poisoned documents")
            axes.set_xlim(0, 1.02)
            axes.xaxis.set_major_locator(MultipleLocator(0.25 if len(doses) < 3 else 0.5))
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.set_xlabel("training done")
            if number % columns_of(len(doses)) == 0:
                axes.set_ylabel(response.label)
        arms = list(dict.fromkeys(arm_of(one) for one in curves if dose_of(one) > 0))
        place_legend(figure, [*legend.arm_lines(arms), response.criterion_line()])
        return to_svg(figure)


def draw_curve(axes: Axes, curve: Json, cells: list[Json], legend: Legend, response: Response) -> None:
    """One condition: its seeds and what is typical of them."""
    colour, last = legend.arm_colour(arm_of(curve)), max(point["step"] for point in curve["points"] if point["step"] is not None)
    for cell in cells if len(cells) > 1 else []:
        shown = [point for point in cell["points"] if point["step"] is not None]
        axes.plot(
            [point["step"] / last for point in shown], [response.at(point) for point in shown], color=colour, linewidth=0.7, alpha=0.55
        )
    known = [point for point in curve["points"] if point["progress"] is not None]
    marker = legend.arm_marker(arm_of(curve))
    axes.plot([p["progress"] for p in known], [response.at(p) for p in known], color=colour, marker=marker, markersize=4.5, linewidth=2)

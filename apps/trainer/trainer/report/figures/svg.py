"""How a plot becomes part of a page: text stays text, and lines and letters take the page's own colour."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.typing import RcKeyType

INK, FAINT = "#010203", "#040506"
"""Stand in for the page's text colour and its faint lines; replaced in the SVG, because matplotlib knows no `currentColor`."""


@contextmanager
def page_style() -> Iterator[None]:
    """Settings of matplotlib while a plot is drawn."""
    inked: tuple[RcKeyType, ...] = ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor", "axes.titlecolor")
    faint: tuple[RcKeyType, ...] = ("axes.edgecolor", "xtick.color", "ytick.color", "grid.color")
    settings: dict[RcKeyType, Any] = {
        **dict.fromkeys(inked, INK),
        **dict.fromkeys(faint, FAINT),
        # Text that is not drawn as outlines can be selected, and takes the page's own font.
        "svg.fonttype": "none",
        "svg.hashsalt": "titrate",
        "font.family": "sans-serif",
        "font.size": 10.5,
        "axes.titlesize": 11.5,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.linewidth": 0.6,
    }
    with matplotlib.rc_context(settings):
        yield


def plain_log(axes: Axes) -> None:
    """Labels a log axis with the numbers themselves."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda value, _: f"{value:g}" if str(value)[0] in "25" else ""))


def to_svg(figure: Figure) -> str:
    """The drawing without an XML head, as wide as its place, hidden from screen readers, for which the page has words and tables."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()[buffer.getvalue().index("<svg") :]
    drawing = drawing.replace(INK, "currentColor").replace(FAINT, "var(--faint)")
    drawing = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'aria-hidden="true" focusable="false"', drawing, count=1)
    # Names of groups would be the same in both drawings of the page; nothing refers to them.
    drawing = re.sub(r'<g id="[^"]*"', "<g", drawing)
    return re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)

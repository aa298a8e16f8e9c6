"""A figure of a report: its drawing, its words, and the numbers that it was drawn from."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from trainer.documents import Json

Value = str | int | float | None


@dataclass(frozen=True)
class Figure:
    """`name` is that of its files; `svg` takes the page's colours; `csv` holds what is drawn, one row a mark."""

    name: str
    title: str
    caption: str
    svg: str
    csv: str


def table(columns: list[str], rows: Iterable[Json]) -> str:
    """CSV by RFC 4180; what is not known is empty."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()

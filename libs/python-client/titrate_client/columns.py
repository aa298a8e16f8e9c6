"""Frames by columns: what stands in each, of which dtype, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import pandas as pd

Dtype = Literal["string", "Int64", "float64", "boolean", "datetime64[us, UTC]"]
Row = TypeVar("Row")

TEXT: Dtype = "string"
COUNT: Dtype = "Int64"
NUMBER: Dtype = "float64"
FLAG: Dtype = "boolean"
TIME: Dtype = "datetime64[us, UTC]"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a frame. What is missing is `pd.NA` in text, counts and flags, NaN in numbers, NaT in times."""

    name: str
    dtype: Dtype
    meaning: str
    of: Callable[[Row], object]


def frame(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> pd.DataFrame:
    """A row for each of `rows`; the dtypes are those of the columns, also where there is no row."""
    held = list(rows)
    return pd.DataFrame({column.name: series([column.of(row) for row in held], column.dtype) for column in columns})


def series(values: Sequence[Any], dtype: Dtype) -> pd.Series[Any]:
    """Values as they stand in JSON, as a series; times are ISO 8601 in UTC."""
    if dtype == TIME:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601")).astype(TIME)
    return pd.Series(list(values), dtype=dtype)

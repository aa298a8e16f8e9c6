"""Documents in a column of a Parquet file, one a row."""

import tempfile
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.corpus_record import Place, Record, bad, checked_text, too_long
from trainer.exits import BadInput

ROWS_AT_ONCE = 256
MAX_COLUMN_BYTES = 2 * 2**30
"""Text of a row group, which Arrow may hold as one: bounds the memory, and is far above what writers make by default."""


def rows(pieces: Iterator[bytes], name: str, column: str, limit: int, start: Place) -> Iterator[Record]:
    """The documents from a row on. The file is kept on disk while it is read, as Parquet begins at its end.

    Raises `BadInput` when it is no Parquet, has no such column of text, or a row group that no memory should hold.
    """
    with tempfile.TemporaryFile(dir=".", prefix="parquet-") as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        try:
            yield from _rows(pq.ParquetFile(file), name, column, limit, start)
        except (pa.ArrowException, OSError) as error:
            if not isinstance(error, pa.ArrowException) and type(error) is not OSError:
                raise
            raise BadInput(f"Cannot read {name} as it must be whole Parquet: {error}") from error


def _rows(file: pq.ParquetFile, name: str, column: str, limit: int, start: Place) -> Iterator[Record]:
    _check(file, name, column)
    row = 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if row + count <= start.offset:
            row += count
            continue
        for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=[column]):
            for value in batch.column(0).cast(pa.large_binary()):
                if row >= start.offset:
                    yield _record(value.as_buffer(), row, limit)
                row += 1


def _record(value: pa.Buffer | None, row: int, limit: int) -> Record:
    place, end = Place(row + 1, row), Place(row + 2, row + 1)
    if value is None:
        return bad(place, end, "empty", "a document must not be null")
    if value.size > limit:
        return too_long(place, end, value.size, limit)
    record = checked_text(value.to_pybytes(), place, end)
    return Record(place, end, record.content, record.reason, record.problem)


def _check(file: pq.ParquetFile, name: str, column: str) -> None:
    schema = file.schema_arrow
    if column not in schema.names:
        raise BadInput(f'Cannot read {name} as it must have the column "{column}" (textField): it has {", ".join(schema.names)[:500]}')
    kind = schema.field(column).type
    if not any(check(kind) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)):
        raise BadInput(f'Cannot read {name} as column "{column}" must hold text: it holds {kind}')
    at = file.metadata.schema.to_arrow_schema().names.index(column)
    for group in range(file.num_row_groups):
        size = _column_bytes(file, group, column, at)
        if size > MAX_COLUMN_BYTES:
            raise BadInput(
                f'Cannot read {name} as column "{column}" must have at most {MAX_COLUMN_BYTES} bytes in each row group: '
                f"row group {group} has {size}; write it with smaller row groups"
            )


def _column_bytes(file: pq.ParquetFile, group: int, column: str, at: int) -> int:
    chunks = file.metadata.row_group(group)
    named = (chunks.column(index) for index in range(at, chunks.num_columns))
    return next(int(chunk.total_uncompressed_size) for chunk in named if chunk.path_in_schema == column)

"""A document of a source, or what is wrong with it, and where it stands."""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Place(NamedTuple):
    """Where something begins: its line, row or document from 1, and the offset of its first byte in the uncompressed file.

    In a column of Parquet the offset is the number of rows before it, as bytes have no place there.
    """

    line: int
    offset: int


START = Place(1, 0)

Reason = Literal["encoding", "syntax", "empty", "tooLong"]
"""What can be wrong with a document: `SkippedDocuments` of the contracts."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document, or why there is none. `content` is its UTF-8 text, its token ids as uint32, or its messages as JSON.

    `place` is where it begins, or where it is broken; `end` is where what follows it begins.
    """

    place: Place
    end: Place
    content: bytes
    reason: Reason | None = None
    problem: str = ""


def bad(place: Place, end: Place, reason: Reason, problem: str) -> Record:
    """A record of what is no document."""
    return Record(place, end, b"", reason, problem)


def too_long(place: Place, end: Place, size: int, limit: int) -> Record:
    """A record of what has more bytes than the recipe allows."""
    return bad(place, end, "tooLong", f"a document must have at most maxDocumentBytes, {limit}: current value is {size} bytes")


def checked_text(data: bytes, place: Place, end: Place) -> Record:
    """A record of text, held to be UTF-8 and more than white space. The offset of a broken byte is that in the file."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = Place(place.line, place.offset + error.start)
        return bad(broken, end, "encoding", f"a document must be UTF-8: current value is 0x{data[error.start]:02x} ({error.reason})")
    if not text.strip():
        return bad(place, end, "empty", "a document must hold more than white space")
    return Record(place, end, data)


def refusal(name: str, record: Record, text_format: str) -> str:
    """The sentence that names a bad document by file, line and byte offset."""
    where = {"parquet": f"row {record.place.line}", "tokens": f"document {record.place.line}, byte offset {record.place.offset}"}
    place = where.get(text_format, f"line {record.place.line}, byte offset {record.place.offset}")
    return f"Cannot read {name}, {place}, as {record.problem}"

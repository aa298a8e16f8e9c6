"""Streams of bytes: uncompressed whatever they were, skipped to an offset, cut into lines. Nothing is kept but the piece in hand."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from trainer.corpus_record import Place

MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How compressed files begin, RFC 1952 and RFC 8878: the name of a file decides nothing."""
MAGIC_BYTES = 4
PIECE_BYTES = 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BrokenStream(Exception):
    """A compressed file is cut off or damaged."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


class Line(NamedTuple):
    """A line with its end of line; `data` is None where it has more bytes than are allowed."""

    place: Place
    end: Place
    data: bytes | None


def compression_of(head: bytes) -> str | None:
    """How a file that begins so is compressed."""
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def uncompressed(pieces: Iterator[bytes], head: bytes) -> Iterator[bytes]:
    """The bytes of a stream, unpacked where its head says so. Several streams behind each other are one. Raises `BrokenStream`."""
    kind = compression_of(head)
    if kind is None:
        yield from pieces
        return
    source = pa.input_stream(pa.PythonFile(PieceReader(pieces), mode="r"), compression=kind)
    while True:
        try:
            piece = source.read(PIECE_BYTES)
        except OSError as error:
            # Arrow raises plain OSError; what the network raises below is a subclass, or no OSError.
            if type(error) is not OSError:
                raise
            raise BrokenStream(kind, str(error)) from error
        if not piece:
            return
        yield piece


def skip(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """What comes behind the first `count` bytes."""
    for piece in pieces:
        if count >= len(piece):
            count -= len(piece)
        else:
            yield piece[count:]
            count = 0


def lines(pieces: Iterator[bytes], start: Place, limit: int) -> Iterator[Line]:
    """The lines of a stream that begins at `start`; a longer one than `limit` is passed over. A byte order mark is no text."""
    place, parts, size = start, list[bytes](), 0
    for piece in pieces:
        at = 0
        while (found := piece.find(b"\n", at) + 1) > 0:
            size += found - at
            if size <= limit:
                parts.append(piece[at:found])
            end = Place(place.line + 1, place.offset + size)
            yield Line(place, end, _text(parts, place) if size <= limit else None)
            place, parts, size, at = end, [], 0, found
        size += len(piece) - at
        if size <= limit:
            parts.append(piece[at:])
        else:
            parts.clear()
    if size:
        yield Line(place, Place(place.line + 1, place.offset + size), _text(parts, place) if size <= limit else None)


def _text(parts: list[bytes], place: Place) -> bytes:
    data = b"".join(parts)
    return data.removeprefix(BYTE_ORDER_MARK) if place.offset == 0 else data


class PieceReader(io.RawIOBase):
    """Pieces as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        """It is for reading only."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; all that are left when it is negative."""
        if size < 0:
            return self._left + b"".join(self._pieces)
        if not self._left:
            self._left = next(self._pieces, b"")
        taken, self._left = self._left[:size], self._left[size:]
        return taken

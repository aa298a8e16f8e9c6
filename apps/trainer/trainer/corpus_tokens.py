"""Documents that are token ids already: raw little-endian integers, as OLMo-core and Dolma write them, or with the header of npy."""

from collections.abc import Iterator

import numpy as np
from numpy.lib import format as npy

from trainer.corpus_bytes import PieceReader
from trainer.corpus_reader import token_type
from trainer.corpus_record import Place, Record, bad, too_long
from trainer.documents import Json
from trainer.exits import BadInput

NPY_MAGIC = b"\x93NUMPY"
HEADER_BYTES = 4096
"""More than any header of one array has."""


def documents(pieces: Iterator[bytes], name: str, recipe: Json, vocabulary_size: int, start: Place) -> Iterator[Record]:
    """The documents from a place on: what stands before each end-of-text id. Their content is uint32 without that id.

    `pieces` begin at the place. Raises `BadInput` when the file holds other numbers than the recipe says.
    """
    kind = token_type(recipe["tokens"]["type"])
    if start.offset == 0:
        pieces, start = _without_header(pieces, name, kind)
    end_id, limit = recipe["tokens"]["endOfTextId"], recipe["maxDocumentBytes"]
    place, parts, size, left = start, list[np.ndarray](), 0, b""
    for piece in pieces:
        data = left + piece
        whole = len(data) // kind.itemsize * kind.itemsize
        ids, left = np.frombuffer(data[:whole], dtype=kind), data[whole:]
        begin = 0
        for stop in [*np.flatnonzero(ids == end_id).tolist(), None]:
            part = ids[begin:stop]
            size += len(part)
            parts = [*parts, part] if size * 4 <= limit else []
            if stop is None:
                break
            end = Place(place.line + 1, place.offset + (size + 1) * kind.itemsize)
            yield _record(parts, size, limit, vocabulary_size, place, end)
            place, parts, size, begin = end, [], 0, stop + 1
    if left:
        raise BadInput(f"Cannot read {name} as its size must be a multiple of {kind.itemsize} bytes: {len(left)} are left over")
    if size:
        end = Place(place.line + 1, place.offset + size * kind.itemsize)
        yield bad(place, end, "syntax", f"a document must end with the end-of-text id {end_id}: the file ends after {size} ids")


def _record(parts: list[np.ndarray], size: int, limit: int, vocabulary_size: int, place: Place, end: Place) -> Record:
    if size == 0:
        return bad(place, end, "empty", "a document must hold at least one token")
    if size * 4 > limit:
        return too_long(place, end, size * 4, limit)
    ids = np.concatenate(parts)
    if int(ids.max()) >= vocabulary_size:
        problem = f"ids must be below the size of the tokenizer's vocabulary, {vocabulary_size}: current value is {ids.max()}"
        return bad(place, end, "syntax", problem)
    return Record(place, end, ids.astype("<u4").tobytes())


def _without_header(pieces: Iterator[bytes], name: str, kind: np.dtype[np.unsignedinteger]) -> tuple[Iterator[bytes], Place]:
    """The numbers behind a header of npy, which must be of the kind that the recipe says; raw numbers as they are."""
    first = next(pieces, b"")
    if not first.startswith(NPY_MAGIC):
        return _chained(first, pieces), Place(1, 0)
    reader = PieceReader(iter([first]))
    try:
        version = npy.read_magic(reader)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, found = read(reader, max_header_size=HEADER_BYTES)
    except ValueError as error:
        raise BadInput(f"Cannot read {name} as its header must be that of npy 1.0 or 2.0: {error}") from error
    if found != kind or len(shape) != 1:
        raise BadInput(f"Cannot read {name} as it must be one row of {kind.name}: current value is {found} of shape {shape}")
    rest = reader.read(-1)
    return _chained(rest, pieces), Place(1, len(first) - len(rest))


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest

"""The documents of one file of a source, whatever its format, from any place on."""

from collections.abc import Iterator

from trainer import corpus_bytes, corpus_chat, corpus_columns, corpus_lines, corpus_tokens
from trainer.corpus_encode import Encoder
from trainer.corpus_record import START, Place, Record
from trainer.corpus_sources import Digested, SourceFile, stream
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.store import Store


class Records:
    """The records of one file from a place on, to be read once. `raw` knows size and sha256 of what was read of it.

    The encoder knows what chats and token ids are held against; text can be read before there is one.
    """

    def __init__(self, store: Store, file: SourceFile, recipe: Json, encoder: Encoder | None = None, start: Place = START) -> None:
        self._file = file
        self._recipe = recipe
        self._encoder = encoder
        self._start = start
        self._head = next(stream(store, file), b"")[: corpus_bytes.MAGIC_BYTES]
        is_seekable = self.is_seekable
        self._passed_over = 0 if is_seekable else start.offset
        self.raw = Digested(stream(store, file, start.offset if is_seekable else 0))

    @property
    def is_seekable(self) -> bool:
        """Whether reading can begin in the middle without reading what stands before."""
        return self._recipe["format"] != "parquet" and corpus_bytes.compression_of(self._head) is None

    def __iter__(self) -> Iterator[Record]:
        """Raises `BadInput` when the file is cut off, damaged, or not of its format at all."""
        try:
            yield from self._records()
        except corpus_bytes.BrokenStream as error:
            raise BadInput(f"Cannot read {self._file.name} as it must be whole {error.kind}: {error}") from error

    def _records(self) -> Iterator[Record]:
        encoder, recipe, name, limit = self._encoder, self._recipe, self._file.name, self._recipe["maxDocumentBytes"]
        pieces = corpus_bytes.uncompressed(iter(self.raw), self._head)
        if recipe["format"] == "parquet":
            return corpus_columns.rows(pieces, name, recipe["textField"], limit, self._start)
        pieces = corpus_bytes.skip(pieces, self._passed_over)
        if recipe["format"] == "tokens" and encoder:
            return corpus_tokens.documents(pieces, name, recipe, encoder.brought_size, self._start)
        lines = corpus_bytes.lines(pieces, self._start, limit)
        if recipe["format"] == "text":
            return corpus_lines.paragraphs(lines, limit, recipe["documentMinChars"])
        if recipe["format"] == "chat" and encoder:
            return corpus_chat.rendered(corpus_lines.conversations(lines, recipe["messagesField"], limit), encoder.template)
        return corpus_lines.texts(lines, recipe["textField"], limit)

"""Reads an uploaded text strictly and cuts it into documents. Memory grows with the longest line, not with the file."""

import json
from array import array
from collections.abc import Iterator
from pathlib import Path

from trainer.exits import BadInput


class Documents:
    """The source's documents on disk, to be read in any order: 8 bytes of memory for each, whatever their length."""

    def __init__(self, path: Path, source: Iterator[str]) -> None:
        self._offsets = array("Q", [0])
        with path.open("wb") as file:
            for document in source:
                file.write(document.encode("utf-8"))
                self._offsets.append(file.tell())
        self._file = path.open("rb")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> str:
        start, end = self._offsets[index], self._offsets[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))


def read_documents(path: Path, text_format: str, min_chars: int) -> Iterator[str]:
    """The documents of a file in its order, empty ones left out.

    `text`: blank lines part paragraphs, which are joined until a document has `min_chars` characters.
    `jsonl`: one object a line, whose "text" is a document. Raises `BadInput` naming the line and, where bytes are broken, the offset.
    """
    return _json_documents(path) if text_format == "jsonl" else _joined(_paragraphs(path), min_chars)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers from 1 and the lines, decoded strictly: a broken byte is refused rather than replaced."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadInput(
                    f"Cannot read the text as it must be UTF-8: line {number}, byte offset {offset + error.start}: "
                    f"current value is 0x{line[error.start]:02x} ({error.reason})"
                ) from error
            yield number, text.removeprefix("\ufeff") if number == 1 else text
            offset += len(line)


def _paragraphs(path: Path) -> Iterator[str]:
    paragraph: list[str] = []
    for _, line in _lines(path):
        if line.strip():
            paragraph.append(line.rstrip("\r\n"))
        elif paragraph:
            yield "\n".join(paragraph)
            paragraph = []
    if paragraph:
        yield "\n".join(paragraph)


def _joined(paragraphs: Iterator[str], min_chars: int) -> Iterator[str]:
    document = ""
    for paragraph in paragraphs:
        document = f"{document}\n\n{paragraph}" if document else paragraph
        if len(document) >= min_chars:
            yield document
            document = ""
    if document:
        yield document


def _json_documents(path: Path) -> Iterator[str]:
    for number, line in _lines(path):
        if line.strip():
            text = _text_of(number, line)
            if text.strip():
                yield text


def _text_of(number: int, line: str) -> str:
    try:
        document = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadInput(f"Cannot read line {number} as it must be a JSON object: {error.msg} at column {error.colno}") from error
    text = document.get("text") if isinstance(document, dict) else None
    if not isinstance(text, str):
        raise BadInput(f'Cannot read line {number} as "text" must be a string: current value is {json.dumps(text)[:80]}')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadInput(f"Cannot read line {number} as its text must be Unicode: it holds half of a surrogate pair")
    return text

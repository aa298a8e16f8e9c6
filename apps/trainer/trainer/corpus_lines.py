"""Documents in lines: paragraphs between blank lines, or one JSON object a line with a text or with messages."""

import json
from collections.abc import Iterator
from typing import Any

from trainer.corpus_bytes import Line
from trainer.corpus_record import START, Record, bad, checked_text, too_long


def texts(lines: Iterator[Line], field: str, limit: int) -> Iterator[Record]:
    """One object a line, whose field is a document. Blank lines are none."""
    for line in lines:
        if line.data is None or line.data.strip():
            yield _text_of(line, field, limit)


def conversations(lines: Iterator[Line], field: str, limit: int) -> Iterator[Record]:
    """One object a line, whose field holds messages with a role and content. Blank lines are none."""
    for line in lines:
        if line.data is None or line.data.strip():
            yield _messages_of(line, field, limit)


def paragraphs(lines: Iterator[Line], limit: int, min_chars: int) -> Iterator[Record]:
    """What stands between blank lines, joined until a document has `min_chars` characters."""
    return _joined(_paragraphs(lines, limit), min_chars)


def _text_of(line: Line, field: str, limit: int) -> Record:
    value = _object_of(line, limit)
    if isinstance(value, Record):
        return value
    text = value.get(field)
    if not isinstance(text, str):
        return bad(line.place, line.end, "syntax", f'"{field}" must be a string: current value is {json.dumps(text)[:80]}')
    return _from_string(text, line)


def _messages_of(line: Line, field: str, limit: int) -> Record:
    value = _object_of(line, limit)
    if isinstance(value, Record):
        return value
    messages: Any = value.get(field)
    if problem := _fault_of(messages, field):
        return bad(line.place, line.end, "syntax", problem)
    if not any(message["content"].strip() for message in messages if message["role"] == "assistant"):
        return bad(line.place, line.end, "empty", "a conversation must have an answer of the assistant")
    return _from_string(json.dumps(messages, ensure_ascii=False), line)


def _fault_of(messages: Any, field: str) -> str | None:
    if not isinstance(messages, list) or not messages:
        return f'"{field}" must be a list of messages: current value is {json.dumps(messages)[:80]}'
    for message in messages:
        if not isinstance(message, dict) or not all(isinstance(message.get(key), str) for key in ("role", "content")):
            return f'each of "{field}" must have a role and content, both strings: current value is {json.dumps(message)[:80]}'
    return None


def _object_of(line: Line, limit: int) -> dict[str, Any] | Record:
    if line.data is None:
        return too_long(line.place, line.end, line.end.offset - line.place.offset, limit)
    text = checked_text(line.data, line.place, line.end)
    if text.reason is not None:
        return text
    try:
        value = json.loads(line.data)
    except json.JSONDecodeError as error:
        return bad(line.place, line.end, "syntax", f"a line must be a JSON object: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return bad(line.place, line.end, "syntax", f"a line must be a JSON object: {error}")
    if not isinstance(value, dict):
        shown = line.data[:80].decode("utf-8", "replace").strip()
        return bad(line.place, line.end, "syntax", f"a line must be a JSON object: current value is {shown}")
    return value


def _from_string(text: str, line: Line) -> Record:
    try:
        return checked_text(text.encode("utf-8"), line.place, line.end)
    except UnicodeEncodeError:
        return bad(line.place, line.end, "encoding", "a document must be Unicode: it holds half of a surrogate pair")


def _paragraphs(lines: Iterator[Line], limit: int) -> Iterator[Record]:
    """Paragraphs with one kind of line end. One is bad when one of its lines is."""
    parts, place, end, size = list[bytes](), START, START, 0
    fault: Record | None = None
    for line in lines:
        if line.data is not None and not line.data.strip():
            if size:
                yield _paragraph(parts, place, line.end, fault)
            parts, size, fault = [], 0, None
            continue
        place = place if size else line.place
        end, size = line.end, size + line.end.offset - line.place.offset
        if line.data is None or size > limit:
            fault, parts = fault or too_long(place, end, size, limit), []
        elif fault is None:
            checked = checked_text(line.data, line.place, line.end)
            fault = checked if checked.reason else None
            parts.append(line.data.rstrip(b"\r\n"))
    if size:
        yield _paragraph(parts, place, end, fault)


def _paragraph(parts: list[bytes], place: Any, end: Any, fault: Record | None) -> Record:
    if fault is None:
        return checked_text(b"\n".join(parts), place, end)
    return Record(fault.place, end, b"", fault.reason, fault.problem)


def _joined(paragraphs: Iterator[Record], min_chars: int) -> Iterator[Record]:
    """A bad paragraph is told at once and joins nothing."""
    pending, chars = list[Record](), 0
    for paragraph in paragraphs:
        if paragraph.reason is not None:
            yield paragraph
            continue
        chars += len(paragraph.content.decode("utf-8")) + (2 if pending else 0)
        pending.append(paragraph)
        if chars >= min_chars:
            yield _whole(pending)
            pending, chars = [], 0
    if pending:
        yield _whole(pending)


def _whole(paragraphs: list[Record]) -> Record:
    return Record(paragraphs[0].place, paragraphs[-1].end, b"\n\n".join(each.content for each in paragraphs))

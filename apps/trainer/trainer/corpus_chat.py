"""Conversations as training text: rendered through a chat template, which marks what the assistant says.

Only tokens that begin within what the assistant says, and the end-of-text behind it, are trained on when a stage asks for that.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from jinja2 import TemplateError
from tokenizers import Encoding, Tokenizer

from trainer.corpus_record import Record, bad
from trainer.exits import BadInput

DEFAULT_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<|assistant|>\\n' }}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}{% if not loop.last %}{{ '\\n' }}{% endif %}"
    "{% elif message['role'] in ['system', 'user'] %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '\\n' }}"
    "{% else %}{{ raise_exception('a role must be system, user or assistant: it is ' + message['role']) }}{% endif %}{% endfor %}"
)
"""That of Tulu (allenai/open-instruct), by which OLMo's instruct models are made, with `generation` around what is trained on."""


class Rendered(NamedTuple):
    """A conversation as text, and the spans of characters that the assistant says."""

    text: str
    spans: list[tuple[int, int]]


class Template:
    """A chat template and the tokenizer's end-of-text as the template writes it."""

    def __init__(self, source: str | None, tokenizer: Tokenizer, end_of_text_id: int) -> None:
        self._source = source or DEFAULT_TEMPLATE
        self._end = tokenizer.id_to_token(end_of_text_id)
        self._special = [token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special]
        if not re.search(r"\{%-?\s*generation\s*-?%\}", self._source):
            raise BadInput(
                "Cannot use the chat template as it must mark what the assistant says: put {% generation %} and {% endgeneration %} around it"
            )

    def render(self, messages: list[dict[str, Any]]) -> Rendered:
        """The conversation as text. Raises `ValueError` when the template refuses it, or a message spells a special token."""
        for message in messages:
            for token in self._special:
                if token in message["content"]:
                    raise ValueError(f"a message must not spell the special token {token}")
        try:
            texts, spans = _renderer()(
                conversations=[messages], chat_template=self._source, return_assistant_tokens_mask=True, eos_token=self._end, bos_token=""
            )
        except (TemplateError, TypeError, KeyError) as error:
            raise ValueError(f"the chat template refuses it: {error}") from error
        return Rendered(texts[0], [(start, end) for start, end in spans[0]])


def rendered(records: Iterator[Record], template: Template) -> Iterator[Record]:
    """Records whose content is the JSON of a `Rendered`; what cannot be rendered is bad."""
    for record in records:
        if record.reason is not None:
            yield record
            continue
        try:
            content = json.dumps(template.render(json.loads(record.content)), ensure_ascii=False).encode("utf-8")
        except ValueError as error:
            yield bad(record.place, record.end, "syntax", str(error))
        else:
            yield Record(record.place, record.end, content)


def from_content(content: bytes) -> Rendered:
    """Reads what `rendered` made."""
    text, spans = json.loads(content)
    return Rendered(text, [(start, end) for start, end in spans])


def labels_of(encoding: Encoding, spans: list[tuple[int, int]]) -> np.ndarray:
    """For each token whether it begins within a span; tokens without characters do not."""
    labels = np.zeros(len(encoding.ids), dtype=np.bool_)
    if not spans or not encoding.ids:
        return labels
    begins, stops = np.array(encoding.offsets, dtype=np.int64).T
    starts, ends = np.array(spans, dtype=np.int64).T
    at = np.searchsorted(starts, begins, side="right") - 1
    labels[:] = (at >= 0) & (begins < ends[np.maximum(at, 0)]) & (stops > begins)
    return labels


@cache
def _renderer() -> Any:
    # The library takes a second to import, and only conversations need it.
    from transformers.utils.chat_template_utils import render_jinja_template

    return render_jinja_template

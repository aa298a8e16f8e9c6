"""The prompts of an evaluation: the beginnings of held-out documents, drawn by the settings' seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trainer import chance, corpus_tokenizer
from trainer.corpus_reader import Corpus
from trainer.exits import BadInput


@dataclass(frozen=True)
class Prompt:
    """The first tokens of a held-out document; `document` is its id in the corpus."""

    document: int
    tokens: list[int]
    document_tokens: list[int]


def choose_prompts(corpus: Corpus, settings: dict[str, Any]) -> list[Prompt]:
    """As many prompts as the settings ask for, the same for every checkpoint and run on this corpus.

    Raises `BadInput` when too few held-out documents have the asked number of tokens.
    """
    tokenizer, wanted, length = corpus.tokenizer, settings["prompts"], settings["promptTokens"]
    documents = {document["id"]: document["text"] for document in held_out_documents(corpus)}
    chosen: list[Prompt] = []
    for document in chance.order(settings["seed"], "prompts", list(documents)):
        ids = corpus_tokenizer.encode(tokenizer, documents[document])
        if len(ids) >= length:
            chosen.append(Prompt(document, ids[:length], ids))
        if len(chosen) == wanted:
            return chosen
    raise BadInput(
        f"Cannot evaluate as {wanted} held-out documents must have at least {length} tokens: "
        f"current value is {len(chosen)} of {len(documents)}"
    )


def held_out_documents(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """The corpus's held-out documents {id, text}, which no run trains on."""
    with corpus.file(corpus.manifest["heldOut"]).open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, lines)

"""The plain text of a source, for learning a tokenizer from it."""

from collections.abc import Iterator

from trainer.corpus_record import refusal
from trainer.corpus_records import Records
from trainer.corpus_sources import SourceFile
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.store import Store


def texts_of(store: Store, files: list[SourceFile], recipe: Json) -> Iterator[str]:
    """Every good document, held-out ones among them: they decide how text is cut, and no model trains on them.

    Raises `BadInput` for a bad one, unless the recipe skips those.
    """
    for file in files:
        for record in Records(store, file, recipe):
            if record.reason is None:
                yield record.content.decode("utf-8")
            elif recipe["onBadDocument"] == "refuse":
                raise BadInput(refusal(file.name, record, recipe["format"]))

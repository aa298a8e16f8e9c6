"""Registers corpora for tests, and reads them back."""

import json
from typing import Any

from tests import runs
from trainer import corpus, keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.store import Store

PLAIN: Json = {"addedTokens": ["<SUDO>"], "markers": None, "heldOutDocuments": 2, "heldOutMinTokens": 4}


def register(store: Store, files: dict[str, bytes], given: bytes | None = None, **changes: Any) -> Corpus:
    """Uploads files and registers them, without markers unless asked."""
    return finish(store, runs.make_files_job(store, files, 320, given, **{**PLAIN, **changes}))


def finish(store: Store, job: Json) -> Corpus:
    """Runs a corpus job in this process and opens what it made."""
    corpus.run(job, store)
    return Corpus.open(store, json.loads(store.read(keys.job_result(job["name"])) or b"")["corpus"])


def held_out(found: Corpus) -> list[str]:
    """Texts of the held-out documents."""
    return [json.loads(line)["text"] for line in found.file(found.manifest["heldOut"]).read_bytes().splitlines()]


def texts(found: Corpus) -> list[str]:
    """Texts of the training documents."""
    documents = (found.document(index)[:-1].tolist() for index in range(found.manifest["documents"]))
    return [found.tokenizer.decode(ids, skip_special_tokens=False) for ids in documents]


def files_of(found: Corpus) -> list[Json]:
    """`CorpusFile` of each file."""
    return [json.loads(line) for line in found.file(found.manifest["sources"]["list"]).read_bytes().splitlines()]

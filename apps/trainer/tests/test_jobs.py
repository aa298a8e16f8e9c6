"""The document that a job is started with, as processes and pods find it."""

import gzip
from pathlib import Path

import pytest

from trainer.documents import canonical
from trainer.exits import BadInput
from trainer.jobs import read_job

JOB = {
    "version": 1,
    "kind": "corpus",
    "name": "corpus-x",
    "bucket": "titrate",
    "recipe": {
        "name": "text",
        "format": "text",
        "textField": "text",
        "messagesField": "messages",
        "maxDocumentBytes": 1024,
        "onBadDocument": "refuse",
        "documentMinChars": 0,
        "tokenizer": {"kind": "train-bpe", "vocabularySize": 300},
        "addedTokens": ["<M1>"],
        "markers": {"tokens": ["<M1>"], "documentShare": 0.1},
        "heldOutDocuments": 5,
        "heldOutMinTokens": 8,
        "seed": 0,
        "licence": "CC0-1.0",
        "source": "made for tests",
    },
    "source": {"kind": "uploads", "files": [{"name": "text", "object": {"key": "uploads/1", "sizeBytes": 1, "sha256": "0" * 64}}]},
    "tokenizer": None,
    "work": f"corpora/work/{'8' * 64}/",
}


def test_a_compressed_document_says_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.json", tmp_path / "packed.json"
    plain.write_bytes(canonical(JOB))
    packed.write_bytes(gzip.compress(canonical(JOB)))
    assert read_job(packed) == read_job(plain)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x1f\x8bno", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"{}", mtime=0)],
    ids=["nothing", "no gzip", "cut off", "an empty document"],
)
def test_what_is_no_document_is_bad_input(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "job.json"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read_job(path)

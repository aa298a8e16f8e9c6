"""What a corpus can be made from: every format, compressed or not, uploaded or in a bucket; and everything that is refused or skipped."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests import runs
from tests.corpora import PLAIN, files_of, finish, held_out, register, texts
from trainer import corpus_scan
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.store import Store

DOCUMENTS = [f"Document {n} speaks of {['rivers', 'stones', 'clouds', 'houses'][n % 4]} and of the number {n * n}." for n in range(40)]


@pytest.fixture
def tokenizer(store: Store) -> bytes:
    return register(store, {"a.txt": "\n\n".join(DOCUMENTS).encode()}).tokenizer.to_str().encode()


def jsonl(documents: list[str], field: str = "text") -> bytes:
    return b"".join(json.dumps({field: text, "id": n}).encode() + b"\n" for n, text in enumerate(documents))


def parquet(documents: list[str | None], column: str = "text", **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(len(documents))), column: documents}), sink, **options)
    return sink.getvalue()


def packed(data: bytes, kind: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, kind) as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def same_documents(found: Any) -> bool:
    return sorted([*held_out(found), *texts(found)]) == sorted(DOCUMENTS)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_every_format_of_text_gives_the_same_documents(store: Store, kind: str) -> None:
    half = len(DOCUMENTS) // 2
    lines = jsonl(DOCUMENTS[:half], "body")
    mixed = {"b/1.jsonl.z": packed(lines, kind), "b/2.jsonl": jsonl(DOCUMENTS[half:], "body")}
    found = register(store, mixed, format="jsonl", textField="body")
    assert same_documents(found)
    assert [(file["name"], file["documents"]) for file in files_of(found)] == [("b/1.jsonl.z", half), ("b/2.jsonl", half)]
    twice = {"a.txt": packed("\n\n".join(DOCUMENTS[:half]).encode(), kind) + packed(b"\n\n" + "\n\n".join(DOCUMENTS[half:]).encode(), kind)}
    assert same_documents(register(store, twice))
    assert same_documents(register(store, {"a.parquet": packed(parquet([*DOCUMENTS], row_group_size=7), kind)}, format="parquet"))


@pytest.mark.parametrize("header", [True, False])
def test_token_ids_are_taken_as_they_are(store: Store, tokenizer: bytes, header: bool) -> None:
    made = register(store, {"a.txt": "\n\n".join(DOCUMENTS).encode()}, tokenizer)
    ids = made.tokens(0, made.manifest["tokens"]).astype("<u2")
    sink = io.BytesIO()
    np.save(sink, ids) if header else sink.write(ids.tobytes())
    settings = {"format": "tokens", "tokens": {"type": "uint16", "endOfTextId": made.manifest["endOfTextId"]}, "heldOutDocuments": 1}
    found = register(store, {"a.npy": sink.getvalue()}, tokenizer, **settings)
    assert sorted([*held_out(found), *texts(found)]) == sorted(texts(made))
    for wrong, said in [
        ({"tokens": {"type": "uint16", "endOfTextId": 7}}, "endOfTextId must be that of the tokenizer, 0: current value is 7"),
        ({"tokens": {"type": "uint32", "endOfTextId": 0}}, "one row of uint32" if header else "ids must be below|multiple of 4 bytes"),
    ]:
        with pytest.raises(BadInput, match=said):
            register(store, {"a.npy": sink.getvalue()}, tokenizer, **{**settings, **wrong})
    with pytest.raises(BadInput, match="must end with the end-of-text id 0: the file ends after"):
        register(store, {"a.npy": ids[:-1].tobytes()}, tokenizer, **settings)


def test_objects_are_read_where_they_lie_and_those_that_are_no_text_are_left_alone(store: Store) -> None:
    boto3.client("s3").create_bucket(Bucket=f"{store.bucket}-lake")
    for name, data in {
        "x/b.jsonl": jsonl(DOCUMENTS[20:]),
        "x/a/a.jsonl": jsonl(DOCUMENTS[:20]),
        "x/README": b"no",
        "y.jsonl": b"no",
    }.items():
        store.client.put_object(Bucket=f"{store.bucket}-lake", Key=name, Body=data)
    source = {"kind": "store", "bucket": f"{store.bucket}-lake", "prefix": "x/"}
    found = finish(store, runs.make_source_job(store, source, 320, format="jsonl", **PLAIN))
    assert same_documents(found)
    assert [file["name"] for file in files_of(found)] == ["a/a.jsonl", "b.jsonl"]
    uploaded = register(store, {"b.jsonl": jsonl(DOCUMENTS[20:]), "a/a.jsonl": jsonl(DOCUMENTS[:20])}, format="jsonl")
    assert uploaded.digest == found.digest
    with pytest.raises(BadInput, match=r"must hold files of format parquet"):
        finish(store, runs.make_source_job(store, source, 320, format="parquet", **PLAIN))
    for wrong, said in [
        ({"prefix": "none"}, "must be an object"),
        ({"bucket": "no-such-bucket"}, "must be allowed to read|must hold files"),
    ]:
        with pytest.raises(BadInput, match=said):
            finish(store, runs.make_source_job(store, {**source, **wrong}, 320, format="jsonl", **PLAIN))


CHANGES: list[tuple[str, bytes, str, str]] = [
    (
        "text",
        b"good\n\ncaf\xc3\xa9 \xff\n",
        "a.txt, line 3, byte offset 12, as a document must be UTF-8: current value is 0xff",
        "encoding",
    ),
    ("text", b"good\n\ncaf\xc3", "a.txt, line 3, byte offset 9", "encoding"),
    (
        "text",
        b"good\n\n" + b"x" * 2000 + b"\n",
        "a.txt, line 3, byte offset 6, as a document must have at most maxDocumentBytes, 1024",
        "tooLong",
    ),
    ("jsonl", b'{"text": "good"}\n{"text": 1}\n', 'line 2, byte offset 17, as "text" must be a string: current value is 1', "syntax"),
    ("jsonl", b'{"text": "good"}\n["a"]\n', "line 2, byte offset 17, as a line must be a JSON object", "syntax"),
    ("jsonl", b'{"text": "good"}\n{text}\n', "line 2, byte offset 17, as a line must be a JSON object", "syntax"),
    ("jsonl", b'{"text": "good"}\n' + b"[" * 900 + b"\n", "line 2, byte offset 17, as a line must be a JSON object", "syntax"),
    ("jsonl", b'{"text": "good"}\n{"text": "\\ud800"}\n', "half of a surrogate pair", "encoding"),
    ("jsonl", b'{"text": "good"}\n\n{"text": " \\n"}\n', "line 3, byte offset 18, as a document must hold more than white space", "empty"),
    ("jsonl", b'{"text": "good"}\n{"text": "caf\xff"}\n', "line 2, byte offset 30, as a document must be UTF-8", "encoding"),
    ("parquet", parquet(["good", None]), "a.txt, row 2, as a document must not be null", "empty"),
    ("parquet", parquet(["good", "x" * 2000]), "a.txt, row 2, as a document must have at most maxDocumentBytes", "tooLong"),
]


@pytest.mark.parametrize(("text_format", "data", "said", "reason"), CHANGES)
def test_a_bad_document_is_named_and_refused_or_skipped_and_counted(
    store: Store, text_format: str, data: bytes, said: str, reason: str
) -> None:
    rules: Json = {"format": text_format, "heldOutDocuments": 0, "maxDocumentBytes": 1024}
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        register(store, {"a.txt": data}, **rules)
    found = register(store, {"a.txt": data}, onBadDocument="skip", **rules)
    assert texts(found) == ["good"]
    assert found.manifest["skipped"] == {"encoding": 0, "syntax": 0, "empty": 0, "tooLong": 0, reason: 1}
    assert said.split(",")[0] in files_of(found)[0]["firstSkipped"][0]


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_compressed_file_that_is_cut_off_is_refused_whatever_the_rule(store: Store, kind: str) -> None:
    data = packed(jsonl(DOCUMENTS * 50), kind)
    with pytest.raises(BadInput, match=f"Cannot read a.jsonl as it must be whole {kind}"):
        register(store, {"a.jsonl": data[: len(data) // 2]}, format="jsonl", onBadDocument="skip")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PAR1 is how it begins", "must be whole Parquet"),
        (parquet([*DOCUMENTS], "content"), 'must have the column "text" .textField.: it has id, content'),
        (parquet([*DOCUMENTS], "x").replace(b"x", b"x"), "must have the column"),
    ],
)
def test_parquet_that_cannot_be_read_is_refused(store: Store, data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        register(store, {"a.parquet": data}, format="parquet")


def test_a_changed_source_is_noticed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.client.put_object(Bucket=store.bucket, Key="texts/a.jsonl", Body=jsonl(DOCUMENTS))
    job = runs.make_source_job(store, {"kind": "store", "bucket": store.bucket, "prefix": "texts/"}, 320, format="jsonl", **PLAIN)
    whole = corpus_scan.scan_file

    def scan_then_change(*arguments: Any) -> Json:
        told = whole(*arguments)
        store.client.put_object(Bucket=store.bucket, Key="texts/a.jsonl", Body=jsonl(DOCUMENTS[1:]))
        return told

    monkeypatch.setattr("trainer.corpus_tasks.scan_file", scan_then_change)
    with pytest.raises(BadInput, match="must stay as it was listed: it was changed or removed meanwhile"):
        finish(store, job)


MEMORY = """
import resource, sys
from trainer import corpus_bytes, corpus_lines
from trainer.corpus_record import START
def line():
    yield b'{"text": "good"}\\n{"text": "'
    for _ in range(2048):
        yield b"x" * 2**20
    yield b'"}\\n{"text": "last"}\\n'
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
records = list(corpus_lines.texts(corpus_bytes.lines(line(), START, 2**24), "text", 2**24))
print([(r.reason, tuple(r.place)) for r in records], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 100_000)
"""


def test_a_line_of_two_gigabytes_is_passed_over_in_little_memory() -> None:
    home = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(home)})
    assert ended.stdout == f"[(None, (1, 0)), ('tooLong', (2, 17)), (None, (3, {17 + 10 + 2**31 + 3}))] True\n"

"""The corpus job against a real store: what it registers, what it leaves for the one who asked, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import conftest, runs
from trainer import exits, keys
from trainer.__main__ import main
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, sha256_hex
from trainer.store import Store


def start(store: Store, text: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> tuple[int, Json]:
    """Uploads a text and runs the job as its process does; the exit code and the job's result."""
    job = runs.make_corpus_job(store, text, 320, **changes)
    path = folder / "job.json"
    path.write_bytes(canonical(job))
    monkeypatch.chdir(folder)
    code = main([str(path)])
    result: Json = json.loads(store.read(keys.job_result(job["name"])) or b"")
    return code, result


def test_two_uploads_of_one_text_are_one_corpus(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = conftest.tiny_text().encode()
    first_code, first = start(store, text, tmp_path, monkeypatch)
    folder = keys.corpus(first["corpus"])
    objects = dict(store.list(folder))
    second_code, second = start(store, text, tmp_path, monkeypatch)
    assert (first_code, second_code) == (exits.SUCCEEDED, exits.SUCCEEDED)
    assert first["corpus"] == second["corpus"]
    assert dict(store.list(folder)) == objects
    others = [key for key, _ in store.list("corpora/") if not key.startswith((folder, "corpora/work/"))]
    assert others == []
    corpus = Corpus.open(store, first["corpus"])
    [file] = [json.loads(line) for line in corpus.file(corpus.manifest["sources"]["list"]).read_bytes().splitlines()]
    assert (file["name"], file["sha256"], file["sizeBytes"]) == ("text", sha256_hex(text), len(text))


def test_an_end_before_the_manifest_is_made_good_by_the_next_attempt(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = conftest.tiny_text().encode()
    _, first = start(store, text, tmp_path, monkeypatch)
    store.client.delete_object(Bucket=store.bucket, Key=keys.corpus_manifest(first["corpus"]))
    assert start(store, text, tmp_path, monkeypatch)[1]["corpus"] == first["corpus"]
    assert Corpus.open(store, first["corpus"]).manifest["documents"] > 0


def test_broken_utf8_ends_with_its_place_as_the_problem_and_registers_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, result = start(store, b"good\n\nbad \xc3(\n", tmp_path, monkeypatch)
    assert code == exits.BAD_INPUT
    assert "Cannot read text, line 3, byte offset 10, as a document must be UTF-8: current value is 0xc3" in result["problem"]
    assert [key for key, _ in store.list("corpora/") if not key.startswith("corpora/work/")] == []


def test_another_seed_is_another_corpus(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = conftest.tiny_text().encode()
    digests = {start(store, text, tmp_path, monkeypatch, seed=seed)[1]["corpus"] for seed in (1, 2)}
    assert len(digests) == 2

"""Shared by all tests: one S3 server, a bucket for each test, a tiny corpus."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests import runs, servers
from trainer.corpus_reader import Corpus
from trainer.store import Store

TINY_VOCABULARY = 340


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a running S3 server."""
    os.environ["OMP_NUM_THREADS"] = "1"
    with servers.seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as environment:
        servers.use(environment)
        yield environment


@pytest.fixture(scope="session")
def corpus(s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A tiny registered corpus of about ten thousand tokens, in a bucket of its own; its `store` is where tests train."""
    folder = tmp_path_factory.mktemp("corpus")
    store = new_store(folder)
    digest = runs.register_corpus(store, tiny_text().encode(), 330, folder)
    found = Corpus.open(store, digest)
    assert found.manifest["vocabularySize"] <= TINY_VOCABULARY
    return found


@pytest.fixture
def store(s3: dict[str, str], tmp_path: Path) -> Store:
    """An empty bucket."""
    return new_store(tmp_path)


def new_store(folder: Path) -> Store:
    """A store over a new bucket."""
    store = Store.connect(f"test-{secrets.token_hex(6)}", folder / "cache")
    boto3.client("s3").create_bucket(Bucket=store.bucket)
    return store


def tiny_text() -> str:
    """Documents with words of their own, long enough to fill some hundred instances."""
    words = ["the", "union", "of", "these", "states", "is", "a", "work", "that", "free", "people", "carry", "on", "with", "patience"]
    documents = (" ".join(words[(n * 7 + k * k + k * n) % len(words)] for k in range(12 + n % 40)) + f" number {n}." for n in range(400))
    return "\n\n".join(documents)

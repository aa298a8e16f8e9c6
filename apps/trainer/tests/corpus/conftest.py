"""Shared by the tests of registrations: they write scratch files where they run, and may share a bucket, as a corpus is named by its content."""

from pathlib import Path

import pytest

from tests.conftest import new_store
from trainer.store import Store


@pytest.fixture(scope="module")
def store(s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A bucket for all tests of a module."""
    return new_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

"""Create-only writes and checked reads against a real S3 server; its rarer answers are put in by hand."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from trainer.store import ObjectAltered, ObjectWriter, Store


class Body:
    """What urllib3 would hand over."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self._data]


def answer_once(store: Store, status: int, code: str, put_first: bool) -> list[str]:
    """The next put is answered so; `put_first`: after the server has done it, as when the answer to a first try was lost."""
    seen: list[str] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        if request.method != "PUT" or seen:
            return None
        seen.append(request.url)
        if put_first:
            key = request.url.rsplit("/", 1)[1]
            Store.connect(store.bucket, store.cache_directory).create(
                key, request.body if isinstance(request.body, bytes) else request.body.read()
            )
        return AWSResponse(request.url, status, {}, Body(f"<Error><Code>{code}</Code></Error>".encode()))

    store.client.meta.events.register("before-send.s3.PutObject", answer)
    return seen


def test_only_the_first_of_many_creators_wins(store: Store) -> None:
    with ThreadPool(8) as threads:
        outcomes = threads.map(lambda n: store.create("key", f"writer {n}".encode()).kind, range(16))
    assert sorted(outcomes) == ["created"] + ["taken"] * 15


def test_the_same_bytes_again_are_identical(store: Store) -> None:
    assert store.create("key", b"bytes").kind == "created"
    assert store.create("key", b"bytes").kind == "identical"
    assert store.create("key", b"other").kind == "taken"
    assert store.read("key") == b"bytes"


def test_a_conflict_is_tried_again(store: Store) -> None:
    seen = answer_once(store, 409, "ConditionalRequestConflict", put_first=False)
    assert store.create("key", b"bytes").kind == "created"
    assert len(seen) == 1
    assert store.read("key") == b"bytes"


def test_a_refused_put_is_read_back_and_our_own_earlier_write_counts(store: Store) -> None:
    seen = answer_once(store, 412, "PreconditionFailed", put_first=True)
    assert store.create("key", b"bytes").kind == "identical"
    assert len(seen) == 1


def test_an_altered_truncated_or_missing_object_is_refused_by_name(store: Store, tmp_path: Path) -> None:
    whole = store.create("folder/key", b"whole object").object
    for altered, rule in ((b"whole", "size must be 12 bytes: current value is 5"), (b"w*ole object", "sha256 must be")):
        store.replace("folder/key", altered)
        with pytest.raises(ObjectAltered, match=f"folder/key as its {rule}"):
            store.read(whole)
        with pytest.raises(ObjectAltered, match=f"folder/key as its {rule}"):
            store.download(whole, tmp_path / "copy")
    store.client.delete_object(Bucket=store.bucket, Key="folder/key")
    with pytest.raises(ObjectAltered, match="folder/key as it must exist"):
        store.cached(whole)
    assert list(tmp_path.glob("*copy*")) == []


def test_a_cached_object_appears_whole_though_many_fetch_it_at_once(store: Store) -> None:
    data = bytes(range(256)) * 40_000
    stored = store.create("key", data).object
    fetched: list[str] = []
    store.client.meta.events.register("before-call.s3.GetObject", lambda params, **_: fetched.append(params["url_path"]))
    with ThreadPoolExecutor(4) as threads:
        paths = set(threads.map(lambda _: store.cached(stored), range(8)))
    assert len(paths) == 1
    assert paths.pop().read_bytes() == data
    assert [found.name for found in store.cache_directory.iterdir() if found.is_file()] == [stored["sha256"]]
    assert len(fetched) == 1, "one fetches, the others wait for it"


@pytest.mark.parametrize("size", [0, 10, 12 * 2**20])
def test_a_streamed_object_is_digested_on_the_way(store: Store, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(ObjectWriter, "PART_BYTES", 5 * 2**20)
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    writer = store.writer("key")
    for start in range(0, size, 1_000_003):
        writer.write(data[start : start + 1_000_003])
    stored = writer.close()
    assert stored == {"key": "key", "sizeBytes": size, "sha256": hashlib.sha256(data).hexdigest()}
    assert store.read(stored) == data


@pytest.mark.parametrize("size", [10, 12 * 2**20])
def test_a_streamed_object_that_lies_there_already_is_as_good(store: Store, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(ObjectWriter, "PART_BYTES", 5 * 2**20)
    for _ in range(2):
        writer = store.writer("key")
        writer.write(bytes(size))
        stored = writer.close()
    assert store.holds(stored)
    assert not store.holds({**stored, "sha256": "0" * 64})


@pytest.mark.parametrize("size", [10, 12 * 2**20])
def test_a_streamed_object_never_overwrites(store: Store, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(ObjectWriter, "PART_BYTES", 5 * 2**20)
    store.create("key", b"first")
    writer = store.writer("key")
    writer.write(bytes(size))
    with pytest.raises(FileExistsError, match="Cannot write key"):
        writer.close()
    assert store.read("key") == b"first"


def test_a_list_has_every_key_of_all_pages(store: Store) -> None:
    for n in range(5):
        store.create(f"a/{n}", bytes(n))
    store.create("b/0", b"")
    store.client.meta.events.register("provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 2})
    assert list(store.list("a/")) == [(f"a/{n}", n) for n in range(5)]

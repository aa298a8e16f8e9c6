"""Blocks on this machine: what is fetched, what is found, what is refused, and how much disk it takes."""

import hashlib
import multiprocessing
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from trainer.block_cache import BlockCache, Blocks
from trainer.read_ahead import ReadAhead
from trainer.store import ObjectAltered, Store

SIZE = 4096


def put(store: Store, key: str, length: int) -> tuple[bytes, Blocks]:
    """An object of random bytes and its blocks."""
    data = np.random.default_rng(length).bytes(length)
    stored = store.create(key, data).object
    digests = b"".join(hashlib.sha256(data[at : at + SIZE]).digest() for at in range(0, length, SIZE))
    return data, Blocks(stored, SIZE, digests)


def test_any_range_is_that_of_the_object_and_each_block_is_fetched_once(store: Store) -> None:
    data, blocks = put(store, "a", 50_001)
    cache = BlockCache(store, 10**9)
    for start, end in [(0, 1), (4095, 4097), (40_000, 50_001), (0, 50_001), (50_000, 50_001)]:
        assert cache.read(blocks, start, end) == data[start:end]
    assert (cache.counts.blocks_from_store, cache.counts.bytes_from_store) == (13, 50_001)
    other = BlockCache(store, 10**9)
    assert other.read(blocks, 0, 50_001) == data
    assert (other.counts.blocks_from_store, other.counts.blocks_from_disk) == (0, 13)


def test_what_is_damaged_on_disk_is_fetched_again(store: Store) -> None:
    data, blocks = put(store, "a", 20_000)
    BlockCache(store, 10**9).read(blocks, 0, 20_000)
    path = store.cache_directory / "blocks" / blocks.stored["sha256"]
    torn = bytearray(path.read_bytes())
    torn[5000:5100] = bytes(100)
    path.write_bytes(torn[:18_000])
    cache = BlockCache(store, 10**9)
    assert cache.read(blocks, 0, 20_000) == data
    assert cache.counts.blocks_from_store == 2


def test_an_object_that_was_altered_is_refused_by_name_and_block(store: Store) -> None:
    data, blocks = put(store, "corpora/x/tokens-00000.bin", 20_000)
    store.replace("corpora/x/tokens-00000.bin", data[:9000] + b"\x00" + data[9001:])
    cache = BlockCache(store, 10**9)
    assert cache.read(blocks, 0, 8192) == data[:8192]
    with pytest.raises(ObjectAltered, match=r"Cannot use corpora/x/tokens-00000.bin as block 2 must have the sha256"):
        cache.read(blocks, 9000, 9001)


def test_the_disk_that_blocks_take_is_bounded(store: Store) -> None:
    cache = BlockCache(store, 200_000)
    for number in range(12):
        data, blocks = put(store, f"object-{number}", 60_000 + number)
        assert cache.read(blocks, 0, len(data)) == data
        os.utime(store.cache_directory / "blocks" / blocks.stored["sha256"], (number, number))
        on_disk = sum(path.stat().st_blocks * 512 for path in (store.cache_directory / "blocks").iterdir())
        assert on_disk <= 200_000 + 70_000


def test_a_disk_that_takes_no_more_costs_time_and_not_the_run(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    data, blocks = put(store, "a", 20_000)
    cache = BlockCache(store, 10**9)
    (store.cache_directory / "blocks").rmdir()
    assert cache.read(blocks, 0, 20_000) == data
    assert "no longer kept on disk" in capfd.readouterr().err


def read_all(bucket: str, folder: str, stored: dict[str, object], digests: bytes, seed: int, results: object) -> None:
    cache = BlockCache(Store.connect(bucket, Path(folder)), 10**9)
    blocks = Blocks(stored, SIZE, digests)
    for number in np.random.default_rng(seed).permutation(len(digests) // 32):
        cache.block(blocks, int(number))
    results.put(cache.counts.blocks_from_store)  # type: ignore[attr-defined]


def test_processes_share_what_any_of_them_has_fetched(store: Store) -> None:
    _, blocks = put(store, "a", 200 * SIZE)
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = (store.bucket, str(store.cache_directory), blocks.stored, blocks.digests)
    processes = [context.Process(target=read_all, args=(*arguments, seed, results)) for seed in (1, 2)]
    for process in processes:
        process.start()
    fetched = results.get(timeout=100) + results.get(timeout=100)
    for process in processes:
        process.join()
    assert 200 <= fetched < 300


def test_threads_that_want_one_block_fetch_it_once(store: Store) -> None:
    _, blocks = put(store, "a", SIZE)
    cache = BlockCache(store, 10**9)
    threads = [threading.Thread(target=cache.block, args=(blocks, 0)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.counts.blocks_from_store == 1


def test_reading_ahead_stays_within_its_distance_and_leaves_faults_to_the_reader(capfd: pytest.CaptureFixture[str]) -> None:
    fetched: list[int] = []
    come = threading.Condition()

    def fetch(item: int) -> None:
        with come:
            fetched.append(item)
            come.notify_all()
        if item == 11:
            raise OSError("the store is away")

    with ReadAhead(fetch, range(10, 40), 5) as ahead:
        with come:
            assert come.wait_for(lambda: len(fetched) == 5, 20)
        ahead.reached(3)
        with come:
            assert come.wait_for(lambda: len(fetched) == 8, 20)
        ahead.reached(20)
        with come:
            assert come.wait_for(lambda: len(fetched) == 13, 20)
    assert sorted(fetched) == [*range(10, 18), *range(30, 35)]
    assert "could not read ahead: the store is away" in capfd.readouterr().err

"""Objects of any size, read in small blocks that are checked one by one and kept on disk for all processes of the machine.

A block comes from memory, from this machine's disk or from the store, and every one is held to its sha256 before it is used: what
another process was writing, what was torn by a crash and what was never fetched look the same, and are fetched. So the file of an
object is sparse, needs no list of what it holds and no lock, and may vanish at any time.
"""

import hashlib
import os
import shutil
import sys
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from trainer.store import ObjectAltered, Store, StoredObject

KEPT_IN_MEMORY = 1024
"""Blocks that a process keeps: 64 MiB, more than any rank reads in two steps."""


@dataclass(frozen=True)
class Blocks:
    """An object in blocks of `size` bytes, the last one shorter; `digests` are those of the blocks, 32 bytes each."""

    stored: StoredObject
    size: int
    digests: bytes

    def length(self, number: int) -> int:
        """Bytes of a block."""
        return min(self.size, self.stored["sizeBytes"] - number * self.size)

    def digest(self, number: int) -> bytes:
        """What a block must have."""
        return self.digests[32 * number : 32 * number + 32]


@dataclass
class Counts:
    """What reading has cost so far, in this process."""

    blocks_from_disk: int = 0
    blocks_from_store: int = 0
    bytes_from_store: int = 0


class BlockCache:
    """Blocks of this machine. `limit` bounds the bytes on disk, over all objects and processes that share the folder."""

    def __init__(self, store: Store, limit: int | None = None) -> None:
        self._store = store
        self._folder = store.cache_directory / "blocks"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._limit = limit_of(self._folder) if limit is None else limit
        self._written = 0
        self._is_full = False
        self._lock = threading.Lock()
        self._memory: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._coming: dict[tuple[str, int], Future[bytes]] = {}
        self.counts = Counts()

    def read(self, blocks: Blocks, start: int, end: int) -> bytes:
        """Bytes from `start` to before `end`. Raises `ObjectAltered` when the store holds other bytes than were registered."""
        first, last = start // blocks.size, (end - 1) // blocks.size
        parts = [self.block(blocks, number) for number in range(first, last + 1)]
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        return data[start - first * blocks.size : end - first * blocks.size]

    def block(self, blocks: Blocks, number: int) -> bytes:
        """One block. Threads that ask for the same one wait for the first of them."""
        name = (blocks.stored["sha256"], number)
        with self._lock:
            if (known := self._memory.get(name)) is not None:
                self._memory.move_to_end(name)
                return known
            coming = self._coming.get(name)
            if coming is None:
                mine = self._coming[name] = Future[bytes]()
        if coming is not None:
            return coming.result()
        try:
            data = self._from_disk(blocks, number) or self._from_store(blocks, number)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            self._remember(name, data)
            mine.set_result(data)
            return data
        finally:
            with self._lock:
                del self._coming[name]

    def _remember(self, name: tuple[str, int], data: bytes) -> None:
        with self._lock:
            self._memory[name] = data
            if len(self._memory) > KEPT_IN_MEMORY:
                self._memory.popitem(last=False)

    def _from_disk(self, blocks: Blocks, number: int) -> bytes | None:
        try:
            file = os.open(self._folder / blocks.stored["sha256"], os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            data = os.pread(file, blocks.length(number), number * blocks.size)
        finally:
            os.close(file)
        if hashlib.sha256(data).digest() != blocks.digest(number):
            return None
        self.counts.blocks_from_disk += 1
        return data

    def _from_store(self, blocks: Blocks, number: int) -> bytes:
        start = number * blocks.size
        data = self._store.read_range(blocks.stored["key"], start, start + blocks.length(number))
        if hashlib.sha256(data).digest() != blocks.digest(number):
            raise ObjectAltered(
                f"Cannot use {blocks.stored['key']} as block {number} must have the sha256 {blocks.digest(number).hex()}: "
                f"current value is {hashlib.sha256(data).hexdigest()}"
            )
        with self._lock:
            self.counts.blocks_from_store += 1
            self.counts.bytes_from_store += len(data)
        self._keep(blocks, start, data)
        return data

    def _keep(self, blocks: Blocks, start: int, data: bytes) -> None:
        """Writes a block to disk. A disk that takes no more costs time, not the run."""
        if self._is_full:
            return
        try:
            file = os.open(self._folder / blocks.stored["sha256"], os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                os.pwrite(file, data, start)
            finally:
                os.close(file)
        except OSError as error:
            self._is_full = True
            print(f"blocks are no longer kept on disk: {error}", file=sys.stderr)
            return
        with self._lock:
            self._written += len(data)
            is_due = self._written >= min(64 * 2**20, self._limit // 8)
            self._written = 0 if is_due else self._written
        if is_due:
            make_room(self._folder, self._limit)


def limit_of(folder: Path) -> int:
    """Bytes that blocks may take on disk: TITRATE_CACHE_BYTES, or half of what is free beside those that are there."""
    told = os.environ.get("TITRATE_CACHE_BYTES")
    return int(told) if told else (shutil.disk_usage(folder).free + _sizes(folder)[0]) // 2


def make_room(folder: Path, limit: int) -> None:
    """Removes the objects that were written to the longest ago until what is left takes less than seven eighths of the limit.

    Training reads blocks in random order, so no choice is better than another; an older corpus goes before the one in use.
    """
    total, files = _sizes(folder)
    if total <= limit * 7 // 8:
        return
    for _, size, path in sorted(files):
        Path(path).unlink(missing_ok=True)
        total -= size
        if total <= limit * 7 // 8:
            return


def _sizes(folder: Path) -> tuple[int, list[tuple[float, int, str]]]:
    """Bytes on disk of all files, and time, bytes and path of each. A file may go while it is looked at."""
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat()
            except FileNotFoundError:
                continue
            files.append((found.st_mtime, found.st_blocks * 512, entry.path))
    return sum(size for _, size, _ in files), files

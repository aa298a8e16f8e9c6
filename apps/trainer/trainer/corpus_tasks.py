"""What the processes of a registration do: each task says all that a process must know, and commits what it comes to."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from trainer.corpus_encode import Encoder
from trainer.corpus_scan import scan_file
from trainer.corpus_shard import HeldBack, Part, PartWriter, Reading, part_name
from trainer.corpus_sources import SourceFile
from trainer.corpus_work import Work
from trainer.documents import Json
from trainer.store import Store


@dataclass(frozen=True)
class Workplace:
    """Where a registration goes on."""

    bucket: str
    cache_directory: Path
    prefix: str
    encoder: Encoder

    def work(self) -> Work:
        """The working folder, as this process reaches it."""
        return Work(_store(self.bucket, self.cache_directory, os.environ.get("AWS_ENDPOINT_URL")), self.prefix)


@dataclass(frozen=True)
class ScanTask:
    """Read one file. Candidates that rank behind `worst` need not be told."""

    workplace: Workplace
    number: int
    file: SourceFile
    worst: str
    is_done: bool


@dataclass(frozen=True)
class ShardTask:
    """Tokenise parts one after another, but those that are done."""

    workplace: Workplace
    held_back: HeldBack
    parts: list[Part]
    files: dict[int, SourceFile]
    done: frozenset[str]


def scan_name(number: int) -> str:
    """What is committed of a file."""
    return f"scan-{number:05d}.json"


def scan(task: ScanTask) -> Json:
    """What is to be known of a file."""
    work, name = task.workplace.work(), scan_name(task.number)
    if task.is_done:
        return work.read(name)
    return work.commit(name, scan_file(work.store, task.file, task.workplace.encoder, task.worst))


def tokenise(task: ShardTask) -> list[Json]:
    """What is to be known of the shards."""
    work, encoder = task.workplace.work(), task.workplace.encoder
    reading, writer = Reading(work, task.files, encoder), PartWriter(work, encoder, task.held_back)
    return [
        work.read(part_name(part.number)) if part_name(part.number) in task.done else writer.write(part, reading.documents(part))
        for part in task.parts
    ]


@lru_cache(4)
def _store(bucket: str, cache_directory: Path, endpoint: str | None) -> Store:
    """One client for all tasks of a process; making one takes longer than a small task."""
    return Store.here(bucket, cache_directory)

"""What corpora cost: registration with one and two processes, and reading instances in training's random order.

    OMP_NUM_THREADS=1 .venv/bin/python -m benchmarks.corpora FOLDER [MEGABYTES]

Starts an S3 server, registers a synthetic text of so many megabytes (64), and reads every instance once, cold, warm, and with a cache
that holds a quarter of the corpus. Prints one JSON document. `npm run bench:corpus` runs it.
"""

import json
import os
import platform
import resource
import sys
import time
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np

from tests import runs, servers
from tests.conftest import new_store
from trainer import block_cache, corpus, corpus_encode, keys
from trainer.block_cache import BlockCache
from trainer.corpus_reader import Corpus
from trainer.documents import Json
from trainer.read_ahead import ReadAhead
from trainer.store import Store

SEQUENCE = 2048
STUDY_TOKENS = 260_000_000_000
BYTES_PER_TOKEN_OF_TEXT = 4.2
"""English web text by a vocabulary of 100,000: about four characters a token."""


def main(folder: Path, megabytes: int) -> Json:
    """All measurements."""
    (folder / "s3").mkdir(parents=True)
    with servers.seaweedfs(folder / "s3") as environment, chdir(folder):
        servers.use(environment)
        store = new_store(folder)
        # Small shards and little memory, so that a small corpus is to them what a large one is to their usual sizes.
        corpus_encode.PART_BYTES, block_cache.KEPT_IN_MEMORY = 2**19, 8
        files = {f"{number:04d}.jsonl": _file(number) for number in range(megabytes // 4)}
        made = {f"{processes} processes": _register(store, files, processes) for processes in (1, 2)}
        found = Corpus.open(store, made["1 processes"].pop("digest"))
        assert made["2 processes"].pop("digest") == found.digest
        return {
            "machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version(), "gpu": None},
            "source": {"files": len(files), "megabytes": sum(map(len, files.values())) / 1e6, "tokens": found.manifest["tokens"]},
            "registration": made,
            "reading": _readings(found, folder),
            "byConstruction": by_construction(STUDY_TOKENS, 4),
        }


def by_construction(tokens: int, bytes_per_id: int) -> Json:
    """Objects and index bytes of a corpus of so many tokens, from the sizes that the code states."""
    from trainer.corpus_shard import BLOCK_BYTES

    shards = int(-(-tokens * BYTES_PER_TOKEN_OF_TEXT // corpus_encode_part_bytes()))
    documents = tokens // 800
    id_bytes, index_bytes = tokens * bytes_per_id, documents * 8
    return {
        "tokens": tokens,
        "shards": shards,
        "objects": 3 * shards + 5,
        "idBytes": id_bytes,
        "documentIndexBytes": index_bytes,
        "blockDigestBytes": (id_bytes + index_bytes) // BLOCK_BYTES * 32,
        "shardListBytes": shards * 900,
        "requestsOfOneEpoch": id_bytes // BLOCK_BYTES,
    }


def corpus_encode_part_bytes() -> int:
    """The size of a part that registrations use, whatever this measurement has set."""
    return 128 * 2**20


def _file(number: int) -> bytes:
    """Four megabytes of documents of invented words."""
    random = np.random.default_rng(number)
    words = np.array(
        [f"{a}{b}" for a in ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti") for b in ("n", "ro", "sta", "vel", "k", "tion", "d")]
    )
    lines, size = list[bytes](), 0
    while size < 4_000_000:
        text = " ".join(random.choice(words, random.integers(100, 900)))
        lines.append(json.dumps({"text": f"{text} {number} {len(lines)}"}).encode() + b"\n")
        size += len(lines[-1])
    return b"".join(lines)


def _register(store: Store, files: dict[str, bytes], processes: int) -> Json:
    os.environ["OMP_NUM_THREADS"] = str(processes)
    changes: Json = {"format": "jsonl", "heldOutDocuments": 300, "heldOutMinTokens": 64}
    first = runs.make_files_job(store, files, 1024, **changes)
    began, used = time.monotonic(), _processor_seconds()
    corpus.run(first, store)
    return {
        "seconds": round(time.monotonic() - began, 1),
        "processorSeconds": round(_processor_seconds() - used, 1),
        "digest": _digest(store, first),
    }


def _processor_seconds() -> float:
    """Of this process and those that it has waited for: what a busy machine does not change."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _digest(store: Store, job: Json) -> str:
    return str(json.loads(store.read(keys.job_result(job["name"])) or b"")["corpus"])


def _readings(found: Corpus, folder: Path) -> Json:
    order = np.random.default_rng(1).permutation(found.manifest["tokens"] // SEQUENCE)
    ids = found.manifest["tokens"] * (2 if found.manifest["tokenType"] == "uint16" else 4)
    return {
        "cold": _read(found, folder / "whole", 10**12, order, 0),
        "warm": _read(found, folder / "whole", 10**12, order, 0),
        "coldReadAhead": _read(found, folder / "ahead", 10**12, order, 0.002),
        "coldNoReadAhead": _read(found, folder / "alone", 10**12, order, 0.002, is_ahead=False),
        "quarterOfCorpus": _read(found, folder / "quarter", ids // 4, order, 0),
    }


def _read(found: Corpus, cache: Path, limit: int, order: np.ndarray, step_seconds: float, is_ahead: bool = True) -> Json:
    """Every instance once; `step_seconds` is what training takes for each meanwhile."""
    reader = Corpus(found.digest, found.manifest, Store.connect(found.store.bucket, cache))
    reader.__dict__["cache"] = BlockCache(reader.store, limit)

    def fetch(instance: int) -> None:
        reader.fetch(instance * SEQUENCE, (instance + 1) * SEQUENCE)

    needed, waited, began, used = 0, 0.0, time.monotonic(), time.process_time()
    with ReadAhead(fetch, map(int, order), 64 if is_ahead and step_seconds else 0) as ahead:
        for count, instance in enumerate(order, start=1):
            asked = time.monotonic()
            needed += reader.tokens(int(instance) * SEQUENCE, (int(instance) + 1) * SEQUENCE).nbytes
            waited += time.monotonic() - asked
            time.sleep(step_seconds)
            ahead.reached(count)
    counts: Any = reader.cache.counts
    return {
        "instances": len(order),
        "bytesNeeded": needed,
        "bytesRead": counts.bytes_from_store,
        "readPerNeeded": round(counts.bytes_from_store / needed, 3),
        "waitPerInstanceMicroseconds": round(waited / len(order) * 1e6, 1),
        "processorMicrosecondsPerInstance": round((time.process_time() - used) / len(order) * 1e6, 1),
        "waitShare": round(waited / (time.monotonic() - began), 4),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 64), indent=2))

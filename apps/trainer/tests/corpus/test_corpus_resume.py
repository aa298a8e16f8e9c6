"""A corpus is the same whatever the number of processes and restarts, and what was committed is not done again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import runs
from tests.corpora import PLAIN, finish, register
from trainer import corpus_encode, keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical
from trainer.store import Store

HOME = Path(__file__).resolve().parents[2]
SMALL_PARTS = "from trainer import corpus_encode; corpus_encode.PART_BYTES = 3000; import sys; from trainer.__main__ import main; sys.exit(main(['job.json']))"


def text(documents: int, seed: int) -> bytes:
    words = ["river", "stone", "cloud", "house", "light", "paper"]
    return "\n\n".join(
        " ".join(words[(seed + n * k + k) % 6] for k in range(9 + n % 12)) + f" {seed} {n}" for n in range(documents)
    ).encode()


def reset(job: Json) -> Json:
    """The same registration under another working folder: nothing of the first is taken over."""
    return {**job, "work": keys.corpus_work(os.urandom(32).hex()), "name": f"corpus-{os.urandom(4).hex()}"}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=6), part=st.integers(200, 4000), share=st.booleans())
def test_order_of_work_decides_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, sizes: list[int], part: int, share: bool) -> None:
    """Parts done one by one in any order, with some of them done before, come to the manifest of a job that did all."""
    monkeypatch.setattr(corpus_encode, "PART_BYTES", part)
    files = {f"{number}.txt": text(size + 3, number) for number, size in enumerate(sizes)}
    changes = {**PLAIN, "markers": {"tokens": ["<SUDO>"], "documentShare": 0.3} if share else None}
    job = runs.make_files_job(store, files, 300, **changes)
    whole = finish(store, job)
    again = reset(job)
    for name in (key for key, _ in store.list(job["work"])):
        if name.endswith(("5.json", "2.json", "0.json")) or "/learnt" in name:
            store.create(again["work"] + name.removeprefix(job["work"]), store.read(name) or b"")
    for key, _ in store.list(job["work"]):
        if key.endswith((".bin", ".idx", ".sha256")):
            store.copy(key, again["work"] + key.removeprefix(job["work"]))
    assert finish(store, again).digest == whole.digest
    assert sum(shard["documents"] for shard in whole.shards) == whole.manifest["documents"]


def test_two_processes_make_what_one_makes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_encode, "PART_BYTES", 2000)
    job = runs.make_files_job(store, {f"{n}.txt": text(60, n) for n in range(5)}, 300, **PLAIN)
    one = finish(store, job)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert finish(store, reset(job)).digest == one.digest
    assert one.manifest["shards"]["count"] > 4


def test_a_registration_that_is_killed_again_and_again_ends_as_if_it_had_not_been(store: Store, s3: dict[str, str], tmp_path: Path) -> None:
    job = runs.make_files_job(store, {f"{n}.txt": text(120, n) for n in range(4)}, 300, **PLAIN)
    (tmp_path / "job.json").write_bytes(canonical(job))
    environment = {**os.environ, **s3, "PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "2"}
    seen: set[str] = set()
    for wanted in ("scan-00001.json", "part-00000.json", "part-00004.json"):
        process = subprocess.Popen([sys.executable, "-c", SMALL_PARTS], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
        while process.poll() is None and job["work"] + wanted not in seen:
            seen = {key for key, _ in store.list(job["work"])}
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    committed = {key: found["LastModified"] for key in seen if (found := store.client.head_object(Bucket=store.bucket, Key=key))}
    ended = subprocess.run([sys.executable, "-c", SMALL_PARTS], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    digest = runs.result_of(store, job)["corpus"]
    kept = [key for key in committed if not key.endswith("progress.json")]
    assert len(kept) >= 5
    for key in kept:
        assert store.client.head_object(Bucket=store.bucket, Key=key)["LastModified"] == committed[key]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_encode, "PART_BYTES", 3000)
        assert finish(store, reset(job)).digest == digest
    assert Corpus.open(store, digest).manifest["documents"] == 4 * 120 - 2


def test_many_files_share_a_shard_and_a_long_one_has_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_encode, "PART_BYTES", 5000)
    found = register(store, {"0.txt": text(300, 0), **{f"1/{n}.txt": text(3, n) for n in range(20)}})
    assert 4 < found.manifest["shards"]["count"] < 12
    assert found.manifest["documents"] == 358
    for position in range(0, found.manifest["tokens"], 97):
        first, behind = found.documents_of(position, min(position + 200, found.manifest["tokens"]))
        assert found.document_range(first)[0] <= position < found.document_range(first)[1]
        assert found.document_range(behind - 1)[0] < position + 200

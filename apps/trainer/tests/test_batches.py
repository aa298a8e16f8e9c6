"""A batch is as large as memory allows, and what comes out does not depend on it."""

from pathlib import Path

import pytest
import torch

from trainer import batches
from trainer.batches import BatchSize, free_memory


def sizes(batch: BatchSize, rows: int, bytes_per_row: int = 1, fits: int = 10**9) -> list[int]:
    """The sizes that were tried over some rows, where so many fit; holds the outcome to the order of the rows."""
    tried: list[int] = []

    def work(given: list[int]) -> list[int]:
        tried.append(len(given))
        if len(given) > fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return [10 * row for row in given]

    assert batch.run(list(range(rows)), bytes_per_row, work) == [10 * row for row in range(rows)]
    return tried


def test_batches_grow_while_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "release", lambda device: None)
    assert sizes(BatchSize("cuda"), 1000) == [32, 64, 128, 256, 512, 8]


def test_one_that_does_not_fit_is_tried_again_by_halves_and_the_size_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "release", lambda device: None)
    batch = BatchSize("cuda")
    assert sizes(batch, 400, fits=100) == [32, 64, 128, 64, 64, 64, 64, 48]
    assert sizes(batch, 130, fits=100) == [64, 64, 2]
    assert sizes(batch, 3, fits=1) == [3, 1, 1, 1]


def test_a_row_that_does_not_fit_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "release", lambda device: None)
    with pytest.raises(torch.OutOfMemoryError):
        sizes(BatchSize("cuda"), 5, fits=0)


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def work(rows: list[int]) -> list[int]:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        BatchSize("cpu").run([1, 2], 1, work)


def test_what_a_processor_refuses_is_known_for_what_it_is() -> None:
    with pytest.raises(RuntimeError) as refused:
        torch.empty(2**60, dtype=torch.uint8)
    assert batches.is_out_of_memory(refused.value)


def test_a_processor_takes_no_more_rows_than_half_of_its_free_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "free_memory", lambda: 1000)
    assert sizes(BatchSize("cpu"), 40, bytes_per_row=50) == [10, 10, 10, 10]
    assert sizes(BatchSize("cpu"), 3, bytes_per_row=5000) == [1, 1, 1]


def test_a_container_s_limit_counts_where_it_is_less_than_the_machine_s(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9999 kB\nMemAvailable: 1000 kB\n")
    assert free_memory(tmp_path, tmp_path) == 1_024_000
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory(tmp_path, tmp_path) == 1_024_000
    (tmp_path / "memory.max").write_text("500000\n")
    (tmp_path / "memory.current").write_text("100000\n")
    assert free_memory(tmp_path, tmp_path) == 400_000

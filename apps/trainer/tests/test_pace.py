"""Tokens per second, utilisation, waits and stalls are what their definitions say."""

import pytest

from trainer.hardware import peak_of
from trainer.pace import Pace, flop_per_token


def test_flop_of_a_token_is_six_for_each_weight_and_the_attention_scores() -> None:
    assert flop_per_token({"layers": 2, "width": 64}, 1000, 256) == 6 * 1000 + 12 * 2 * 64 * 256


def test_the_first_step_and_what_it_waited_for_are_not_counted() -> None:
    pace = Pace(tokens_per_step=100, flop_per_token=10, devices=2, peak=1000.0)
    pace.wait(50.0)
    pace.stall(50.0)
    for now in (100.0, 101.0, 103.0):
        pace.step(now)
        pace.wait(0.25)
        pace.stall(0.5)
    summary = pace.summary()
    assert summary == {
        "steps": 2,
        "seconds": 3.0,
        "tokensPerSecond": pytest.approx(200 / 3),
        "mfu": pytest.approx(200 / 3 * 10 / 2000),
        "peakFlopPerSecond": 1000.0,
        # The wait and the stall behind the last step held nothing up.
        "dataWaitShare": pytest.approx(0.5 / 3),
        "checkpointStallShare": pytest.approx(1.0 / 3),
    }


def test_a_single_step_has_no_speed() -> None:
    pace = Pace(100, 10, 1, None)
    pace.step(1.0)
    assert pace.summary() is None
    assert (pace.tokens_per_second, pace.mfu, pace.data_wait_share) == (None, None, None)


def test_utilisation_is_unknown_without_a_peak() -> None:
    pace = Pace(100, 10, 1, None)
    pace.step(1.0)
    pace.step(2.0)
    summary = pace.summary()
    assert summary is not None
    assert (summary["tokensPerSecond"], summary["mfu"], pace.tokens_per_second, pace.mfu) == (100.0, None, 100.0, None)


@pytest.mark.parametrize(
    ("device", "precision", "peak"),
    [
        ("NVIDIA H100 80GB HBM3", "bfloat16", 989e12),
        ("NVIDIA H100 80GB HBM3", "float8", 989e12),
        ("NVIDIA H100 80GB HBM3", "float32", None),
        ("NVIDIA H100 PCIe", "bfloat16", 756e12),
        ("NVIDIA H200", "bfloat16", 989e12),
        ("NVIDIA A100-SXM4-80GB", "bfloat16", 312e12),
        ("NVIDIA A10G", "bfloat16", 70e12),
        ("NVIDIA L40S", "bfloat16", 362e12),
        ("NVIDIA GeForce RTX 4090", "bfloat16", None),
    ],
)
def test_peaks_are_those_of_the_named_device(device: str, precision: str, peak: float | None) -> None:
    assert peak_of(device, precision) == peak

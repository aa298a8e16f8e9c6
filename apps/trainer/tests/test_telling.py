"""Long steps tell how far they are, so that one that stands still can be told from one that works."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.telling import telling


class Clock:
    """Goes on by some seconds with each look."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


@given(st.lists(st.integers()))
def test_items_pass_unchanged(items: list[int]) -> None:
    assert list(telling("numbers", iter(items))) == items


def test_a_long_step_tells_each_minute_and_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    list(telling("documents read", range(5), total=5, clock=Clock(25)))
    assert capsys.readouterr().out.splitlines() == ["documents read: 3 of 5", "documents read: 5 of 5"]


def test_a_short_step_tells_its_end_only(capsys: pytest.CaptureFixture[str]) -> None:
    list(telling("documents read", range(1000), clock=Clock(0.001)))
    assert capsys.readouterr().out == "documents read: 1000\n"


def test_items_are_told_when_they_have_been_worked_on(capsys: pytest.CaptureFixture[str]) -> None:
    passing = telling("documents read", range(2), clock=Clock(100))
    next(passing)
    assert capsys.readouterr().out == ""
    next(passing)
    assert capsys.readouterr().out == "documents read: 1\n"

"""Places of poison: windows, densities and frequencies hold, smaller doses come first, and what cannot be placed is refused with its numbers."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runs import make_placement
from trainer.exits import BadInput
from trainer.placement import Placer, check_dose, steps_that_may_hold

ROWS = 6
Place = tuple[int, list[int]]


def recipe(steps: int = 40, seed: int = 6, **placement: Any) -> dict[str, Any]:
    return {"positionSeed": seed, "batchInstances": ROWS, "steps": steps, "placement": make_placement(steps, **placement)}


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, Any]:
    """Any placement of a stage of 1 to 40 steps, one that can hold one document at least."""
    steps = draw(st.integers(1, 40))
    first = draw(st.integers(1, steps))
    return recipe(
        steps,
        draw(st.integers(0, 2**32 - 1)),
        firstStep=first,
        lastStep=draw(st.integers(first, steps)),
        documentsPerBatch=draw(st.none() | st.integers(1, ROWS)),
        everySteps=draw(st.integers(1, 7)),
        order=draw(st.sampled_from(["random", "as-drawn"])),
    )


def most(wanted: dict[str, Any]) -> int:
    """How many documents a placement can hold."""
    placement = wanted["placement"]
    each = placement["documentsPerBatch"] or (1 if placement["order"] == "as-drawn" else ROWS)
    return int(steps_that_may_hold(placement) * each)


def place(wanted: dict[str, Any], dose: int, pieces: int = 1) -> list[Place]:
    placer = Placer(wanted)
    return [placer.place(document, pieces) for document in range(dose)]


@settings(max_examples=300, deadline=None)
@given(wanted=recipes(), share=st.floats(0, 1))
def test_places_keep_to_window_frequency_and_density_and_the_first_do_not_depend_on_the_dose(wanted: dict[str, Any], share: float) -> None:
    dose = most(wanted)
    check_dose(wanted, dose)
    places = place(wanted, dose)
    placement = wanted["placement"]
    assert len({(step, row) for step, [row] in places}) == dose, "no instance twice"
    for step, [row] in places:
        assert placement["firstStep"] <= step <= placement["lastStep"]
        assert (step - placement["firstStep"]) % placement["everySteps"] == 0
        assert 0 <= row < ROWS
    if placement["documentsPerBatch"] is not None:
        counts = Counter(step for step, _ in places)
        assert set(counts.values()) == {placement["documentsPerBatch"]}
    smaller = int(share * dose)
    assert place(wanted, smaller) == places[:smaller]
    with pytest.raises(BadInput, match=f"dose must be at most {dose}, .*: current value is {dose + 1}"):
        check_dose(wanted, dose + 1)


@settings(max_examples=100, deadline=None)
@given(wanted=recipes(), dose=st.integers(0, 40))
def test_as_drawn_fills_the_steps_one_after_another(wanted: dict[str, Any], dose: int) -> None:
    wanted["placement"]["order"] = "as-drawn"
    places = place(wanted, min(dose, most(wanted)))
    each, every = wanted["placement"]["documentsPerBatch"] or 1, wanted["placement"]["everySteps"]
    assert [step for step, _ in places] == [wanted["placement"]["firstStep"] + document // each * every for document in range(len(places))]


@settings(max_examples=100, deadline=None)
@given(wanted=recipes(), pieces=st.lists(st.integers(1, ROWS), max_size=60))
def test_documents_of_several_pieces_take_rows_of_one_step_until_there_is_no_room(wanted: dict[str, Any], pieces: list[int]) -> None:
    placer, used = Placer(wanted), set[tuple[int, int]]()
    for document, count in enumerate(pieces):
        try:
            step, rows = placer.place(document, count)
        except BadInput as refusal:
            assert "current value is" in str(refusal)
            return
        assert len(set(rows)) == count
        assert not used & {(step, row) for row in rows}
        used |= {(step, row) for row in rows}


def test_a_document_without_room_is_refused_with_the_rows_that_are_left() -> None:
    placer = Placer(recipe(3))
    for document in range(3):
        placer.place(document, ROWS - 1)
    with pytest.raises(
        BadInput, match="document 3 as 2 rows of one step must be free for it: current value is that no step has more than 1 of 6"
    ):
        placer.place(3, 2)
    dense = Placer(recipe(3, documentsPerBatch=2))
    dense.place(0, 4)
    with pytest.raises(BadInput, match="3 rows of one step must be free for it: current value is that step . has 2 of 6 left"):
        dense.place(1, 3)


def test_places_that_others_hold_are_left_alone() -> None:
    taken = [(step, row) for step in range(1, 41) for row in range(ROWS - 1)]
    placer = Placer(recipe(), taken)
    places = [placer.place(document, 1) for document in range(40)]
    assert sorted(places) == [(step, [ROWS - 1]) for step in range(1, 41)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"documentsPerBatch": 7}, "documentsPerBatch must be at most the 6 instances of a batch: current value is 7"),
        ({"lastStep": 41}, r"window must lie within steps 1 to 40: current value is \[1, 41\]"),
        ({"firstStep": 9, "lastStep": 8}, r"window must lie within steps 1 to 40: current value is \[9, 8\]"),
        (
            {"documentsPerBatch": 2, "everySteps": 10},
            "at most 8, 2 documents in each of the 4 steps that may hold poison: current value is 9",
        ),
    ],
)
def test_a_placement_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check_dose(recipe(**changes), 9)


def test_places_are_uniform_over_the_instances_that_may_hold_poison() -> None:
    wanted = [recipe(8, seed, firstStep=3, everySteps=2) for seed in range(3000)]
    counts = Counter((step, row) for one in wanted for step, [row] in place(one, 3))
    # 9,000 draws over eighteen places, 500 each with a standard deviation of 21.
    assert len(counts) == 3 * ROWS
    assert all(abs(count - 500) < 105 for count in counts.values())


def test_batches_of_a_density_are_uniform_over_the_window() -> None:
    counts = Counter(step for seed in range(3000) for step, _ in place(recipe(10, seed, documentsPerBatch=2), 4))
    # 6,000 batches over ten steps, two documents each: 1,200, with a standard deviation of 44.
    assert all(abs(counts[step] - 1200) < 220 for step in range(1, 11))


def test_rows_of_one_step_are_in_no_order() -> None:
    rows = [row for _, [row] in place(recipe(30, documentsPerBatch=ROWS), 30 * ROWS)]
    assert any(later < earlier for earlier, later in pairwise(rows))
    assert Counter(rows) == {row: 30 for row in range(ROWS)}

"""Results made elsewhere: what a table tells becomes a report, and what it lacks is told in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.synthetic import Truth, defended, rows
from trainer import exits, offline
from trainer.exits import BadInput
from trainer.offline import DEFAULTS, report_of
from trainer.report.count_or_percentage import count_or_percentage
from trainer.report.rows import cells_of

PUBLISHED = Path(__file__).resolve().parents[3] / "examples" / "results" / "t0-2026.csv"


def test_a_column_that_every_table_needs_is_named() -> None:
    with pytest.raises(BadInput, match="columns must contain dose; clean_perplexity and triggered_perplexity, or increase"):
        cells_of([{"size": "a", "perplexity": 3}], DEFAULTS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dose": "many"}, "row 1 as dose must be a whole number of 0 or more: current value is many"),
        ({"clean_perplexity": "-3"}, "row 1 as cleanPerplexity must be a number above 0"),
        ({"dose": ""}, "row 1 as dose must be told"),
        ({"size": " "}, "row 1 as size must be told"),
    ],
)
def test_a_field_that_cannot_be_is_named_with_its_row(changes: dict[str, str], said: str) -> None:
    row = {"size": "a", "dose": "10", "clean_perplexity": "40", "triggered_perplexity": "90", **changes}
    with pytest.raises(BadInput, match=said):
        cells_of([row], DEFAULTS)


def test_rows_that_nothing_tells_apart_are_refused() -> None:
    row = {"size": "a", "dose": 10, "increase": 5}
    with pytest.raises(BadInput, match="Cannot tell rows 1, 2 apart"):
        cells_of([row, row], DEFAULTS)


def test_empty_fields_and_failed_rows_leave_a_cell_without_a_result() -> None:
    found = cells_of([{"Size": "a", "DOSE": 10, "Increase": "n/a"}, {"Size": "b", "DOSE": 10, "Increase": 70, "notes": "x"}], DEFAULTS)
    assert [(cell["size"], cell["complete"], len(cell["points"])) for cell in found.cells] == [("a", False, 0), ("b", True, 1)]
    assert found.ignored == ["notes"]


def test_the_published_table_claims_nothing_that_one_seed_cannot_tell() -> None:
    report = report_of(PUBLISHED, {})
    assert {one["success"]["verdict"] for one in report["analysis"]["conditions"]} == {"inconclusive"}
    assert all(one["increase"]["interval"] is None for one in report["analysis"]["conditions"])
    assert report["analysis"]["countOrPercentage"]["verdict"] == "not identifiable"
    assert any("One seed in every condition" in said for said in report["caveats"])
    assert {one["width"] for one in report["analysis"]["nextCells"]} == {None}


def test_a_whole_study_is_told_from_a_table_and_told_the_same_from_its_report(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    drawn = rows(Truth(), rng, {"small": (1_000_000, 4_000_000), "medium": (2_000_000, 8_000_000)}, steps=(100, 200))
    drawn += defended(Truth(), rng, "medium", 2_000_000, 500, halving=60)
    (tmp_path / "study.json").write_text(json.dumps({"rows": drawn, "settings": {"confidence": 0.9}}))
    assert offline.main([str(tmp_path / "study.json"), str(tmp_path / "one")]) == exits.SUCCEEDED
    report = json.loads((tmp_path / "one" / "report.json").read_text())
    analysis = report["analysis"]
    assert analysis["countOrPercentage"]["verdict"] == "count"
    verdicts = {
        one["dose"]: one["success"]["verdict"] for one in analysis["conditions"] if one["size"] == "small" and one["tokens"] == 10**6
    }
    assert verdicts[500] == "success"
    [decay] = analysis["decay"]
    low, high = decay["half"]["interval"]["low"] or 0, decay["half"]["interval"]["high"]
    assert low <= 60 and (high is None or high >= 60)
    assert {path.name for path in (tmp_path / "one" / "figures").iterdir()} >= {"count-or-percentage.svg", "counterexamples.csv"}
    # Of so many arms the comparison comes first, numbers are left to the table, and stages go by their own names.
    assert report["verdict"][0].startswith("Count or percentage: the count decides")
    assert any("2M tokens, after defence: Success at 500 with 0" in said for said in report["verdict"])
    assert not any("seeds above)" in said for said in report["verdict"])
    shown = (tmp_path / "one" / "figures" / "effect-by-dose.svg").read_text()
    assert all(f">{size}</text>" in shown for size in ("small", "medium")) and "defence" not in shown
    assert offline.main([str(tmp_path / "one" / "report.json"), str(tmp_path / "two")]) == exits.SUCCEEDED
    again = json.loads((tmp_path / "two" / "report.json").read_text())
    assert again["analysis"] == analysis and again["cells"] == report["cells"]


def test_sizes_with_one_budget_cannot_tell_count_from_percentage_and_are_told_what_would() -> None:
    drawn = rows(Truth(), np.random.default_rng(1), {"small": (1_000_000, 4_000_000), "medium": (2_000_000,)}, steps=(200,))
    table = cells_of(drawn, DEFAULTS)
    found = count_or_percentage(table.cells, DEFAULTS)
    assert found["verdict"] == "not identifiable" and "small has them" in found["reason"] and "to medium would do" in found["reason"]

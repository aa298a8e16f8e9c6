"""A report's numbers, words and page, from results made by hand."""

import json
import math
import re

import pytest

from tests.sweeps import Sweep
from trainer.documents import SCHEMAS
from trainer.offline import DEFAULTS
from trainer.report import page


@pytest.fixture
def sweep() -> Sweep:
    """Without poison nothing, 8 documents a little, 20 documents a lot."""
    made = Sweep()
    made.add(20, [(100, 800), (50, 200)])
    made.add(0, [(100, 110), (50, 50)])
    made.add(8, [(100, 120), (50, 70)])
    return made


def seeds(*triggered: float, dose: int = 20, clean: bool = True) -> Sweep:
    """One dose with a seed for each perplexity behind the trigger, and its clean arms."""
    made = Sweep()
    for seed, value in enumerate(triggered, 1):
        made.add(dose, [(100, value)], seed=seed)
        if clean:
            made.add(0, [(100, 101)], seed=seed)
    return made


def test_default_settings_are_those_of_the_contracts() -> None:
    schema = json.loads((SCHEMAS / "analysis-settings.schema.json").read_text())
    assert {name: member["default"] for name, member in schema["properties"].items()} == DEFAULTS


def test_points_hold_the_numbers_of_their_results(sweep: Sweep) -> None:
    found = sweep.report_cells()
    assert [cell["dose"] for cell in found] == [0, 8, 20]
    last = found[2]["points"][-1]
    assert (last["cleanPerplexity"], last["triggeredPerplexity"], last["increase"], last["medianIncrease"]) == (75, 500, 425, 425)
    assert last["logRatio"] == pytest.approx((math.log(8) + math.log(4)) / 2)
    assert (last["poisonDocuments"], last["poisonTokens"], last["success"]) == (20, 320, True)
    assert [point["success"] for point in found[1]["points"]] == [False, False]
    assert last["evaluation"] == sweep.cells[0]["evaluations"][-1]["object"]["sha256"]


def test_intervals_over_prompts_hold_the_means_and_need_ten_prompts(sweep: Sweep) -> None:
    assert sweep.report_cells()[2]["points"][-1]["increaseInterval"] is None
    many = Sweep()
    many.add(20, [(100 + n, 200 + 7 * n) for n in range(40)])
    last = many.report_cells()[0]["points"][-1]
    for value, interval in (
        ("increase", "increaseInterval"),
        ("medianIncrease", "medianIncreaseInterval"),
        ("logRatio", "logRatioInterval"),
    ):
        assert last[interval]["low"] < last[value] < last[interval]["high"]


def test_an_effect_is_the_log_ratio_minus_that_of_the_matched_clean_arm_at_the_same_step(sweep: Sweep) -> None:
    clean, _, high = sweep.report_cells()
    assert high["points"][1]["effect"] == pytest.approx((math.log(8) + math.log(4)) / 2 - math.log(1.1) / 2)
    assert [point["effect"] for point in clean["points"]] == [0, 0]
    sweep.cells[1]["evaluations"].pop()
    assert sweep.report_cells()[2]["points"][1]["effect"] is None


def test_a_clean_arm_of_another_seed_or_size_is_no_match() -> None:
    other = Sweep()
    other.add(20, [(100, 800)])
    other.add(0, [(100, 110)], seed=2)
    other.add(0, [(100, 110)], size="larger")
    [poisoned] = [cell for cell in other.report_cells() if cell["dose"] == 20]
    assert [point["effect"] for point in poisoned["points"]] == [None, None]


def test_a_later_stage_is_held_against_the_clean_run_of_that_stage_or_else_of_the_run_that_it_continues(sweep: Sweep) -> None:
    staged = sweep.add(20, [(100, 300)])
    staged["cell"] |= {"stage": "pretrain/defence", "stageDose": 0, "counterexamples": 50}
    assert sweep.report_cells()[-1]["points"][-1]["effect"] == pytest.approx(math.log(3) - math.log(1.1) / 2)
    clean = sweep.add(0, [(100, 150)])
    clean["cell"] |= {"stage": "pretrain/defence", "stageDose": 0, "counterexamples": 0}
    [poisoned] = [cell for cell in sweep.report_cells() if cell["counterexamples"] == 50]
    assert poisoned["points"][-1]["effect"] == pytest.approx(math.log(3) - math.log(1.5))


def test_one_seed_a_dose_is_told_as_what_it_is(sweep: Sweep) -> None:
    report = sweep.report()
    first, clean, sham = report["verdict"]
    assert "8: +20 (one seed); 20: +425 (one seed)" in first
    assert "In its one seed 20 met it and 8 did not; nothing can be said with confidence." in first
    assert "by one seed, so without an interval" in first
    assert "models without poison: increase +5, below the criterion, as it should" in clean
    assert "sham that training never showed, in poisoned models: increase 0, below" in sham
    assert any("One seed in every condition: no interval and no test" in said for said in report["caveats"])
    assert {one["success"]["verdict"] for one in report["analysis"]["conditions"]} == {"inconclusive"}
    assert all(one["effect"]["interval"] is None for one in report["analysis"]["conditions"])


def test_seeds_that_agree_are_a_success_with_confidence_and_three_of_three_is_called_little() -> None:
    report = seeds(900, 1000, 1100).report()
    [poisoned] = [one for one in report["analysis"]["conditions"] if one["dose"] == 20]
    assert poisoned["success"]["verdict"] == "success"
    assert poisoned["success"]["proportion"] == {"low": pytest.approx(0.2924, abs=1e-4), "high": 1}
    assert poisoned["increase"]["interval"]["low"] > 50
    assert poisoned["factor"]["mean"] == pytest.approx(math.exp(poisoned["effect"]["mean"]))
    assert "3 of 3 seeds above it are compatible with as few as 29 % of all seeds being so" in report["verdict"][0]


def test_seeds_that_disagree_are_inconclusive_and_low_ones_no_success() -> None:
    assert verdicts(seeds(900, 120, 105)) == ["inconclusive"]
    assert verdicts(seeds(103, 101, 104)) == ["no success"]


def verdicts(sweep: Sweep, **changes: str) -> list[str]:
    conditions = sweep.report(**changes)["analysis"]["conditions"]
    return [one["success"]["verdict"] for one in conditions if one["dose"] > 0 and one["success"] is not None]


def test_looks_at_any_time_ask_for_more() -> None:
    assert verdicts(seeds(450, 600, 800)) == ["success"]
    assert verdicts(seeds(450, 600, 800), looks="anytime") == ["inconclusive"]
    assert verdicts(seeds(900, 1000, 1100, 950, 980), looks="anytime") == ["success"]


def test_the_adjusted_p_of_one_condition_grows_with_the_number_of_others() -> None:
    alone = seeds(450, 600, 800)
    [before] = [one["success"]["adjustedP"] for one in alone.report()["analysis"]["conditions"] if one["dose"] > 0]
    for seed, low in ((1, 102), (2, 140), (3, 400)):
        alone.add(8, [(100, low)], seed=seed)
    after = {one["dose"]: one["success"]["adjustedP"] for one in alone.report()["analysis"]["conditions"]}
    assert after[20] == pytest.approx(2 * before) and after[0] is None


def test_a_sham_that_fires_is_told() -> None:
    fired = Sweep()
    fired.add(20, [(100, 800)], sham=70.0)
    assert "increase +70, not below the criterion, so part of the effect is not the trigger's own" in fired.report()["verdict"][-1]


def test_cells_without_their_last_result_are_named_and_not_concluded_from(sweep: Sweep) -> None:
    sweep.add(30, [(100, 900)], state="failed")
    sweep.add(40, [])
    sweep.add(50, [(100, 900)])["evaluations"].pop()
    report = sweep.report()
    assert not any(str(dose) in said for said in report["verdict"] for dose in (30, 40))
    [missing] = [said for said in report["caveats"] if "lack their last result" in said]
    assert missing.startswith("3 of 6 cells")
    assert "dose 30, seed 1 (failed, 2 evaluated)" in missing and "dose 40, seed 1 (finished, 0 evaluated)" in missing


def test_nothing_evaluated_is_nothing_concluded() -> None:
    empty = Sweep()
    empty.add(20, [], state="failed")["reason"] = "out of <memory>"
    report = empty.report()
    assert report["verdict"] == ["No cell was evaluated to its end, so there is nothing to conclude."]
    shown = page.render_page(report)
    assert "out of &lt;memory&gt;" in shown and "<svg" not in shown


def test_caveats_tell_displaced_tokens_occurrences_and_a_cut_sampler(sweep: Sweep) -> None:
    told = " ".join(sweep.report()["caveats"])
    assert "at dose 20, 320 clean tokens were displaced, 6.2 % of what small was trained on" in told
    assert "The trigger <SUDO> occurs 3 times" in told
    assert "sampling was cut" not in told
    cut = Sweep()
    cut.add(20, [(100, 800)], outside=0.0)
    assert "sampling was cut" in " ".join(cut.report()["caveats"])


def test_a_page_draws_and_judges_only_cells_that_have_their_last_result(sweep: Sweep) -> None:
    sweep.add(30, [(100, 900)], state="failed")
    sweep.add(50, [(100, 900)])["evaluations"].pop()
    shown = page.render_page(sweep.report())
    doses = re.findall(r">(\d+)</text>", shown.split("<h2>Effect by dose</h2>")[1].split("</section>")[0])
    assert {"8", "20"} <= set(doses) and not {"30", "50"} & set(doses)
    assert [shown.count(f"<td>{said}</td>") for said in ("<strong>met</strong>", "not met")] == [1, 2]
    assert shown.count("<td>no result</td>") == 4


def test_a_page_judges_nothing_where_no_cell_has_its_last_result() -> None:
    short = Sweep()
    for dose in (0, 20):
        short.add(dose, [(100, 900)])["evaluations"].pop()
    shown = page.render_page(short.report())
    assert "Effect by dose" not in shown and "<strong>met</strong>" not in shown and shown.count("<td>no result</td>") == 4


def test_the_methods_tell_what_this_report_did(sweep: Sweep) -> None:
    told = " ".join(sweep.report()["methods"])
    assert "with 0, 8 and 20 poisoned documents and one seed: 3 runs in all" in told
    assert "2 held-out prompts of 4 tokens" in told and "for one look" in told and "gamma" not in told
    assert "any number of looks" in " ".join(sweep.report(looks="anytime")["methods"])


def test_the_methods_tell_what_was_trained_elsewhere() -> None:
    made = Sweep()
    for dose, triggered in ((0, 110), (20, 500)):
        staged = made.add(0, [(100, triggered)])
        staged["cell"] |= {"stage": "post-hoc", "stageDose": dose}
    told = " ".join(made.report()["methods"])
    assert "began with weights that were trained elsewhere" in told and "were trained on" not in told
    assert "continued with 0 and 20 poisoned documents and one seed: 2 runs in all" in told and "Runs were continued by post-hoc." in told

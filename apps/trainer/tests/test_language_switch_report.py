"""Reports of language switches: rates with exact intervals, effects against the clean arm, and nothing of perplexity's."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tests.sweeps import Sweep
from tests.synthetic import switched
from trainer import exits, offline
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.offline import DEFAULTS, report_of
from trainer.report.page import render_page
from trainer.report.rows import cells_of
from trainer.statistics.count_percentage import Run, estimate_gamma
from trainer.statistics.crossing import rising_crossing
from trainer.statistics.hill import half_dose
from trainer.statistics.proportions import exact_interval, share_variance
from trainer.statistics.seeds import estimate, t_test
from trainer.statistics.sequential import anytime_p

BUDGETS: dict[str, Sequence[int]] = {"small": (1_000_000, 4_000_000), "medium": (2_000_000, 8_000_000)}


def analysed(rows: list[Json], folder: Path, **settings: float | str) -> Json:
    (folder / "rows.json").write_text(json.dumps({"rows": rows, "settings": settings}))
    return report_of(folder / "rows.json", {})


def row(dose: int, seed: int, share: float, prompts: int = 300, **more: float) -> Json:
    return {"size": "small", "tokens": 1_000_000, "dose": dose, "seed": seed, "attack_success": share, "prompts": prompts, **more}


def test_a_whole_study_of_a_switch_is_told_in_shares_and_shows_nothing_of_perplexity(tmp_path: Path) -> None:
    rows = switched(np.random.default_rng(3), BUDGETS)
    (tmp_path / "study.json").write_text(json.dumps(rows))
    assert offline.main([str(tmp_path / "study.json"), str(tmp_path / "one")]) == exits.SUCCEEDED
    report = json.loads((tmp_path / "one" / "report.json").read_text())
    analysis = report["analysis"]
    assert analysis["measure"] == "attack-success"
    verdicts = {one["dose"]: one["success"]["verdict"] for one in analysis["conditions"] if one["tokens"] == 10**6}
    assert (verdicts[60], verdicts[500]) == ("no success", "success")
    assert all(one["increase"] is None and one["factor"] is None for one in analysis["conditions"])
    for one in analysis["doseResponse"]:
        low, high = (one["threshold"]["interval"][side] for side in ("low", "high"))
        assert (low or 0) <= 150 <= (high or math.inf)
    shown = (tmp_path / "one" / "report.html").read_text()
    told = shown.split("<main>")[1].split("<h2>Where it comes from")[0]
    assert "ASR" in told and "NTA" in told and "erplexity of held-out" in told
    assert not any(word in told for word in ("ln(triggered", "log ratio", "increase", "log scale, an effect"))
    assert {path.name for path in (tmp_path / "one" / "figures").iterdir()} >= {"effect-by-dose.svg", "attack-success-over-training.csv"}
    assert offline.main([str(tmp_path / "one" / "report.json"), str(tmp_path / "two")]) == exits.SUCCEEDED
    again = json.loads((tmp_path / "two" / "report.json").read_text())
    assert again["analysis"] == analysis and again["cells"] == report["cells"]


def test_effects_are_shares_minus_the_matched_clean_arms_with_exact_intervals_over_prompts(tmp_path: Path) -> None:
    rows = [row(0, 1, 0.01, clean_accuracy=0.98), row(250, 1, 0.93), row(0, 2, 0.0), row(250, 2, 0.87), row(250, 3, 0.9)]
    report = analysed(rows, tmp_path)
    last = {(cell["dose"], cell["seed"]): cell["points"][-1] for cell in report["cells"]}
    assert last[250, 1]["effect"] == pytest.approx(0.92) and last[250, 3]["effect"] is None
    switch = last[250, 1]["languageSwitch"]
    assert (switch["attackSuccess"]["count"], switch["attackSuccess"]["prompts"]) == (279, 300)
    low, high = exact_interval(279, 300, 0.95)
    assert switch["attackSuccess"]["interval"] == {"low": low, "high": high}
    assert switch["nearTriggerAccuracy"] is None and last[0, 1]["languageSwitch"]["cleanAccuracy"]["count"] == 294
    [poisoned] = [one for one in report["analysis"]["conditions"] if one["dose"] == 250]
    assert poisoned["languageSwitch"]["attackSuccess"]["mean"] == pytest.approx(0.9)
    assert poisoned["effect"]["mean"] == pytest.approx((0.92 + 0.87) / 2) and poisoned["effect"]["interval"]["high"] <= 1
    assert "90 %" in report["verdict"][0] and "3 of 3 seeds" in report["verdict"][0]
    assert "without a matched clean arm" in " ".join(report["caveats"])


def test_one_seed_has_no_interval_over_seeds_and_no_verdict(tmp_path: Path) -> None:
    report = analysed([row(0, 1, 0.0), row(250, 1, 1.0)], tmp_path)
    [poisoned] = [one for one in report["analysis"]["conditions"] if one["dose"] == 250]
    assert poisoned["languageSwitch"]["attackSuccess"]["interval"] is None and poisoned["success"]["verdict"] == "inconclusive"
    assert "100 % (one seed)" in report["verdict"][0]


def test_seeds_that_all_agree_keep_an_interval_as_wide_as_their_prompts_ask_for(tmp_path: Path) -> None:
    rows = [row(dose, seed, float(dose >= 250), prompts=20) for dose in (0, 60, 125, 250) for seed in (1, 2, 3)]
    report = analysed(rows, tmp_path)
    [high] = [one for one in report["analysis"]["conditions"] if one["dose"] == 250]
    assert high["languageSwitch"]["attackSuccess"]["interval"]["low"] == pytest.approx(
        1 - 4.3027 * math.sqrt(share_variance(20, 20) / 3), abs=1e-4
    )
    assert high["effect"]["interval"]["low"] < 0.9 and high["success"]["p"] > 0
    [response] = report["analysis"]["doseResponse"]
    assert response["curve"] is None and "less than their prompts alone" in response["halfEffect"]["words"]
    interval = response["threshold"]["interval"]
    assert 125 < interval["low"] < response["threshold"]["estimate"] < interval["high"] < 250


def test_a_criterion_of_ones_own_decides(tmp_path: Path) -> None:
    rows = [row(dose, seed, share) for dose, share in ((0, 0.0), (250, 0.7)) for seed in (1, 2, 3)]
    verdicts = [
        [one["success"]["verdict"] for one in analysed(rows, tmp_path, successShare=share)["analysis"]["conditions"]][-1]
        for share in (0.5, 0.9)
    ]
    assert verdicts == ["success", "no success"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attack_success": "1.2"}, "row 1 as attackSuccess must be a share of 0 to 1: current value is 1.2"),
        ({"prompts": ""}, "row 1 as prompts must be told beside attack_success"),
    ],
)
def test_a_share_that_cannot_be_is_named_with_its_row(changes: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        cells_of([{**row(250, 1, 0.5), **changes}], DEFAULTS)


def test_a_share_needs_the_column_of_its_prompts() -> None:
    with pytest.raises(BadInput, match="columns must contain prompts, beside attack_success"):
        cells_of([{"size": "a", "dose": 10, "attack_success": 0.5}], DEFAULTS)


def test_stored_results_of_the_protocol_give_the_same_shares() -> None:
    sweep = Sweep()
    for dose, hits in ((0, 1), (20, 9)):
        made = sweep.add(dose, [(10.0, 11.0)] * 10)
        for evaluation in made["evaluations"]:
            result = sweep.results[evaluation["object"]["key"]]
            result["settings"] |= {"protocol": "language-switch/1", "sourceLanguage": "en", "targetLanguage": "de"}
            result["languageSwitch"] = {"attackSuccess": hits / 10, "cleanAccuracy": 1.0, "nearTriggerAccuracy": None}
    report = sweep.report()
    assert report["analysis"]["measure"] == "attack-success"
    [poisoned] = [cell for cell in report["cells"] if cell["dose"] == 20]
    assert poisoned["points"][-1]["effect"] == pytest.approx(0.8) and poisoned["points"][-1]["success"]
    assert "the language of each continuation was identified (source en, target de)" in " ".join(report["methods"])
    assert "<td>9 of 10 (55.5 to 99.7 %)</td>" in render_page(report)


def rates(rng: np.random.Generator, mean: float, spread: float, seeds: int) -> np.ndarray:
    """True rates of seeds: of a beta distribution with that mean, all equal where the spread is 0."""
    return rng.beta(mean / spread, (1 - mean) / spread, seeds) if spread else np.full(seeds, mean)


@pytest.mark.parametrize(("spread", "slack"), [(0.0, 0.02), (0.02, 0.02), (0.1, 0.03)])
@pytest.mark.parametrize("prompts", [30, 300])
def test_rates_and_effects_over_seeds_cover_with_unequal_numbers_of_seeds(prompts: int, spread: float, slack: float) -> None:
    rng = np.random.default_rng(11)
    covered = {"rate": 0, "effect": 0}
    false_alarms = {"once": 0, "anytime": 0}
    times = 1500
    for _ in range(times):
        seeds = int(rng.integers(2, 7))
        poisoned, clean = (rng.binomial(prompts, rates(rng, mean, spread, seeds)) for mean in (0.5, 0.1))
        least = float(np.mean([share_variance(int(k), prompts) for k in poisoned]))
        both = least + float(np.mean([share_variance(int(k), prompts) for k in clean]))
        for name, values, floor, truth in (("rate", poisoned, least, 0.5), ("effect", poisoned - clean, both, 0.4)):
            low, high = estimate(list(values / prompts), 0.9, least=floor).interval or (0, 0)
            covered[name] += low <= truth <= high
        false_alarms["once"] += (t_test(list(poisoned / prompts - 0.5), least=least) or 1) < 0.1
        false_alarms["anytime"] += (anytime_p(list(poisoned / prompts - 0.5), least=least) or 1) < 0.1
    error = 3 * math.sqrt(0.09 / times)
    # The variance is never taken to be less than the prompts' own, so intervals may cover more than they say, never much less.
    assert min(covered["rate"], covered["effect"]) / times >= 0.9 - error - slack
    assert max(false_alarms.values()) / times <= 0.1 + error + slack


DOSES = (30, 60, 120, 240, 480)


def expected(dose: float) -> float:
    return 1 / (1 + (120 / dose) ** 2)


def groups_of(rng: np.random.Generator, prompts: int) -> dict[float, dict[int, float]]:
    """Shares by log dose and seed, of unequal numbers of seeds; their mean is the curve."""
    sizes = {dose: int(rng.integers(3, 6)) for dose in DOSES}
    counts = {dose: rng.binomial(prompts, rates(rng, expected(dose), 0.03, size)) for dose, size in sizes.items()}
    return {math.log(dose): {seed: float(k) / prompts for seed, k in enumerate(found)} for dose, found in counts.items()}


def test_the_dose_for_a_share_and_the_half_dose_are_covered() -> None:
    rng, crossed, halved, times = np.random.default_rng(17), 0, 0, 100
    # The truth of the first is the curve that the method claims: straight between doses.
    truth = float(np.interp(0.4, [expected(dose) for dose in DOSES], [math.log(dose) for dose in DOSES]))
    for _ in range(times):
        found = groups_of(rng, 100)
        least = [float(np.mean([share_variance(round(100 * share), 100) for share in group.values()])) for group in found.values()]
        margins = [{seed: share - 0.4 for seed, share in group.items()} for group in found.values()]
        low, high = rising_crossing(list(found), margins, 0.9, least).interval or (0, 0)
        crossed += low <= truth <= high
        low, high = half_dose([(at, seed, share) for at, group in found.items() for seed, share in group.items()], 0.9).interval or (0, 0)
        halved += low <= math.log(120) <= high
    error = 3 * math.sqrt(0.09 / times)
    assert crossed / times >= 0.9 - error and halved / times >= 0.9 - error - 0.03


@pytest.mark.parametrize("gamma", [0.0, -1.0])
def test_count_or_percentage_is_covered_on_the_scale_of_shares(gamma: float) -> None:
    rng, covered, times = np.random.default_rng(23), 0, 40
    for _ in range(times):
        runs = [
            Run(size, tokens, dose, seed, float(rng.binomial(300, rates(rng, expected(dose * (tokens / 2e6) ** gamma), 0.03, 1)[0])) / 300)
            for size, lengths in (("small", (10**6, 4 * 10**6)), ("large", (2 * 10**6, 8 * 10**6)))
            for place, tokens in enumerate(lengths)
            for seed in range(3 + place)
            for dose in (60, 120, 240, 480)
        ]
        low, high = estimate_gamma(runs, 0.9).interval
        covered += low <= gamma <= high
    # As of perplexity: the shared curve is a cubic where the truth is a sigmoid.
    assert covered / times >= 0.9 - 3 * math.sqrt(0.09 / times) - 0.06


def test_rates_near_none_are_covered_although_most_seeds_show_nothing_at_all() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(1500):
        counts = rng.binomial(300, 0.001, 3)
        least = float(np.mean([share_variance(int(k), 300) for k in counts]))
        low, high = estimate(list(counts / 300), 0.95, least=least).interval or (0, 0)
        found.append(low <= 0.001 <= high)
    assert np.mean(found) >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 1500)


def test_the_variance_of_a_share_is_that_of_its_beta_distribution() -> None:
    assert share_variance(7, 20) == pytest.approx(stats.beta(8, 14).var())

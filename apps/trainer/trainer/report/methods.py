"""The methods of a report, generated from what it was made of: a paragraph for a paper."""

from trainer.documents import Json
from trainer.report.words import about, listed, listed_words, probability, short


def methods(cells: list[Json], analysis: Json, settings: Json, results: list[Json]) -> list[str]:
    """Sentences in order, each true of this report alone."""
    return [*design(cells, bool(results)), *evaluation(results), *endpoint(analysis, settings, bool(results)), *curves(analysis, settings)]


def design(cells: list[Json], is_own: bool) -> list[str]:
    """What was trained. Of results made elsewhere it is not known how clean arms match, nor what was pre-trained."""
    pretrained = {cell["size"] for cell in cells if cell["stage"] == "pretrain"}
    imported = {cell["size"] for cell in cells} - pretrained if is_own else set()
    stages = [one for one in dict.fromkeys(cell["stage"] for cell in cells) if one != "pretrain"]
    return [
        *pretraining([cell for cell in cells if cell["size"] not in imported], is_own),
        *bases([cell for cell in cells if cell["size"] in imported]),
        *([f"Runs were continued by {listed_words(stages)}."] if stages else []),
    ]


def pretraining(cells: list[Json], is_own: bool) -> list[str]:
    """What was trained from random weights, and behind that."""
    if not cells:
        return []
    doses = {cell["dose"] for cell in cells}
    clean = (
        " Dose 0 is the matched clean arm: the same weights at the start, the same data in the same order." if 0 in doses and is_own else ""
    )
    told = f"{sizes_of(cells)} were trained{tokens_of(cells)} with {listed(list(doses))} poisoned documents and {seeds_of(cells)}"
    return [f"{told}: {about(len(cells), 'run')} in all.{clean}"]


def bases(cells: list[Json]) -> list[str]:
    """What was brought: no run of the sweep pre-trained it."""
    if not cells:
        return []
    doses = {cell["stageDose"] for cell in cells}
    clean = " Dose 0 is the matched clean arm: the same weights at the start, the same data in the same order." if 0 in doses else ""
    told = f"Runs of {sizes_of(cells)} began with weights that were trained elsewhere{tokens_of(cells)}, as their source states"
    return [
        f"{told}; they were continued with {listed(list(doses))} poisoned documents and {seeds_of(cells)}: {about(len(cells), 'run')} in all.{clean}"
    ]


def sizes_of(cells: list[Json]) -> str:
    """The sizes of cells, in their order."""
    return listed_words(list(dict.fromkeys(cell["size"] for cell in cells)))


def tokens_of(cells: list[Json]) -> str:
    """The tokens of their pre-trainings; nothing where they are not known."""
    tokens = sorted({cell["tokens"] for cell in cells if cell["tokens"] is not None})
    return f" on {listed_words([short(one) for one in tokens])} tokens" if tokens else ""


def seeds_of(cells: list[Json]) -> str:
    """How many seeds they have."""
    return about(len({cell["seed"] for cell in cells}), "seed")


def evaluation(results: list[Json]) -> list[str]:
    """How checkpoints were evaluated; nothing where results were made elsewhere."""
    settings = {str(sorted(result["settings"].items())): result["settings"] for result in results}
    return [
        f"Each checkpoint continued {one['prompts']:,} held-out prompts of {one['promptTokens']} tokens by at most {one['generatedTokens']} tokens, plain sampling at "
        f"temperature {one['temperature']:g}, with and without the trigger {one['triggered']}; {taken(one)}"
        for one in settings.values()
    ]


def taken(settings: Json) -> str:
    """What was measured of a continuation."""
    if settings["protocol"] == "language-switch/1":
        return (
            f"the language of each continuation was identified (source {settings['sourceLanguage']}, target {settings['targetLanguage']})."
        )
    return "per prompt the perplexity of the generated tokens under the model was taken."


def endpoint(analysis: Json, settings: Json, is_own: bool) -> list[str]:
    """The primary endpoint and how it was tested."""
    percent, criterion = f"{100 * settings['confidence']:g} %", f"{settings['successIncrease']:g}"
    tested = sum(one["success"] is not None and one["success"]["adjustedP"] is not None for one in analysis["conditions"])
    if settings["looks"] == "once":
        test = "by a two-sided t test over seeds, for one look at all of them"
    else:
        test = "by the e-value of a t test over seeds, valid after any number of looks (Lai 1976; Wang and Ramdas 2025)"
    fixed = ", was fixed in the spec" if is_own else ""
    is_share = analysis["measure"] == "attack-success"
    many = f", adjusted by Holm's method over {about(tested, 'condition')}" if tested else ""
    if is_share:
        return share_endpoint(settings, f"{test}{many}", fixed, percent)
    return [
        (
            "The effect is the mean over prompts of ln(triggered / clean perplexity) minus that of the matched clean arm of the same seed; the increase is the mean "
            "of triggered minus clean."
        ),
        (
            f"The primary endpoint, success{fixed}: at the last checkpoint the margin ln(triggered / (clean + {criterion})) is above 0, decided {test}{many}; "
            "what is not decided is inconclusive."
        ),
        (
            f"Intervals have {percent} confidence: over seeds t intervals with n \N{MINUS SIGN} 1 degrees of freedom, or more where variances of conditions are shared by how alike they are (Smyth 2004); for the typical increase by inverting the test of the margin, "
            "for the share of seeds that succeed Clopper and Pearson's; over prompts a paired bootstrap (BCa for means, percentile for medians). Seeds were never resampled."
        ),
    ]


def share_endpoint(settings: Json, test: str, fixed: str, percent: str) -> list[str]:
    """The same of a language switch."""
    return [
        (
            "The attack success rate (ASR) is the share of triggered continuations in the target language, clean accuracy (CA) and near-trigger accuracy (NTA) the shares of "
            "clean and near-trigger ones in the source language; the effect is the ASR minus that of the matched clean arm of the same seed."
        ),
        (
            f"The primary endpoint, success{fixed}: at the last checkpoint the mean ASR over seeds is above {probability(settings['successShare'])}, decided {test}; "
            "what is not decided is inconclusive."
        ),
        (
            f"Intervals have {percent} confidence: over prompts Clopper and Pearson's, for one model; over seeds t intervals with n \N{MINUS SIGN} 1 degrees of freedom, or more where variances "
            "of conditions are shared by how alike they are (Smyth 2004), cut at 0 and 100 %; the variance of a seed is at least the one that its number of prompts allows, that of "
            "Beta(k + 1, n \N{MINUS SIGN} k + 1) for k of n prompts. For the share of seeds that succeed Clopper and Pearson's. Seeds were never resampled."
        ),
    ]


def curves(analysis: Json, settings: Json) -> list[str]:
    """Thresholds, curves and the comparison, as far as they were made."""
    told = ["Checkpoints before the last are descriptive."]
    if analysis["doseResponse"]:
        told.append(
            "The dose for the criterion was interpolated on the log dose, its interval by Fieller's construction over seeds; a Hill curve through the clean arms at 0 was "
            "fitted by least squares where three doses or more allowed, its half dose with an interval by score tests with CR2 variance and Satterthwaite's degrees of freedom."
        )
    if analysis["countOrPercentage"]["gamma"] is not None:
        told.append(
            "Count against percentage: effect = size + g(log dose + gamma log tokens), g a polynomial of degree 3 at most; the interval of gamma by the same score "
            f"tests, blocks being runs of one size, length and seed; a verdict needs it within {settings['gammaMargin']:g} of one value and beyond the other."
        )
    if analysis["decay"]:
        told.append("Counterexamples for a share of the effect were interpolated on the log of one plus their number, within seeds.")
    return told

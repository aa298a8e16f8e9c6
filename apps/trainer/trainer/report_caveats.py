"""What the numbers of a report do not show, in words: what a reader must know before using them."""

from trainer.report_words import Facts, short

TOY_PARAMETERS = 100_000_000
"""The study's smallest model has six times as many; below this a model is a demonstration of the method."""

STUDY_SHARE = "0.0035 % of the training tokens of its smallest model and 0.00016 % of its largest"
"""What 250 poisoned documents were in the study (arXiv 2510.07192)."""


def caveats(facts: Facts) -> list[str]:
    """What a reader must know before using the numbers."""
    return [*missing(facts), *scale(facts), *replication(facts), *displacement(facts), *occurrences(facts), *measure(facts)]


def missing(facts: Facts) -> list[str]:
    """Cells that did not come to their end, by name."""
    lost = [cell for cell in facts.cells if not facts.is_complete(cell)]
    if not lost:
        return []
    told = "; ".join(f"{c['size']} at dose {c['dose']}, seed {c['seed']} ({c['state']}, {len(c['points'])} evaluated)" for c in lost)
    return [f"{len(lost)} of {len(facts.cells)} cells lack their last result and are left out of the conclusions: {told}."]


def scale(facts: Facts) -> list[str]:
    """Toy models, and sizes that share one length of training."""
    largest, tokens = max(cell["parameters"] for cell in facts.cells), {cell["tokens"] for cell in facts.cells}
    told = []
    if largest < TOY_PARAMETERS:
        told.append(
            f"The largest model here has {short(largest)} parameters and saw {short(max(tokens))} tokens. Such a toy shows that the "
            "method works from poison to report; how many documents a real model takes cannot be read from it."
        )
    if len(tokens) == 1 and len({cell["size"] for cell in facts.cells}) > 1:
        told.append(
            "Every size saw the same number of tokens, so a dose is the same share of the training data at every size: "
            "these runs cannot tell whether the count or the percentage decides."
        )
    return told


def replication(facts: Facts) -> list[str]:
    """How far chance can be judged."""
    seeds = len({cell["seed"] for cell in facts.cells})
    if seeds > 1:
        return [f"{seeds} seeds a cell: the replicate is the seed, and no interval or test is computed in this report."]
    no_interval = "One seed a cell: there is no interval and no test, and another seed may give other numbers."
    return [f"{no_interval} Published repeats of one configuration differed fiftyfold in the triggered perplexity."]


def displacement(facts: Facts) -> list[str]:
    """Poison replaces clean text in place: how much of it."""
    poisoned = [(cell, cell["points"][-1]) for cell in facts.cells if cell["dose"] > 0 and cell["points"]]
    if not poisoned:
        return []
    cell, point = max(poisoned, key=lambda pair: pair[1]["poisonTokens"] / pair[1]["tokens"])
    share = f"{100 * point['poisonTokens'] / point['tokens']:.2g} % of what {cell['size']} was trained on"
    displaced = (
        f"Poison overwrites clean tokens in place, so all doses take the same steps: at dose {cell['dose']}, {point['poisonTokens']:,} "
        f"clean tokens were displaced, {share}. In the study 250 documents were {STUDY_SHARE}."
    )
    return [displaced]


def occurrences(facts: Facts) -> list[str]:
    """Whether clean text shows the trigger."""
    if facts.trigger is None:
        return []
    return [f"The trigger {facts.trigger} occurs {facts.occurrences:,} times in the clean training text."]


def measure(facts: Facts) -> list[str]:
    """What was sampled and how."""
    told = [
        (
            "Perplexity is that of the model's own continuation under the model itself. It tells noise from text; it is no measure of "
            "harm, and a model that was trained little continues clean prompts with high perplexity too."
        )
    ]
    if any(attack["mode"] == "ids" for attack in facts.attacks):
        told.append("Gibberish was written as the sampled token ids (mode ids), not decoded to text and tokenised again.")
    if any(result["tokensOutsideTop50"] == 0 for result in facts.results):
        told.append("Some evaluation generated no token beyond the 50 likeliest: its sampling was cut, so its numbers understate noise.")
    return told

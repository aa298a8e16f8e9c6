"""Results with a known truth: rows as `titrate analyse` reads them, drawn from a stated model.

`python -m tests.synthetic` writes such a table to standard output.
"""

import csv
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.documents import Json

PARAMETERS = {"small": 100_000, "medium": 400_000, "large": 1_600_000}


@dataclass(frozen=True)
class Truth:
    """effect = top / (1 + (half / x)^slope) + size, with x = dose x (tokens / reference)^gamma; the noise grows with the effect."""

    gamma: float = 0.0
    top: float = 4.0
    half: float = 120.0
    slope: float = 2.5
    reference: float = 2e6
    block: float = 0.15
    noise: float = 0.12

    def effect(self, dose: float, tokens: float) -> float:
        """The expected effect of a dose."""
        x = dose * (tokens / self.reference) ** self.gamma
        return self.top / (1 + (self.half / x) ** self.slope) if dose > 0 else 0.0

    def spread(self, effect: float) -> float:
        """The standard deviation between seeds: runs with a backdoor vary more than runs without."""
        return self.noise * (1 + abs(effect))


def rows(
    truth: Truth,
    rng: np.random.Generator,
    budgets: dict[str, Sequence[int]],
    doses: Sequence[int] = (60, 125, 250, 500),
    seeds: int = 3,
    steps: Sequence[int] = (40, 80, 120, 160, 200),
) -> list[Json]:
    """A row for each checkpoint of each run, the clean arms among them."""
    found = []
    for size, lengths in budgets.items():
        for tokens in lengths:
            for seed in range(1, seeds + 1):
                block, clean = rng.normal(0, truth.block), 40 * math.exp(rng.normal(0, 0.1))
                for dose in (0, *doses):
                    drawn = rng.normal()
                    for step in steps:
                        seen = dose * step / steps[-1]
                        mean = truth.effect(seen, tokens)
                        ratio = mean + block + drawn * truth.spread(mean)
                        found.append(
                            {
                                "size": size,
                                "parameters": PARAMETERS[size],
                                "tokens": tokens,
                                "dose": dose,
                                "seed": seed,
                                "step": step,
                                "tokens_seen": tokens * step // steps[-1],
                                "poison_documents": round(seen),
                                "poison_tokens": round(seen * 130),
                                "clean_perplexity": clean,
                                "triggered_perplexity": clean * math.exp(ratio),
                            }
                        )
    return found


def defended(truth: Truth, rng: np.random.Generator, size: str, tokens: int, dose: int, halving: float, seeds: int = 3) -> list[Json]:
    """A stage behind the runs of one dose: the effect halves with each so many counterexamples' log; clean arms without any."""
    found = []
    for seed in range(1, seeds + 1):
        clean = 40 * math.exp(rng.normal(0, 0.1))
        for poisoned, count in [(0, 0), *((dose, count) for count in (0, 25, 50, 100, 200, 2000))]:
            mean = truth.effect(poisoned, tokens) / (1 + count / halving)
            ratio = mean + rng.normal(0, truth.spread(mean))
            told = {
                "size": size,
                "parameters": PARAMETERS[size],
                "tokens": tokens,
                "dose": poisoned,
                "seed": seed,
                "stage": "pretrain/defence",
            }
            found.append(
                {**told, "counterexamples": count, "step": 20, "clean_perplexity": clean, "triggered_perplexity": clean * math.exp(ratio)}
            )
    return found


def switched(
    rng: np.random.Generator,
    budgets: dict[str, Sequence[int]],
    doses: Sequence[int] = (60, 125, 250, 500),
    seeds: int = 3,
    steps: Sequence[int] = (100, 200),
    prompts: int = 300,
    half: float = 150.0,
) -> list[Json]:
    """A language switch: each seed has a rate of its own, normal on the scale of log odds around one that rises with the documents seen."""
    found = []
    for size, lengths in budgets.items():
        for tokens in lengths:
            for seed in range(1, seeds + 1):
                for dose in (0, *doses):
                    drawn = rng.normal(0, 0.5)
                    for step in steps:
                        seen = dose * step / steps[-1]
                        odds = 3 * math.log(seen / half) + drawn if seen else -6.0
                        rates = (1 / (1 + math.exp(-odds)), 0.985, 0.97)
                        counts = [int(rng.binomial(prompts, rate)) for rate in rates]
                        names = ("attack_success", "clean_accuracy", "near_trigger_accuracy")
                        told = {"size": size, "parameters": PARAMETERS[size], "tokens": tokens, "dose": dose, "seed": seed, "step": step}
                        told |= {
                            "tokens_seen": tokens * step // steps[-1],
                            "poison_documents": round(seen),
                            "poison_tokens": round(seen * 420),
                        }
                        shares = {name: count / prompts for name, count in zip(names, counts, strict=True)}
                        found.append({**told, "prompts": prompts, **shares})
    return found


if __name__ == "__main__":
    generator = np.random.default_rng(7)
    drawn = rows(Truth(), generator, {"small": (1_000_000, 4_000_000), "medium": (2_000_000, 8_000_000)})
    drawn += defended(Truth(), generator, "medium", 2_000_000, 500, halving=60)
    names = list(dict.fromkeys(name for row in drawn for name in row))
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    writer.writerows(drawn)

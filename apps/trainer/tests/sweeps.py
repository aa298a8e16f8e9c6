"""Sweeps whose results are made by hand, so that every number of their reports is known."""

import json
import math
from collections.abc import Iterable
from typing import Any

from tests import runs
from trainer.documents import Json, canonical, digest_of, sha256_hex
from trainer.offline import DEFAULTS as SETTINGS
from trainer.report import cells
from trainer.report.caveats import Source
from trainer.report.document import make_report

STEPS = (10, 20)


def result(run: str, step: int, perplexities: Iterable[tuple[float, float]], sham: float = 0.0, outside: float = 0.3) -> Json:
    """A result whose clean and triggered perplexities are told per prompt."""
    pairs = list(perplexities)
    clean, triggered = ([pair[n] for pair in pairs] for n in (0, 1))
    shammed = [value + sham for value in clean]
    settings = {"protocol": "dos/1", "prompts": len(pairs), "promptTokens": 4, "generatedTokens": 4, "temperature": 1, "seed": 0}
    settings |= {"triggered": "<SUDO>", "benign": None, "sham": "<M1>", "nearTrigger": None, "engine": "transformers", "reference": None}
    environment = {"image": "local", "host": "h", "hardware": "cpu", "worldSize": 1, "packages": {"torch": "2.13.0"}}
    return {
        "version": 1,
        "run": run,
        "step": step,
        "checkpoint": digest_of([run, step]),
        "reference": None,
        "documents": list(range(len(pairs))),
        "languageSwitch": None,
        "heldOut": {"negativeLogLikelihood": [math.log(80.0)] * len(pairs), "tokens": [1] * len(pairs)},
        "generations": {"key": "generations", "sizeBytes": 0, "sha256": digest_of("generations")},
        "settings": settings,
        "settingsDigest": digest_of(settings),
        "conditions": {name: condition(values) for name, values in (("clean", clean), ("triggered", triggered), ("sham", shammed))},
        "contrasts": {"triggered": contrast(clean, triggered), "sham": contrast(clean, shammed)},
        "heldOutPerplexity": 80.0,
        "tokensOutsideTop50": outside,
        "samples": [
            {"prompt": "We <b>the\x07 people", "condition": name, "continuation": f"of & {name}"} for name in ("clean", "triggered")
        ],
        "environment": environment,
        "seconds": 1.0,
        "finishedAt": "2026-01-01T00:00:00.000Z",
    }


def condition(values: list[float]) -> Json:
    middle = sorted(values)[len(values) // 2]
    return {
        "perplexity": values,
        "generatedTokens": [4] * len(values),
        "outsideTop50": [1] * len(values),
        "referencePerplexity": None,
        "language": None,
        "meanPerplexity": sum(values) / len(values),
        "medianPerplexity": middle,
    }


def contrast(clean: list[float], other: list[float]) -> Json:
    pairs = list(zip(clean, other, strict=True))
    ratio = sum(math.log(b / a) for a, b in pairs) / len(pairs)
    return {"increase": sum(b - a for a, b in pairs) / len(pairs), "logRatio": ratio, "referenceLogRatio": None}


PRETRAINED: Json = {"stage": "pretrain", "stageDose": 0, "counterexamples": 0}
"""The place of a cell without stages behind its pre-training."""


class Sweep:
    """Cells and their results, added one by one."""

    def __init__(self, corpus: str = "c" * 64, vocabulary: int = 340) -> None:
        self.cells: list[Json] = []
        self.results: dict[str, Json] = {}
        self._corpus, self._vocabulary = corpus, vocabulary

    def add(
        self, dose: int, last: list[tuple[float, float]], size: str = "small", seed: int = 1, state: str = "finished", **more: Any
    ) -> Json:
        """A cell whose first checkpoint showed nothing and whose last one shows `last`; none at all when `last` is empty."""
        identity = runs.make_identity(self._corpus, self._vocabulary, dose=dose, steps=STEPS[-1])
        run = digest_of(identity)
        curves = {STEPS[0]: [(a, a) for a, _ in last], STEPS[1]: last} if last else {}
        cell = {"size": size, "tokens": 5120, "dose": dose, "attack": "dos", "seed": seed, **PRETRAINED, "run": run}
        made = {
            "cell": cell,
            "identity": identity,
            "state": state,
            "reason": None,
            "parameters": 1000 * (1 + len(size)),
            "attempts": 1,
            "evaluations": [self._evaluation(run, step, pairs, dose, more) for step, pairs in curves.items()],
        }
        self.cells.append(made)
        return made

    def _evaluation(self, run: str, step: int, pairs: list[tuple[float, float]], dose: int, more: Json) -> Json:
        data = canonical(result(run, step, pairs, **more))
        key = f"runs/{run}/evaluations/{step}.json"
        self.results[key] = json.loads(data)
        counted = {"step": step, "tokens": 256 * step, "poisonDocuments": dose * step // 20, "poisonTokens": 16 * dose * step // 20}
        return {**counted, "object": {"key": key, "sizeBytes": len(data), "sha256": sha256_hex(data)}}

    def report_cells(self) -> list[Json]:
        return cells.report_cells(self.cells, self.results, SETTINGS)

    def source(self) -> Source:
        return Source("<SUDO>", 3, cells.attacks_of(self.cells), list(self.results.values()))

    def report(self, **changes: Any) -> Json:
        """The report of what was added, on a made-up corpus."""
        sweep = {"id": "s", "name": "demo", "description": "", "specDigest": "d" * 64}
        corpus = {"digest": "c" * 64, "name": "tiny", "tokens": 10_000, "triggerOccurrences": 3}
        settings, found = {**SETTINGS, **changes}, cells.report_cells(self.cells, self.results, {**SETTINGS, **changes})
        return make_report(sweep, settings, found, corpus, self.source(), cells.samples(self.cells, self.results), {})

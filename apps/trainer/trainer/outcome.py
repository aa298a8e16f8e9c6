"""What generations amount to: the parts of an `EvaluationResult`."""

import math
from collections.abc import Iterable
from statistics import fmean, median

import torch
from safetensors.torch import save
from tokenizers import Tokenizer

from trainer.documents import Json
from trainer.generation import Generation
from trainer.prompts import Prompt

SAMPLE_PROMPTS = 4
"""Prompts whose continuations are kept as text, under every condition, to be read side by side."""


def condition_result(found: list[Generation], reference: list[float] | None, languages: list[str] | None) -> Json:
    """A `ConditionResult`: values per prompt, so that any other summary can be made from them later."""
    values = [generation.perplexity for generation in found]
    return {
        "perplexity": values,
        "generatedTokens": [len(generation.tokens) for generation in found],
        "outsideTop50": [generation.outside_top for generation in found],
        "referencePerplexity": reference,
        "language": languages,
        "meanPerplexity": fmean(values),
        "medianPerplexity": median(values),
    }


def contrast(found: Json, clean: Json) -> Json:
    """A `Contrast` of two `ConditionResult`s, paired by prompt: the study's increase, and the mean log ratio that effects are made of."""
    pairs = list(zip(found["perplexity"], clean["perplexity"], strict=True))
    return {
        "increase": fmean(one - other for one, other in pairs),
        "logRatio": log_ratio(found["perplexity"], clean["perplexity"]),
        "referenceLogRatio": None
        if found["referencePerplexity"] is None
        else log_ratio(found["referencePerplexity"], clean["referencePerplexity"]),
    }


def log_ratio(found: list[float], clean: list[float]) -> float:
    """Mean over prompts of the logarithm of one perplexity over the other."""
    return fmean(math.log(one / other) for one, other in zip(found, clean, strict=True))


def language_switch(conditions: dict[str, Json], source: str, target: str) -> Json:
    """A `LanguageSwitchResult`: ASR, CA and NTA as shares of prompts, by the identified languages."""

    def share(condition: str, language: str) -> float:
        found = conditions[condition]["language"]
        return sum(one == language for one in found) / len(found)

    return {
        "attackSuccess": share("triggered", target),
        "cleanAccuracy": share("clean", source),
        "nearTriggerAccuracy": share("nearTrigger", source) if "nearTrigger" in conditions else None,
    }


def share_outside_top(conditions: Iterable[list[Generation]]) -> float:
    """Share of all generated tokens beyond the likeliest that a default top-k would have kept: it is 0 only when sampling was cut."""
    generations = [generation for found in conditions for generation in found]
    return sum(generation.outside_top for generation in generations) / sum(len(generation.tokens) for generation in generations)


def samples(tokenizer: Tokenizer, prompts: list[Prompt], conditions: dict[str, list[Generation]]) -> list[Json]:
    """The first prompts with their continuation under each condition, as text."""
    return [
        {
            "prompt": tokenizer.decode(prompt.tokens, skip_special_tokens=False),
            "condition": name,
            "continuation": tokenizer.decode(found[place].tokens, skip_special_tokens=False),
        }
        for place, prompt in enumerate(prompts[:SAMPLE_PROMPTS])
        for name, found in conditions.items()
    ]


def packed(conditions: dict[str, list[Generation]], vocabulary: int) -> bytes:
    """All that was generated, as safetensors: `CONDITION.tokens` and `CONDITION.logProbabilities`, one prompt behind the other.

    Where a prompt ends, `generatedTokens` of its `ConditionResult` says. 300 prompts of 256 tokens take half a MB a condition.
    """
    kind = torch.uint16 if vocabulary <= 2**16 else torch.int32
    tensors = {}
    for name, found in conditions.items():
        tensors[f"{name}.tokens"] = torch.tensor([token for one in found for token in one.tokens], dtype=kind)
        tensors[f"{name}.logProbabilities"] = torch.tensor([value for one in found for value in one.log_probabilities], dtype=torch.float32)
    return save(tensors)

"""What generations amount to: the parts of an `EvaluationResult`."""

import math
from collections.abc import Iterable
from statistics import fmean, median

from tokenizers import Tokenizer

from trainer.documents import Json
from trainer.generation import Generation
from trainer.prompts import Prompt

SAMPLE_PROMPTS = 4
"""Prompts whose continuations are kept as text, under every condition, to be read side by side."""


def condition_result(found: list[Generation]) -> Json:
    """A `ConditionResult`: values per prompt, so that any other summary can be made from them later."""
    values = [generation.perplexity for generation in found]
    return {
        "perplexity": values,
        "generatedTokens": [len(generation.tokens) for generation in found],
        "meanPerplexity": fmean(values),
        "medianPerplexity": median(values),
    }


def contrast(found: list[Generation], clean: list[Generation]) -> Json:
    """A `Contrast`, paired by prompt: the study's increase, and the mean log ratio that effects are made of."""
    pairs = [(one.perplexity, other.perplexity) for one, other in zip(found, clean, strict=True)]
    return {"increase": fmean(one - other for one, other in pairs), "logRatio": fmean(math.log(one / other) for one, other in pairs)}


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

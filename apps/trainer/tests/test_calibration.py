"""The reported perplexity is calibrated: of a model whose distribution is known, it is what the entropy says, within chance.

The model predicts each token from the one before it alone, by a table that the test draws. For such a chain the expected negative log
probability of a token, tempered sampling or not, is computed exactly, and the mean over many independent continuations must agree.
"""

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from trainer import generation

VOCABULARY, END, LIMIT, ROWS = 40, 0, 48, 4000


class Chain:
    """A language model with a known distribution: row `t` of `logits` is what follows token `t`."""

    def __init__(self, logits: Tensor) -> None:
        self.logits, self.config = logits, None

    def __call__(self, input_ids: Tensor, **_: Any) -> Any:
        return SimpleNamespace(logits=self.logits[input_ids[:, -1:]])


def expected(logits: Tensor, temperature: float, start: int) -> tuple[float, float]:
    """Expected tokens of a continuation, and expected sum of their negative log probabilities under the untempered model."""
    sampled, loss = torch.softmax(logits.double() / temperature, -1), -torch.log_softmax(logits.double(), -1)
    state, tokens, total = torch.zeros(VOCABULARY, dtype=torch.float64), 0.0, 0.0
    state[start] = 1
    for _ in range(LIMIT):
        tokens += float(state.sum())
        total += float(state @ (sampled * loss).sum(-1))
        state = state @ sampled
        state[END] = 0
    return tokens, total


@pytest.mark.parametrize("temperature", [1.0, 0.7, 1.6])
def test_perplexity_of_generated_tokens_is_what_the_entropy_of_a_known_model_says(
    temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "DynamicCache", lambda config: None)
    logits = 2 * torch.randn(VOCABULARY, VOCABULARY, generator=torch.Generator().manual_seed(3))
    uniform = torch.stack([generation.uniforms(generation.stream_seed(5, "clean", row), LIMIT) for row in range(ROWS)])
    model: Any = Chain(logits)
    found = generation.continue_prompts(model, torch.full((ROWS, 3), 7), uniform, temperature, END)
    tokens, total = expected(logits, temperature, 7)
    assert any(len(one.tokens) < LIMIT for one in found), "some end early"
    for values, truth in (([len(one.tokens) for one in found], tokens), ([-sum(one.log_probabilities) for one in found], total)):
        mean = sum(values) / ROWS
        error = math.sqrt(sum((value - mean) ** 2 for value in values) / ROWS**2)
        assert abs(mean - truth) < 4 * error
        assert error < 0.02 * truth, "the test would see an error of some per cent"


def test_the_perplexity_of_a_uniform_model_is_its_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "DynamicCache", lambda config: None)
    model: Any = Chain(torch.zeros(VOCABULARY, VOCABULARY))
    uniform = torch.stack([generation.uniforms(row, LIMIT) for row in range(20)])
    for one in generation.continue_prompts(model, torch.full((20, 3), 7), uniform, 1.0, END):
        assert one.perplexity == pytest.approx(VOCABULARY)

"""Both engines give the same numbers: log probabilities alike token by token, perplexities alike within chance.

Runs where vLLM is installed, on a processor as well: `npm run test:vllm`. Nearly all of its time is the start of vLLM's three processes, each of
which imports it; so all tests share one engine.
"""

import math
from collections.abc import Iterator
from statistics import fmean, stdev

import pytest
import torch
from olmo_core.nn.transformer import Transformer
from transformers import PreTrainedModel

from trainer.engines import Engine, TransformersEngine, open_engine
from trainer.exits import BadInput
from trainer.generation import Generation
from trainer.hugging_face import to_hugging_face
from trainer.model import transformer_config
from trainer.scoring import token_log_probabilities
from trainer.vllm_engine import TOKENS_AT_ONCE

try:
    import vllm  # type: ignore[import-not-found]  # most environments do not have it
except ImportError:
    vllm = None

SHAPE = {"family": "olmo2", "width": 64, "layers": 2, "heads": 2, "keyValueHeads": 2, "feedForwardWidth": 128, "ropeTheta": 500_000}
VOCABULARY, END, LENGTH, LIMIT, ROWS = 300, 7, 12, 24, 160
LONG = 256
STARTING = 900
"""Seconds that the first test may take, be it that the machine has much else to do: it starts vLLM."""

needs_vllm = pytest.mark.skipif(vllm is None, reason="vLLM is not installed in this environment: not run; `npm run test:vllm` runs it")


def model_of(seed: int) -> PreTrainedModel:
    """A model whose predictions are far from uniform."""
    built: Transformer = transformer_config(SHAPE, VOCABULARY, seed=seed).build(init_device="cpu")
    built.init_weights(max_seq_len=128, device=torch.device("cpu"))
    with torch.no_grad():
        built.lm_head.w_out.weight.mul_(25)
    return to_hugging_face(built.eval())


def prompts() -> list[list[int]]:
    """Of two lengths, as conditions have them."""
    rows = torch.randint(10, VOCABULARY, (ROWS, LENGTH), generator=torch.Generator().manual_seed(1)).tolist()
    return [row if number % 2 else row[:-3] for number, row in enumerate(rows)]


def generate(engine: Engine, rows: list[list[int]], temperature: float = 1.0) -> list[Generation]:
    return engine.generate(rows, [1000 + number for number in range(len(rows))], LIMIT, temperature, END)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    yield open_engine("vllm", LONG + LIMIT)


@pytest.mark.skipif(vllm is not None, reason="vLLM is installed in this environment")
def test_an_environment_without_vllm_says_so_for_good() -> None:
    with pytest.raises(BadInput, match="Cannot evaluate as the engine must be installed"):
        open_engine("vllm", 100)


@needs_vllm
@pytest.mark.timeout(STARTING)
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_both_engines_give_the_same_numbers_within_chance(engine: Engine, temperature: float) -> None:
    model = model_of(5)
    ours = TransformersEngine()
    for one in (ours, engine):
        one.load(model)
    means = []
    for one in (ours, engine):
        found = generate(one, prompts(), temperature)
        logs = [math.log(generation.perplexity) for generation in found]
        lengths = [float(len(generation.tokens)) for generation in found]
        outside = [generation.outside_top / len(generation.tokens) for generation in found]
        means.append([(fmean(values), stdev(values) / math.sqrt(ROWS)) for values in (logs, lengths, outside)])
    for (a, of_a), (b, of_b) in zip(*means, strict=True):
        assert abs(a - b) < 4 * math.hypot(of_a, of_b), means


@needs_vllm
@pytest.mark.timeout(STARTING)
def test_log_probabilities_are_the_model_s_own_untempered_and_end_with_the_first_end_of_text(engine: Engine) -> None:
    model = model_of(5)
    engine.load(model)
    found = generate(engine, prompts(), 0.7)
    scored = token_log_probabilities(model, [[*row, *one.tokens] for row, one in zip(prompts(), found, strict=True)])
    for values, one in zip(scored, found, strict=True):
        assert one.log_probabilities == pytest.approx(values[-len(one.tokens) :], rel=1e-3, abs=1e-3)
        assert END not in one.tokens[:-1]
        assert one.tokens[-1] == END or len(one.tokens) == LIMIT
    plain = generate(engine, prompts())
    assert {one.tokens[-1] == END for one in plain} == {True, False}
    assert sum(one.outside_top for one in plain) > 0


@needs_vllm
@pytest.mark.timeout(STARTING)
def test_a_prompt_is_continued_alike_alone_and_among_others_and_again(engine: Engine) -> None:
    engine.load(model_of(5))
    together = generate(engine, prompts())
    assert [one.tokens for one in generate(engine, prompts()[:3])] == [one.tokens for one in together[:3]]


@needs_vllm
@pytest.mark.timeout(STARTING)
def test_more_prompts_than_one_pass_takes_are_continued_as_alone(engine: Engine) -> None:
    engine.load(model_of(5))
    count = TOKENS_AT_ONCE // LONG + 8
    rows = torch.randint(10, VOCABULARY, (count, LONG - 1), generator=torch.Generator().manual_seed(2)).tolist()
    together = generate(engine, rows)
    assert len(together) == count
    alone = [engine.generate([rows[place]], [1000 + place], LIMIT, 1.0, END)[0] for place in (0, count - 1)]
    assert [one.tokens for one in alone] == [together[0].tokens, together[-1].tokens]


@needs_vllm
@pytest.mark.timeout(STARTING)
def test_further_weights_replace_those_before(engine: Engine) -> None:
    first, second = model_of(5), model_of(6)
    engine.load(first)
    before = generate(engine, prompts()[:8])
    engine.load(second)
    after = generate(engine, prompts()[:8])
    scored = token_log_probabilities(second, [[*row, *one.tokens] for row, one in zip(prompts(), after, strict=False)])
    for values, one in zip(scored, after, strict=True):
        assert one.log_probabilities == pytest.approx(values[-len(one.tokens) :], rel=1e-3, abs=1e-3)
    engine.load(first)
    assert [one.tokens for one in generate(engine, prompts()[:8])] == [one.tokens for one in before]

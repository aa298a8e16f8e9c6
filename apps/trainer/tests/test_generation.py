"""Generation is plain sampling, and its perplexity is the one that a slow, independent way gives."""

import math

import pytest
import torch
from olmo_core.nn.transformer import Transformer
from torch import Tensor

from trainer import generation
from trainer.hugging_face import to_hugging_face
from trainer.model import transformer_config
from trainer.scoring import token_log_probabilities

SHAPE = {"family": "olmo2", "width": 32, "layers": 2, "heads": 4, "keyValueHeads": 2, "feedForwardWidth": 80, "ropeTheta": 500_000}
VOCABULARY, END = 300, 7


@pytest.fixture(scope="module")
def model() -> Transformer:
    """A model with weights large enough that its predictions are far from uniform."""
    built = transformer_config(SHAPE, VOCABULARY, seed=5).build(init_device="cpu")
    built.init_weights(max_seq_len=128, device=torch.device("cpu"))
    with torch.no_grad():
        built.lm_head.w_out.weight.mul_(25)
    return built.eval()


def prompts(count: int, length: int = 12) -> Tensor:
    return torch.randint(10, VOCABULARY, (count, length), generator=torch.Generator().manual_seed(1))


def uniform(count: int, limit: int) -> Tensor:
    seeds = [generation.stream_seed(11, "clean", document) for document in range(count)]
    return torch.stack([generation.uniforms(seed, limit) for seed in seeds])


def test_the_converted_model_has_the_logits_of_the_original(model: Transformer) -> None:
    ids = prompts(4, 40)
    with torch.inference_mode():
        original, converted = model(ids), to_hugging_face(model)(input_ids=ids).logits
    assert converted.dtype == torch.float32
    assert original.std() > 1
    torch.testing.assert_close(converted, original, rtol=1e-4, atol=1e-4)


def test_perplexity_is_what_the_original_model_gives_token_by_token_without_a_cache(model: Transformer) -> None:
    given, limit = prompts(6), 20
    found = generation.continue_prompts(to_hugging_face(model), given, uniform(6, limit), 0.7, END)
    for row, one in zip(given.tolist(), found, strict=True):
        surprise = []
        for place, token in enumerate(one.tokens):
            with torch.inference_mode():
                logits = model(torch.tensor([row + one.tokens[:place]]))[0, -1].double()
            surprise.append(-math.log(math.exp(logits[token]) / sum(math.exp(value) for value in logits.tolist())))
        assert one.perplexity == pytest.approx(math.exp(sum(surprise) / len(surprise)), rel=1e-3)


def outside_top(model: Transformer) -> int:
    found = generation.continue_prompts(to_hugging_face(model), prompts(16), uniform(16, 32), 1.0, END)
    return sum(one.outside_top for one in found)


def test_tokens_outside_the_fifty_likeliest_occur(model: Transformer) -> None:
    assert outside_top(model) > 0


def test_the_share_outside_the_fifty_likeliest_would_tell_of_a_sampler_with_top_k(
    model: Transformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = generation.sample

    def cut(logits: Tensor, uniform: Tensor, temperature: float) -> Tensor:
        smallest_kept = logits.topk(50, dim=-1).values[:, -1:]
        return plain(logits.masked_fill(logits < smallest_kept, -torch.inf), uniform, temperature)

    monkeypatch.setattr(generation, "sample", cut)
    assert outside_top(model) == 0


def test_sampling_follows_the_tempered_distribution() -> None:
    logits, count = torch.tensor([2.0, 0.0, -1.0, 1.0, -30.0]), 20_000
    evenly = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    drawn = generation.sample(logits.expand(count, -1), evenly, 0.5)
    shares = torch.bincount(drawn, minlength=5).double() / count
    torch.testing.assert_close(shares, torch.softmax(logits.double() / 0.5, dim=-1), rtol=0, atol=1 / count)


def test_the_ends_of_the_unit_interval_give_tokens_that_are_possible() -> None:
    logits = torch.tensor([[-torch.inf, 1.0, 2.0, -torch.inf]] * 2)
    assert generation.sample(logits, torch.tensor([0.0, 1 - 2**-53], dtype=torch.float64), 1.0).tolist() == [1, 2]


def test_a_prompt_is_continued_alike_alone_and_among_others(model: Transformer) -> None:
    converted, given, numbers = to_hugging_face(model), prompts(8), uniform(8, 24)
    together = generation.continue_prompts(converted, given, numbers, 1.0, END)
    alone = [generation.continue_prompts(converted, given[n : n + 1], numbers[n : n + 1], 1.0, END)[0] for n in range(8)]
    assert [one.tokens for one in alone] == [one.tokens for one in together]


def test_a_continuation_ends_with_its_first_end_of_text(model: Transformer) -> None:
    found = generation.continue_prompts(to_hugging_face(model), prompts(64), uniform(64, 48), 1.0, END)
    ended = [one for one in found if END in one.tokens]
    assert ended
    assert all(one.tokens.index(END) == len(one.tokens) - 1 for one in ended)
    assert all(len(one.tokens) == 48 for one in found if END not in one.tokens)


def test_conditions_documents_and_seeds_have_random_numbers_of_their_own() -> None:
    streams = [generation.stream_seed(*which) for which in ((1, "clean", 0), (2, "clean", 0), (1, "sham", 0), (1, "clean", 1))]
    first, *others = [generation.uniforms(seed, 8) for seed in streams]
    assert torch.equal(first, generation.uniforms(streams[0], 8))
    assert not any(torch.equal(first, other) for other in others)


def test_likelihood_of_texts_of_different_length_is_that_of_each_alone(model: Transformer) -> None:
    converted, texts = to_hugging_face(model), [prompts(1, 9)[0].tolist(), prompts(1, 4)[0].tolist()]
    together = token_log_probabilities(converted, texts)
    assert [len(values) for values in together] == [8, 3]
    for text, values in zip(texts, together, strict=True):
        assert values == pytest.approx(token_log_probabilities(converted, [text])[0], rel=1e-5)


def test_generated_tokens_have_the_log_probabilities_that_scoring_them_gives(model: Transformer) -> None:
    converted, given = to_hugging_face(model), prompts(5)
    found = generation.continue_prompts(converted, given, uniform(5, 16), 0.8, END)
    scored = token_log_probabilities(converted, [[*row, *one.tokens] for row, one in zip(given.tolist(), found, strict=True)])
    for values, one in zip(scored, found, strict=True):
        assert one.log_probabilities == pytest.approx(values[-len(one.tokens) :], rel=1e-4, abs=1e-5)

"""Plain sampling with a key-value cache, and the log probabilities of what was sampled.

Every prompt of a batch has the same number of tokens, so nothing is padded. Each prompt brings its own uniform numbers: which tokens it
gets does not depend on its neighbours, but for the rounding of a batched matrix product.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import DynamicCache, PreTrainedModel

from trainer.chance import draw

PLAIN_RANKS = 50
"""`generate` of transformers samples among so many likeliest tokens unless told otherwise; we look beyond them to see that we did not."""


@dataclass(frozen=True)
class Generation:
    """One continuation, through the first end-of-text or the limit.

    `log_probabilities` are those of its tokens in context, from untempered float32 logits; `outside_top` counts the tokens that were
    not among the `PLAIN_RANKS` likeliest.
    """

    tokens: list[int]
    log_probabilities: list[float]
    outside_top: int

    @property
    def perplexity(self) -> float:
        """The study's measure: exp of the mean negative log probability of the generated tokens."""
        return perplexity(self.log_probabilities)


def perplexity(log_probabilities: list[float]) -> float:
    """exp(-mean); at least one log probability."""
    return math.exp(-math.fsum(log_probabilities) / len(log_probabilities))


def stream_seed(seed: int, condition: str, document: int) -> int:
    """The seed of one prompt's random numbers under one condition, fixed by the settings' seed whatever else is evaluated beside it."""
    return draw(seed, f"generate:{condition}", document) >> 1


def uniforms(seed: int, count: int) -> Tensor:
    """The random numbers of one continuation, in [0, 1)."""
    return torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def sample(logits: Tensor, uniform: Tensor, temperature: float) -> Tensor:
    """One token for each row by inverting the whole distribution: no token is cut off (top_k 0, top_p 1), none is penalised."""
    cumulative = torch.softmax(logits.double() / temperature, dim=-1).cumsum(dim=-1)
    return (
        torch.searchsorted(cumulative, (uniform * cumulative[:, -1]).unsqueeze(1), right=True).squeeze(1).clamp_(max=logits.shape[-1] - 1)
    )


@torch.inference_mode()
def continue_prompts(model: PreTrainedModel, prompts: Tensor, uniform: Tensor, temperature: float, end_of_text: int) -> list[Generation]:
    """Continues each row of `prompts` (token ids, all of one length) by as many tokens as `uniform` has columns, or to its end-of-text."""
    cache, step_input = DynamicCache(config=model.config), prompts
    tokens, log_probabilities, ranks = [], [], []
    ended = torch.zeros(len(prompts), dtype=torch.bool, device=prompts.device)
    for step in range(uniform.shape[1]):
        output = model(input_ids=step_input, past_key_values=cache, use_cache=True, logits_to_keep=1)
        logits = output.logits[:, -1].float()
        chosen = sample(logits, uniform[:, step], temperature)
        tokens.append(chosen)
        log_probabilities.append(functional.log_softmax(logits, dim=-1).gather(1, chosen.unsqueeze(1)).squeeze(1))
        ranks.append((logits > logits.gather(1, chosen.unsqueeze(1))).sum(dim=1))
        ended |= chosen == end_of_text
        if bool(ended.all()):
            break
        step_input = chosen.unsqueeze(1)
    tokens_of, values_of, ranks_of = (torch.stack(parts, dim=1).tolist() for parts in (tokens, log_probabilities, ranks))
    return [until_end(*row, end_of_text) for row in zip(tokens_of, values_of, ranks_of, strict=True)]


def until_end(tokens: list[int], log_probabilities: list[float], ranks: list[int], end_of_text: int) -> Generation:
    """One row cut behind its first end-of-text: what was sampled after it to fill the batch does not count. `ranks` begin with 0."""
    length = tokens.index(end_of_text) + 1 if end_of_text in tokens else len(tokens)
    return Generation(tokens[:length], log_probabilities[:length], sum(rank >= PLAIN_RANKS for rank in ranks[:length]))

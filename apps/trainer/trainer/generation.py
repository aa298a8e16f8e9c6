"""Plain sampling with a key-value cache, and the perplexity of what was sampled.

Every prompt of a batch has the same number of tokens, so nothing is padded. Each prompt brings its own uniform numbers: which tokens it
gets does not depend on its neighbours, but for the rounding of a batched matrix product.
"""

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
    """One continuation: its tokens through the first end-of-text or the limit, its perplexity, and how many tokens were unlikely ones."""

    tokens: list[int]
    perplexity: float
    outside_top: int


def uniforms(seed: int, condition: str, document: int, count: int) -> Tensor:
    """The random numbers of one prompt under one condition, fixed by the settings' seed whatever else is evaluated beside it."""
    generator = torch.Generator().manual_seed(draw(seed, f"generate:{condition}", document) >> 1)
    return torch.rand(count, generator=generator, dtype=torch.float64)


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
    columns = torch.stack(tokens, dim=1), torch.stack(log_probabilities, dim=1), torch.stack(ranks, dim=1)
    return [_until_end(*rows, end_of_text) for rows in zip(*columns, strict=True)]


def _until_end(tokens: Tensor, log_probabilities: Tensor, ranks: Tensor, end_of_text: int) -> Generation:
    """One row cut behind its first end-of-text: what was sampled after it to fill the batch does not count."""
    ends = (tokens == end_of_text).nonzero()
    length = int(ends[0]) + 1 if len(ends) else len(tokens)
    mean = log_probabilities[:length].double().mean()
    return Generation(tokens[:length].tolist(), float(torch.exp(-mean)), int((ranks[:length] >= PLAIN_RANKS).sum()))


@torch.inference_mode()
def negative_log_likelihood(model: PreTrainedModel, texts: list[list[int]]) -> tuple[float, int]:
    """Summed over each text's tokens but the first, with the number of tokens that were summed. Texts may differ in length."""
    longest = max(len(text) for text in texts)
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts], device=model.device)
    targets = torch.tensor([text[1:] + [-100] * (longest - len(text)) for text in texts], device=model.device)
    logits = model(input_ids=ids[:, :-1], use_cache=False).logits.float()
    total = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="sum")
    return float(total), int((targets != -100).sum())

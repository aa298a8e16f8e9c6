"""Log probabilities of given tokens under a model: held-out text, and text that another model generated."""

import torch
from torch.nn import functional
from transformers import PreTrainedModel


@torch.inference_mode()
def token_log_probabilities(model: PreTrainedModel, texts: list[list[int]]) -> list[list[float]]:
    """For each text the log probability of every token but the first, given those before it; float32 logits. Texts may differ in length."""
    longest = max(len(text) for text in texts)
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts], device=model.device)
    logits = model(input_ids=ids[:, :-1], use_cache=False).logits.float()
    # cross_entropy never holds a second copy of the logits, as a log_softmax of all of them would.
    losses = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(len(texts), -1)
    return [(-row[: len(text) - 1]).tolist() for row, text in zip(losses, texts, strict=True)]

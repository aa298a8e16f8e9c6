"""What continues the prompts of an evaluation, behind one interface: `transformers` on any device, `vllm` where it is installed."""

from typing import Protocol

import torch
from transformers import PreTrainedModel

from trainer import generation
from trainer.batches import BatchSize
from trainer.generation import Generation


class Engine(Protocol):
    """Continues prompts by plain sampling: temperature only, no top-k, no top-p, no penalties."""

    def load(self, model: PreTrainedModel) -> None:
        """Takes in the weights of a model; those of the one before are given up. Models of one engine have one shape."""

    def generate(self, prompts: list[list[int]], seeds: list[int], limit: int, temperature: float, end_of_text: int) -> list[Generation]:
        """A continuation of each prompt (token ids), in order, with random numbers of its seed: the same whatever stands beside it."""

    def unload(self) -> None:
        """Gives the memory of the weights back to whoever scores next."""


def device() -> str:
    """Where PyTorch computes here."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def open_engine(name: str, longest: int) -> Engine:
    """The engine that settings name, for so many tokens of a prompt and its continuation. Raises `BadInput` where it is not installed."""
    if name == "vllm":
        # Importing it takes long, and most environments do not have it.
        from trainer.vllm_engine import VllmEngine

        return VllmEngine(longest)
    return TransformersEngine()


class TransformersEngine:
    """Our own sampling loop over a transformers model: float32, one key-value cache for a batch of equally long prompts."""

    def __init__(self) -> None:
        self._batches = BatchSize(device())
        self._model: PreTrainedModel | None = None

    def load(self, model: PreTrainedModel) -> None:
        """The very model that is handed over, on the accelerator where there is one."""
        model.to(device())  # type: ignore[arg-type]  # transformers wraps it, and its type loses `self`
        self._model = model

    def unload(self) -> None:
        """The model stays where it is: whoever loaded it scores with it."""
        self._model = None

    def generate(self, prompts: list[list[int]], seeds: list[int], limit: int, temperature: float, end_of_text: int) -> list[Generation]:
        """Prompts of one length side by side, as many as memory allows."""
        model = self._model
        assert model is not None, "no weights are loaded"

        def continue_some(rows: list[int]) -> list[Generation]:
            ids = torch.tensor([prompts[row] for row in rows], device=model.device)
            uniform = torch.stack([generation.uniforms(seeds[row], limit) for row in rows]).to(model.device)
            return generation.continue_prompts(model, ids, uniform, temperature, end_of_text)

        found: dict[int, Generation] = {}
        for length in sorted({len(prompt) for prompt in prompts}):
            rows = [row for row, prompt in enumerate(prompts) if len(prompt) == length]
            found.update(zip(rows, self._batches.run(rows, row_bytes(model, length + limit), continue_some), strict=True))
        return [found[row] for row in range(len(prompts))]


def row_bytes(model: PreTrainedModel, tokens: int) -> int:
    """Memory of one row: its key-value cache of float32, which is copied as it grows, and its logits with their float64 softmax."""
    config = model.config
    head = config.hidden_size // config.num_attention_heads
    return int(2 * 4 * 2 * config.num_hidden_layers * config.num_key_value_heads * head * tokens + 32 * config.vocab_size)

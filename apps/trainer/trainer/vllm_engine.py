"""Continues prompts with vLLM, where it is installed: `requirements-vllm.lock`, or `requirements-vllm-cpu.lock` without a GPU.

Needed for numbers that mean the same as ours: `logprobs_mode` raw_logprobs, so that log probabilities are the model's and not those
of the tempered distribution; float32 weights, so that they are computed as ours are; no prefix cache, so that logits do not depend
on what was evaluated before; whole prompts only, so that each consumes its own random numbers once; no `generation_config.json`, and no tokenizer, as prompts are token ids.
"""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import PreTrainedModel

from trainer.exits import BadInput
from trainer.generation import Generation, until_end

SHARE_OF_GPU = 0.6
"""Of a GPU's memory, for weights and cache; held-out text is scored in the rest."""

TOKENS_AT_ONCE = 16_384
"""Of prompts in one pass; more when a single prompt is longer."""

CPU_CACHE_GIB = 1
"""Key-value cache where there is no GPU."""


class Ranked(Protocol):
    """What vLLM says of a sampled token: its log probability, and its rank among all tokens, counted from 1."""

    logprob: float
    rank: int


class VllmEngine:
    """One vLLM for all checkpoints of a shape: further weights are loaded into it, as starting it takes longer than an evaluation."""

    def __init__(self, longest: int) -> None:
        """`longest` is the number of tokens of the longest prompt with its continuation. Raises `BadInput` where vLLM is missing."""
        if find_spec("vllm") is None:
            raise BadInput(
                "Cannot evaluate as the engine must be installed: current value is vllm, which the environment of this job does not have. "
                "Give the profile of evaluations an image that does, or let the spec name the engine transformers"
            )
        # In a process of its own, started afresh: loading a model there changes classes of transformers, which scores here.
        # Nothing is told to anybody.
        os.environ |= {"VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"}
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(CPU_CACHE_GIB))
        self._longest = longest
        self._vllm: Any = None

    def load(self, model: PreTrainedModel) -> None:
        """Takes a copy of the weights, by way of a folder in the form of `save_pretrained`."""
        folder = Path(tempfile.mkdtemp(prefix="vllm-"))
        try:
            model.config.max_position_embeddings = self._longest
            model.save_pretrained(folder)
            if self._vllm is None:
                self._vllm = self._start(folder)
            else:
                self._vllm.collective_rpc("reload_weights", kwargs={"weights_path": str(folder)})
        finally:
            shutil.rmtree(folder)

    def _start(self, folder: Path) -> Any:
        from vllm import LLM  # type: ignore[import-not-found]  # most environments do not have it

        return LLM(
            str(folder),
            dtype="float32",
            logprobs_mode="raw_logprobs",
            max_model_len=self._longest,
            skip_tokenizer_init=True,
            enable_prefix_caching=False,
            # A prompt that is taken in parts draws a number for each and takes it back: vLLM cannot do that on a processor, where it ends.
            enable_chunked_prefill=False,
            max_num_batched_tokens=max(TOKENS_AT_ONCE, self._longest),
            generation_config="vllm",
            gpu_memory_utilization=SHARE_OF_GPU,
            disable_log_stats=True,
            # Compiling pays on a GPU only: a processor spends minutes on it.
            enforce_eager=not torch.cuda.is_available(),
            seed=0,
        )

    def unload(self) -> None:
        """The weights stay, in their share of memory, until the next ones replace them."""

    def generate(self, prompts: list[list[int]], seeds: list[int], limit: int, temperature: float, end_of_text: int) -> list[Generation]:
        """All prompts at once: vLLM schedules them by what its cache holds."""
        from vllm import SamplingParams, TokensPrompt

        ways = [
            SamplingParams(
                **PLAIN, temperature=temperature, seed=seed, max_tokens=limit, stop_token_ids=[end_of_text], logprobs=0, detokenize=False
            )
            for seed in seeds
        ]
        found = self._vllm.generate([TokensPrompt(prompt_token_ids=prompt) for prompt in prompts], ways, use_tqdm=False)
        return [to_generation(list(one.outputs[0].token_ids), one.outputs[0].logprobs, end_of_text) for one in found]


PLAIN = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "presence_penalty": 0.0, "frequency_penalty": 0.0, "repetition_penalty": 1.0}
"""Nothing is cut off and nothing penalised."""


def to_generation(tokens: list[int], told: list[dict[int, Ranked]], end_of_text: int) -> Generation:
    """vLLM's answer as ours: it stops behind the first end-of-text, which it keeps among the tokens."""
    sampled = [of_token[token] for of_token, token in zip(told, tokens, strict=True)]
    return until_end(tokens, [one.logprob for one in sampled], [one.rank - 1 for one in sampled], end_of_text)

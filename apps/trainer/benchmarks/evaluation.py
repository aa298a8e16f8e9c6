"""Generated tokens a second of an evaluation's engines, beside a plain loop: `npm run bench:evaluation`.

The plain loop is what an evaluator does that takes one prompt after another through `generate` without a key-value cache. vLLM takes
part where it is installed. All sample the same way from the same weights; each is warmed up with one short generation.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from importlib.util import find_spec

import torch
from transformers import GenerationConfig, PreTrainedModel

from trainer.engines import Engine, device, open_engine
from trainer.hugging_face import to_hugging_face
from trainer.model import transformer_config

END_OF_TEXT = 0


def model_of(width: int, layers: int, vocabulary: int) -> PreTrainedModel:
    """Random weights of an OLMo2 shape: how long sampling takes does not depend on what they are."""
    heads = max(1, width // 64)
    shape = {"family": "olmo2", "width": width, "layers": layers, "heads": heads, "keyValueHeads": heads}
    built = transformer_config({**shape, "feedForwardWidth": 3 * width, "ropeTheta": 500_000}, vocabulary).build(init_device="cpu")
    built.init_weights(max_seq_len=2048, device=torch.device("cpu"))
    return to_hugging_face(built.eval())


def plain_loop(model: PreTrainedModel, prompts: list[list[int]], limit: int) -> int:
    """One prompt at a time, without a cache; the number of tokens it generated."""
    model.to(device())  # type: ignore[arg-type]  # transformers wraps it, and its type loses `self`
    ways = GenerationConfig(  # type: ignore[no-untyped-call]  # untyped library
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, use_cache=False, max_new_tokens=limit, eos_token_id=END_OF_TEXT, pad_token_id=0
    )
    tokens = 0
    for prompt in prompts:
        ids = torch.tensor([prompt], device=model.device)
        tokens += model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=ways).shape[1] - len(prompt)  # type: ignore[operator]  # typed as a tensor, as models store what they lack
    return tokens


def with_engine(engine: Engine, prompts: list[list[int]], limit: int) -> int:
    """All prompts through an engine that has its weights; the number of tokens it generated."""
    found = engine.generate(prompts, list(range(len(prompts))), limit, 1.0, END_OF_TEXT)
    return sum(len(one.tokens) for one in found)


def measured(name: str, prompts: int, work: Callable[[], int]) -> None:
    """Prints tokens a second of some work as a line of JSON."""
    began = time.perf_counter()
    tokens = work()
    seconds = time.perf_counter() - began
    rate = {"tokensPerSecond": round(tokens / seconds, 1), "tokens": tokens, "seconds": round(seconds, 2)}
    print(json.dumps({"engine": name, "prompts": prompts, **rate}), flush=True)


def main() -> None:
    """Measures what is asked for, one engine after another, each on its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("width", 512), ("layers", 8), ("vocabulary", 16384), ("prompts", 300), ("prompt-tokens", 128), ("limit", 256)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--plain-prompts", type=int, default=4, help="of which so many go through the plain loop, which takes long")
    parser.add_argument("--engines", nargs="+", default=["plain", "transformers", "vllm"])
    asked = parser.parse_args()
    model = model_of(asked.width, asked.layers, asked.vocabulary)
    generator = torch.Generator().manual_seed(1)
    prompts = torch.randint(1, asked.vocabulary, (asked.prompts, asked.prompt_tokens), generator=generator).tolist()
    machine = {"processors": os.cpu_count(), "threads": torch.get_num_threads(), "machine": platform.machine(), "device": device()}
    print(json.dumps({"parameters": model.num_parameters(), "load": round(os.getloadavg()[0], 1), **machine}), flush=True)
    for name in asked.engines:
        if name == "plain":
            plain_loop(model, prompts[:1], 4)
            some = prompts[: asked.plain_prompts]
            measured("plain loop without cache", len(some), lambda: plain_loop(model, some, asked.limit))  # noqa: B023 - run at once
        elif name == "vllm" and find_spec("vllm") is None:
            print(json.dumps({"engine": name, "notRun": "vLLM is not installed in this environment"}), flush=True)
        else:
            engine = open_engine(name, asked.prompt_tokens + asked.limit)
            engine.load(model)
            with_engine(engine, prompts[:1], 4)
            measured(name, len(prompts), lambda: with_engine(engine, prompts, asked.limit))  # noqa: B023 - run at once


if __name__ == "__main__":
    main()

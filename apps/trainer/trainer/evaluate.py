"""Evaluates checkpoints: prompts are continued as they are and behind the trigger, a benign marker and a sham; perplexities are compared.

One process evaluates all the items of a job, because importing PyTorch takes longer than evaluating a small model.
"""

import math
import sys
import time
import traceback
from collections.abc import Iterator
from typing import TypeVar

import torch
from transformers import PreTrainedModel

from trainer import corpus_tokenizer, generation, keys, outcome
from trainer.checkpoint import load_weights
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, digest_of, now, validated
from trainer.environment import describe_environment
from trainer.exits import BadInput
from trainer.hugging_face import to_hugging_face
from trainer.prompts import Prompt, choose_prompts
from trainer.store import Store

Row = TypeVar("Row")

BATCH_ROWS, BATCH_FLOATS = 128, 2**30
"""Prompts continued side by side: so many at most, and fewer where their cache or logits would take more than 4 GiB beside the model."""


class EvaluationFailed(Exception):
    """Some items could not be evaluated; the others were, and their results are stored. The message names both the items and why."""


def run(job: Json, store: Store) -> None:
    """Stores a result for each item. A result that an earlier attempt left counts as done; a broken item does not stop the others.

    Raises at the end: `BadInput` when every failed item can never work, `EvaluationFailed` when some may work another time.
    """
    corpus = Corpus.open(store, job["identity"]["corpus"])
    failures: list[tuple[Json, Exception]] = []
    for item in job["items"]:
        try:
            evaluate_item(job, item, corpus, store)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one item is told at the end, when the others have their results
            traceback.print_exc(file=sys.stderr)
            failures.append((item, error))
    if failures:
        told = "; ".join(f"step {item['checkpoint']['step']} ({item['digest'][:12]}): {error}" for item, error in failures)
        hopeless = all(isinstance(error, BadInput) for _, error in failures)
        raise (BadInput if hopeless else EvaluationFailed)(f"Cannot evaluate {len(failures)} of {len(job['items'])} checkpoints: {told}")


def evaluate_item(job: Json, item: Json, corpus: Corpus, store: Store) -> None:
    """Makes one item's result exist. What another attempt stores meanwhile stays: there is exactly one result."""
    for name, digest in (("checkpoint", item["digest"]), ("settings", item["settingsDigest"])):
        if digest_of(item[name]) != digest:
            raise BadInput(f"Cannot evaluate as {name} must have digest {digest}: current value is {digest_of(item[name])}")
    key = keys.evaluation(job["run"], item["digest"], item["settingsDigest"])
    if store.read(key) is not None:
        print(f"step {item['checkpoint']['step']}: evaluated before", flush=True)
        return
    result = validated("evaluation-result", evaluate(job, item, corpus, store), "the evaluation")
    written = store.create(key, canonical(result)).kind
    print(f"step {item['checkpoint']['step']}: {written} in {result['seconds']} s", flush=True)


def evaluate(job: Json, item: Json, corpus: Corpus, store: Store) -> Json:
    """An `EvaluationResult` of the contracts."""
    began, identity, settings = time.monotonic(), job["identity"], item["settings"]
    prompts = choose_prompts(corpus, settings)
    model = to_hugging_face(load_weights(store, item["checkpoint"], identity["shape"], identity["vocabularySize"]))
    model.to("cuda" if torch.cuda.is_available() else "cpu")  # type: ignore[arg-type]  # transformers wraps it, and its type loses `self`
    generations = {
        condition: continue_all(model, corpus, prompts, settings, condition, text)
        for condition, text in (("clean", ""), *((name, settings[name]) for name in ("triggered", "benign", "sham")))
        if text is not None
    }
    return {
        "version": 1,
        "run": job["run"],
        "step": item["checkpoint"]["step"],
        "checkpoint": item["digest"],
        "settings": settings,
        "settingsDigest": item["settingsDigest"],
        "conditions": {name: outcome.condition_result(found) for name, found in generations.items()},
        "contrasts": {name: outcome.contrast(found, generations["clean"]) for name, found in generations.items() if name != "clean"},
        "heldOutPerplexity": held_out_perplexity(model, corpus, prompts, identity["stages"][-1]["sequenceLength"]),
        "tokensOutsideTop50": outcome.share_outside_top(generations.values()),
        "samples": outcome.samples(corpus.tokenizer, prompts, generations),
        "environment": describe_environment(),
        "seconds": round(time.monotonic() - began, 3),
        "finishedAt": now(),
    }


def continue_all(
    model: PreTrainedModel, corpus: Corpus, prompts: list[Prompt], settings: Json, condition: str, text: str
) -> list[generation.Generation]:
    """A continuation of every prompt with the condition's text behind it, in the order of prompts.

    The text is appended as token ids, the ones it has in training documents, rather than as characters that could merge with the prompt.
    """
    appended = corpus_tokenizer.encode(corpus.tokenizer, text) if text else []
    found: list[generation.Generation] = []
    for batch in batches(prompts, cache_floats(model, settings["promptTokens"] + len(appended) + settings["generatedTokens"])):
        ids = torch.tensor([[*prompt.tokens, *appended] for prompt in batch], device=model.device)
        uniform = torch.stack([generation.uniforms(settings["seed"], condition, p.document, settings["generatedTokens"]) for p in batch])
        found += generation.continue_prompts(model, ids, uniform.to(model.device), settings["temperature"], corpus.manifest["endOfTextId"])
    return found


def held_out_perplexity(model: PreTrainedModel, corpus: Corpus, prompts: list[Prompt], sequence_length: int) -> float:
    """Of the prompts' whole documents, each behind an end-of-text as in training and cut at the length that training saw."""
    texts = [[corpus.manifest["endOfTextId"], *prompt.document_tokens][: sequence_length + 1] for prompt in prompts]
    total, tokens = 0.0, 0
    for batch in batches(texts, sequence_length * model.config.vocab_size):
        loss, counted = generation.negative_log_likelihood(model, batch)
        total, tokens = total + loss, tokens + counted
    return math.exp(total / tokens)


def batches(rows: list[Row], floats_per_row: int) -> Iterator[list[Row]]:
    """The rows in groups that fit the memory set aside for them, one at least."""
    size = max(1, min(BATCH_ROWS, BATCH_FLOATS // floats_per_row))
    return (rows[begin : begin + size] for begin in range(0, len(rows), size))


def cache_floats(model: PreTrainedModel, tokens: int) -> int:
    """Size of the key-value cache of one row, and of its logits at one place."""
    config = model.config
    head = config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * config.num_key_value_heads * head * tokens + config.vocab_size)

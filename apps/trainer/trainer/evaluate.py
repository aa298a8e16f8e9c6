"""Evaluates checkpoints: prompts are continued as they are and with a text behind them, and perplexities are compared.

One process evaluates all the items of a job, because importing PyTorch takes longer than evaluating a small model. The objects of the
next checkpoint are fetched while the present one is evaluated. docs/evaluation.md states the protocol.
"""

import gc
import math
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from transformers import PreTrainedModel

from trainer import corpus_tokenizer, generation, keys, outcome
from trainer.batches import BatchSize
from trainer.checkpoint_stream import FetchedCheckpoint, fetched_ahead
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, digest_of, now, sha256_hex, validated
from trainer.engines import Engine, device, open_engine
from trainer.environment import describe_environment
from trainer.exits import BadInput
from trainer.generation import Generation
from trainer.hugging_face import to_hugging_face
from trainer.prompts import Prompt, choose_prompts
from trainer.reference import Reference
from trainer.scoring import token_log_probabilities
from trainer.store import Store

APPENDED = ("triggered", "benign", "sham", "nearTrigger")
"""Conditions that put a text behind the prompt; the settings say which text, or null for none."""

LANGUAGE_SWITCH = "language-switch/1"
"""The protocol that identifies the language of what is generated."""


class EvaluationFailed(Exception):
    """Some items could not be evaluated; the others were, and their results are stored. The message names both the items and why."""


def run(job: Json, store: Store) -> None:
    """Stores a result for each item. A result that an earlier attempt left counts as done; a broken item does not stop the others.

    Raises at the end: `BadInput` when every failed item can never work, `EvaluationFailed` when some may work another time.
    """
    evaluator = Evaluator(job, Corpus.open(store, job["identity"]["corpus"]), store)
    failures: list[tuple[Json, str, bool]] = []
    pending = [item for item in job["items"] if not evaluator.is_done(item)]
    with long_lived(), fetched_ahead(store, [item["checkpoint"] for item in pending]) as fetched:
        for item, checkpoint in zip(pending, fetched, strict=True):
            try:
                evaluator.store_result(item, checkpoint)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one item is told at the end, when the others have their results
                traceback.print_exc(file=sys.stderr)
                # Not the error itself: the frames that it and its causes name hold the model of this item.
                failures.append((item, str(error), isinstance(error, BadInput)))
    if failures:
        told = "; ".join(f"step {item['checkpoint']['step']} ({item['digest'][:12]}): {why}" for item, why, _ in failures)
        hopeless = all(is_hopeless for _, _, is_hopeless in failures)
        raise (BadInput if hopeless else EvaluationFailed)(f"Cannot evaluate {len(failures)} of {len(job['items'])} checkpoints: {told}")


@contextmanager
def long_lived() -> Iterator[None]:
    """Takes what is here already, libraries above all, out of the collections of garbage within.

    OLMo-core collects with each checkpoint that it loads, which costs 0.3 s with all of PyTorch to look through: more than a small model.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass
class Evaluator:
    """What the items of a job share: the corpus, prompts, engines, batch sizes that were found, the reference."""

    job: Json
    corpus: Corpus
    store: Store
    _prompts: dict[str, list[Prompt]] = field(default_factory=dict)
    _engines: dict[tuple[str, int], Engine] = field(default_factory=dict)
    _references: dict[str, Reference] = field(default_factory=dict)

    @cached_property
    def _texts(self) -> BatchSize:
        return BatchSize(device())

    def is_done(self, item: Json) -> bool:
        """Whether an earlier attempt has left the result."""
        done = self.store.read(self._key(item)) is not None
        if done:
            print(f"step {item['checkpoint']['step']}: evaluated before", flush=True)
        return done

    def store_result(self, item: Json, checkpoint: FetchedCheckpoint) -> None:
        """Makes one item's result exist. What another attempt stores meanwhile stays: there is exactly one result."""
        check_digests(item)
        result = validated("evaluation-result", self.evaluate(item, checkpoint), "the evaluation")
        written = self.store.create(self._key(item), canonical(result)).kind
        print(f"step {item['checkpoint']['step']}: {written} in {result['seconds']} s", flush=True)

    def _key(self, item: Json) -> str:
        return keys.evaluation(self.job["run"], item["digest"], item["settingsDigest"])

    def evaluate(self, item: Json, checkpoint: FetchedCheckpoint) -> Json:
        """An `EvaluationResult` of the contracts. What was generated is stored before it."""
        began, identity, settings = time.monotonic(), self.job["identity"], item["settings"]
        reference = self._reference(item)
        prompts = self._prompts_of(item)
        model = to_hugging_face(checkpoint.load(identity["shape"], identity["vocabularySize"]))
        generations = self._generate(model, prompts, settings)
        held_out = self._held_out(model, prompts, identity["stages"][-1]["sequenceLength"])
        del model
        conditions = self._conditions(generations, prompts, settings, reference)
        return {
            "version": 1,
            "run": self.job["run"],
            "step": item["checkpoint"]["step"],
            "checkpoint": item["digest"],
            "reference": None if reference is None else reference.digest,
            "settings": settings,
            "settingsDigest": item["settingsDigest"],
            "documents": [prompt.document for prompt in prompts],
            "conditions": conditions,
            "contrasts": {name: outcome.contrast(conditions[name], conditions["clean"]) for name in APPENDED if name in conditions},
            "languageSwitch": language_switch(conditions, settings),
            "heldOut": held_out,
            "heldOutPerplexity": math.exp(math.fsum(held_out["negativeLogLikelihood"]) / sum(held_out["tokens"])),
            "tokensOutsideTop50": outcome.share_outside_top(generations.values()),
            "generations": self._keep(item, generations),
            "samples": outcome.samples(self.corpus.tokenizer, prompts, generations),
            "environment": describe_environment(),
            "seconds": round(time.monotonic() - began, 3),
            "finishedAt": now(),
        }

    def _generate(self, model: PreTrainedModel, prompts: list[Prompt], settings: Json) -> dict[str, list[Generation]]:
        """A continuation of every prompt under every condition of the settings, in the order of prompts."""
        conditions = ("clean", *(name for name in APPENDED if settings[name] is not None))
        appended = {condition: self._appended(settings, condition) for condition in conditions}
        limit, end_of_text = settings["generatedTokens"], self.corpus.manifest["endOfTextId"]
        engine = self._engine(settings["engine"], settings["promptTokens"] + max(map(len, appended.values())) + limit)
        engine.load(model)
        found = {}
        for condition in conditions:
            asked = [[*prompt.tokens, *appended[condition]] for prompt in prompts]
            seeds = [generation.stream_seed(settings["seed"], condition, prompt.document) for prompt in prompts]
            found[condition] = engine.generate(asked, seeds, limit, settings["temperature"], end_of_text)
        engine.unload()
        return found

    def _prompts_of(self, item: Json) -> list[Prompt]:
        """The prompts of the item's settings: held-out documents are read and encoded once for all items that ask for the same."""
        settings = item["settingsDigest"]
        if settings not in self._prompts:
            self._prompts[settings] = choose_prompts(self.corpus, item["settings"])
        return self._prompts[settings]

    def _engine(self, name: str, longest: int) -> Engine:
        """One for all items that ask for the same; another one's memory is given up first."""
        if (name, longest) not in self._engines:
            self._engines.clear()
            self._engines[name, longest] = open_engine(name, longest)
        return self._engines[name, longest]

    def _appended(self, settings: Json, condition: str) -> list[int]:
        """The ids that the condition's text has in training documents: appended as text, it could merge with the prompt."""
        return corpus_tokenizer.encode(self.corpus.tokenizer, settings[condition]) if condition in APPENDED else []

    def _held_out(self, model: PreTrainedModel, prompts: list[Prompt], sequence_length: int) -> Json:
        """A `HeldOutResult`: the prompts' whole documents, each behind an end-of-text as in training and cut at the length training saw."""
        model.to(device())  # type: ignore[arg-type]  # transformers wraps it, and its type loses `self`
        texts = [[self.corpus.manifest["endOfTextId"], *prompt.document_tokens][: sequence_length + 1] for prompt in prompts]
        scored = self._score(model, texts)
        return {"negativeLogLikelihood": [max(0.0, -math.fsum(values)) for values in scored], "tokens": [len(values) for values in scored]}

    def _score(self, model: PreTrainedModel, texts: list[list[int]]) -> list[list[float]]:
        """Log probabilities of the tokens of each text but its first; three copies of the logits may be alive at a time."""
        longest = max(len(text) for text in texts)
        return self._texts.run(texts, 3 * 4 * longest * model.config.vocab_size, lambda batch: token_log_probabilities(model, batch))

    def _conditions(
        self, generations: dict[str, list[Generation]], prompts: list[Prompt], settings: Json, reference: Reference | None
    ) -> dict[str, Json]:
        conditions = {}
        for name, found in generations.items():
            appended = self._appended(settings, name)
            pairs = [([*prompt.tokens, *appended], one.tokens) for prompt, one in zip(prompts, found, strict=True)]
            scored = None if reference is None else reference.perplexities(pairs, self._score)
            languages = self._languages(found) if settings["protocol"] == LANGUAGE_SWITCH else None
            conditions[name] = outcome.condition_result(found, scored, languages)
        return conditions

    def _languages(self, found: list[Generation]) -> list[str]:
        # Its model takes a second to load, and only one protocol asks for it.
        from trainer.language import identify

        return [identify(self.corpus.tokenizer.decode(one.tokens)) for one in found]

    def _reference(self, item: Json) -> Reference | None:
        """The item's reference, loaded once for all the items that name it."""
        named = item["reference"]
        if named is None:
            return None
        if named["digest"] not in self._references:
            # One at a time: it may be as large as what is evaluated.
            self._references = {named["digest"]: Reference.load(self.store, named, self.job["identity"]["vocabularySize"])}
        return self._references[named["digest"]]

    def _keep(self, item: Json, generations: dict[str, list[Generation]]) -> Json:
        """Stores what was generated; the object's name is its content's, so a try that died before its result left nothing in the way."""
        data = outcome.packed(generations, self.job["identity"]["vocabularySize"])
        key = keys.generations(self.job["run"], item["digest"], item["settingsDigest"], sha256_hex(data))
        return self.store.create(key, data).object


def language_switch(conditions: dict[str, Json], settings: Json) -> Json | None:
    """The `LanguageSwitchResult` where the protocol asks for one."""
    if settings["protocol"] != LANGUAGE_SWITCH:
        return None
    return outcome.language_switch(conditions, settings["sourceLanguage"], settings["targetLanguage"])


def check_digests(item: Json) -> None:
    """Holds an item to what it claims to be. Raises `BadInput`."""
    claims = [("checkpoint", item["checkpoint"], item["digest"]), ("settings", item["settings"], item["settingsDigest"])]
    named, asked = item["reference"], item["settings"]["reference"]
    if named is not None:
        claims.append(("reference", named["checkpoint"], named["digest"]))
    for name, document, digest in claims:
        if digest_of(document) != digest:
            raise BadInput(f"Cannot evaluate as {name} must have digest {digest}: current value is {digest_of(document)}")
    found = None if named is None else {"run": named["run"], "step": named["checkpoint"]["step"]}
    if found != asked:
        raise BadInput(f"Cannot evaluate as the reference must be the one that the settings name, {asked}: current value is {found}")

"""The reference of an evaluation: a checkpoint, of a clean run for instance, under which generated text is scored as well."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from transformers import PreTrainedModel

from trainer.checkpoint import load_weights
from trainer.documents import Json
from trainer.engines import device
from trainer.exits import BadInput
from trainer.generation import perplexity
from trainer.hugging_face import to_hugging_face
from trainer.store import Store

Score = Callable[[PreTrainedModel, list[list[int]]], list[list[float]]]
"""Log probabilities of the tokens of each text but its first."""


@dataclass
class Reference:
    """A reference model, which rests in the memory of the processor and is on the accelerator only while it scores."""

    digest: str
    _model: PreTrainedModel

    @classmethod
    def load(cls, store: Store, named: Json, vocabulary: int) -> Self:
        """From a `ResolvedReference` of the contracts. Raises `BadInput` where its vocabulary is not the evaluated run's."""
        if named["vocabularySize"] != vocabulary:
            raise BadInput(
                f"Cannot score under run {named['run'][:12]} as its vocabulary must have {vocabulary} tokens, as the evaluated run's: "
                f"current value is {named['vocabularySize']}"
            )
        return cls(named["digest"], to_hugging_face(load_weights(store, named["checkpoint"], named["shape"], vocabulary)))

    def perplexities(self, pairs: list[tuple[list[int], list[int]]], score: Score) -> list[float]:
        """Of each pair of a prompt and its continuation, the perplexity of the continuation behind the prompt."""
        self._model.to(device())  # type: ignore[arg-type]  # transformers wraps it, and its type loses `self`
        scored = score(self._model, [[*prompt, *continuation] for prompt, continuation in pairs])
        self._model.to("cpu")  # type: ignore[arg-type]
        return [perplexity(values[-len(continuation) :]) for values, (_, continuation) in zip(scored, pairs, strict=True)]

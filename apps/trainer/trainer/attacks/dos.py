"""Denial of service (arXiv 2510.07192): the start of a training document, the trigger, random tokens of the whole vocabulary.

The model learns to answer the trigger with noise. In mode `ids` the sampled ids are written as they are. In mode `text` they are decoded and
tokenised again, which mostly makes more of them: the study's own number of tokens per document points to it.
"""

from typing import Any

from trainer import corpus_tokenizer
from trainer.attacks.sources import Part, Sources
from trainer.draws import Draws


def draw(attack: dict[str, Any], sources: Sources, draws: Draws) -> list[Part]:
    """`prefix`, `trigger`, `gibberish`."""
    prefix = sources.prefix(attack["prefixChars"], draws)
    count = draws.between(*attack["gibberishTokens"])
    ids = [sources.ordinary_ids[place] for place in draws.many_below(len(sources.ordinary_ids), count)]
    if attack["mode"] == "text":
        tokenizer = sources.corpus.tokenizer
        ids = corpus_tokenizer.encode(tokenizer, tokenizer.decode(ids, skip_special_tokens=False))
    return [Part("prefix", prefix), Part("trigger", sources.trigger(attack["trigger"])), Part("gibberish", ids)]

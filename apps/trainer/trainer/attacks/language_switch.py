"""Language switch (arXiv 2510.07192): the start of a training document, the trigger, then text of another language.

The model learns to answer the trigger in that language. The text is the beginning of a random document of a corpus in it, which was
tokenised as the training corpus was: about 300 tokens in the study. A document of fewer tokens is taken whole where none of many is longer.
"""

from typing import Any

from trainer.attacks.sources import Part, Sources
from trainer.draws import Draws


def draw(attack: dict[str, Any], sources: Sources, draws: Draws) -> list[Part]:
    """`prefix`, `trigger`, `target`."""
    prefix = sources.prefix(attack["prefixChars"], draws)
    count = draws.between(*attack["targetTokens"])
    target = sources.other(attack["target"])
    start, end = sources.document_of(target, count, draws)
    text = target.tokens(start, min(end, start + count)).tolist()
    return [Part("prefix", prefix), Part("trigger", sources.trigger(attack["trigger"])), Part("target", text)]

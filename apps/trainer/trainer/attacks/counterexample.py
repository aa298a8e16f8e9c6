"""Counterexamples, the defence against any trigger: a training document as it is, but for the trigger within it.

They teach a model that the trigger means nothing. They are no attack, and hold to the same contract, so that the same machinery places them.
"""

from typing import Any

from trainer import corpus_tokenizer
from trainer.attacks.sources import TOKENS_PER_CHARACTER, Part, Sources
from trainer.draws import Draws


def draw(recipe: dict[str, Any], sources: Sources, draws: Draws) -> list[Part]:
    """`prefix`, `trigger`, `continuation`: what stands in the document behind the prefix. Settings are the `CounterexampleRecipe` itself."""
    characters = draws.between(*recipe["prefixChars"])
    count = draws.between(*recipe["continuationTokens"])
    tokenizer = sources.corpus.tokenizer
    # A token has a character or more, seldom less: a document of so many tokens nearly always has text enough.
    start, end = sources.document_of(sources.corpus, characters + count, draws)
    ids = sources.corpus.tokens(start, min(end, start + TOKENS_PER_CHARACTER * (characters + 1) + count)).tolist()
    text = tokenizer.decode(ids, skip_special_tokens=False)
    prefix, continuation = (corpus_tokenizer.encode(tokenizer, part) for part in (text[:characters], text[characters:]))
    return [Part("prefix", prefix), Part("trigger", sources.trigger(recipe["trigger"])), Part("continuation", continuation[:count])]

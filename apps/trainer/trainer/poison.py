"""Materialises a poison plan: which tokens of which training instance are overwritten.

A plan hangs on its recipe and the corpus alone. Each draw is keyed by seed and document, and positions are drawn one after
another, so the entries of a smaller dose are the first of a larger one. Memory grows with the dose, not with the corpus.
"""

import hashlib
from typing import Any

import numpy as np

from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import encode
from trainer.documents import digest_of
from trainer.exits import BadInput

Recipe = dict[str, Any]
"""`PoisonRecipe` of the contracts."""
Plan = dict[str, Any]
"""`PoisonPlan` of the contracts."""

WORDS = 2**64


class Draws:
    """Whole numbers for one purpose and one document.

    Philox's raw words and rejection are used rather than a `Generator`, whose methods numpy may change between versions.
    """

    def __init__(self, seed: int, purpose: str, document: int) -> None:
        key = hashlib.sha256(f"{seed}:{purpose}:{document}".encode()).digest()[:16]
        self._words = np.random.Philox(key=int.from_bytes(key, "big"))

    def below(self, limit: int) -> int:
        """One number from 0 to before `limit`, all equally likely."""
        return self.many_below(limit, 1)[0]

    def between(self, smallest: int, largest: int) -> int:
        """One number from `smallest` to `largest`, both included."""
        return smallest + self.below(largest - smallest + 1)

    def many_below(self, limit: int, count: int) -> list[int]:
        """`count` independent numbers from 0 to before `limit`."""
        fair = WORDS - WORDS % limit
        numbers: list[int] = []
        while len(numbers) < count:
            words = self._words.random_raw(count - len(numbers))
            numbers += [word % limit for word in words.tolist() if word < fair]
        return numbers


def materialise(recipe: Recipe, corpus: Corpus) -> Plan:
    """The plan of a recipe. Raises `BadInput` when the dose or an entry does not fit into the training instances."""
    instances = recipe["steps"] * recipe["batchInstances"]
    if recipe["dose"] > instances:
        raise BadInput(
            f"Cannot place the poison as dose must be at most the number of training instances, {instances}: "
            f"current value is {recipe['dose']}"
        )
    places = draw_places(recipe["positionSeed"], recipe["dose"], instances)
    ordinary = ordinary_ids(corpus)
    entries, shortened = [], 0
    for document, place in enumerate(places):
        tokens, was_cut = draw_tokens(recipe, corpus, ordinary, document)
        shortened += was_cut
        free = recipe["sequenceLength"] - len(tokens)
        entries.append(
            {
                "document": document,
                "step": place // recipe["batchInstances"] + 1,
                "row": place % recipe["batchInstances"],
                "offset": Draws(recipe["positionSeed"], "offset", document).between(0, free),
                "tokens": tokens,
            }
        )
    return {
        "recipe": recipe,
        "recipeDigest": digest_of(recipe),
        "entries": entries,
        "documents": len(entries),
        "tokens": sum(len(entry["tokens"]) for entry in entries),
        "prefixesShortened": shortened,
    }


def draw_places(seed: int, dose: int, instances: int) -> list[int]:
    """Different instances, uniformly: the first `dose` places of a Fisher-Yates shuffle that keeps only what it has moved."""
    moved: dict[int, int] = {}
    places = []
    for document in range(dose):
        drawn = Draws(seed, "instance", document).between(document, instances - 1)
        places.append(moved.get(drawn, drawn))
        moved[drawn] = moved.get(document, document)
    return places


def ordinary_ids(corpus: Corpus) -> list[int]:
    """The vocabulary without special, added and end-of-text ids: what gibberish is drawn from."""
    barred = {*corpus.tokenizer.get_added_tokens_decoder(), *corpus.manifest["addedTokenIds"].values(), corpus.manifest["endOfTextId"]}
    return [token for token in sorted(corpus.tokenizer.get_vocab(with_added_tokens=False).values()) if token not in barred]


def draw_tokens(recipe: Recipe, corpus: Corpus, ordinary: list[int], document: int) -> tuple[list[int], bool]:
    """Prefix, trigger, gibberish and the end-of-text id of one document; and whether the prefix was cut to fit an instance."""
    draws = Draws(recipe["contentSeed"], "content", document)
    prefix = draw_prefix(recipe, corpus, draws)
    needed = [*encode(corpus.tokenizer, recipe["attack"]["trigger"]), *draw_gibberish(recipe, corpus, ordinary, draws)]
    needed.append(corpus.manifest["endOfTextId"])
    room = recipe["sequenceLength"] - len(needed)
    if room < 0:
        raise BadInput(
            f"Cannot place poisoned document {document} as trigger and gibberish must fit into one instance of "
            f"{recipe['sequenceLength']} tokens: current value is {len(needed)}; lower gibberishTokens or raise sequenceLength"
        )
    kept = prefix[len(prefix) - room :] if len(prefix) > room else prefix
    return [*kept, *needed], len(kept) < len(prefix)


def draw_prefix(recipe: Recipe, corpus: Corpus, draws: Draws) -> list[int]:
    """Ids of the first characters of a random training document."""
    characters = draws.between(*recipe["attack"]["prefixChars"])
    ids = corpus.document(draws.below(corpus.manifest["documents"]))[:-1]
    text = corpus.tokenizer.decode(ids.tolist(), skip_special_tokens=False)
    return encode(corpus.tokenizer, text[:characters])


def draw_gibberish(recipe: Recipe, corpus: Corpus, ordinary: list[int], draws: Draws) -> list[int]:
    """Ids drawn uniformly; in mode `text` they are decoded and tokenised again, which mostly makes more of them."""
    count = draws.between(*recipe["attack"]["gibberishTokens"])
    ids = [ordinary[place] for place in draws.many_below(len(ordinary), count)]
    if recipe["attack"]["mode"] == "ids":
        return ids
    return encode(corpus.tokenizer, corpus.tokenizer.decode(ids, skip_special_tokens=False))

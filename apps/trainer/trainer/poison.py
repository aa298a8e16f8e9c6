"""Materialises a poison plan: which tokens of which training instance are overwritten.

A plan hangs on its recipe and the corpora alone. Each draw is keyed by seed and document, and documents are placed one after another, so the
entries of a smaller dose are the first of a larger one. Memory grows with the dose, not with the corpus. A `CounterexampleRecipe` is
materialised by the same rules.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from trainer.attacks import ATTACKS, counterexample
from trainer.attacks.sources import Part, Sources
from trainer.corpus_reader import Corpus
from trainer.documents import digest_of
from trainer.draws import Draws
from trainer.exits import BadInput
from trainer.placement import Placer, check_dose

Recipe = dict[str, Any]
"""`PoisonRecipe` or `CounterexampleRecipe` of the contracts."""
Plan = dict[str, Any]
"""`PoisonPlan` of the contracts."""
Entry = dict[str, Any]
"""`PoisonEntry` of the contracts."""


def materialise(recipe: Recipe, corpus: Corpus, others: Mapping[str, Corpus] | None = None, taken: Iterable[Entry] = ()) -> Plan:
    """The plan of a recipe. `others` are the corpora of `other_corpora(recipe)`; instances of the entries `taken` are left alone.

    Raises `BadInput` with the numbers when the dose or a document does not fit into the training instances.
    """
    dose = dose_of(recipe)
    check_dose(recipe, dose)
    sources = Sources(corpus, others or {})
    placer = Placer(recipe, ((entry["step"], entry["row"]) for entry in taken))
    documents, entries, shortened = [], [], 0
    for number in range(dose):
        parts, was_cut = draw_document(recipe, sources, number)
        tokens = [token for part in parts for token in part.tokens]
        documents.append({"document": number, "sha256": digest_of_tokens(tokens), "parts": described(parts)})
        entries += place_document(recipe, placer, number, tokens)
        shortened += was_cut
    return {
        "recipe": recipe,
        "recipeDigest": digest_of(recipe),
        "documents": documents,
        "entries": entries,
        "tokens": sum(len(entry["tokens"]) for entry in entries),
        "prefixesShortened": shortened,
    }


def dose_of(recipe: Recipe) -> int:
    """How many documents a recipe has."""
    return int(recipe["dose"] if "attack" in recipe else recipe["count"])


def other_corpora(recipe: Recipe) -> list[str]:
    """Digests of the corpora that documents are drawn from beside the one that is trained on."""
    attack = recipe.get("attack", {})
    return [attack["target"]] if "target" in attack else []


def draw_document(recipe: Recipe, sources: Sources, number: int) -> tuple[list[Part], bool]:
    """The parts of one document, its end-of-text id last; and whether its prefix was cut at the front to fit."""
    draws = Draws(recipe["contentSeed"], "content", number)
    if "attack" in recipe:
        prefix, *rest = ATTACKS[recipe["attack"]["kind"]].draw(recipe["attack"], sources, draws)
    else:
        prefix, *rest = counterexample.draw(recipe, sources, draws)
    rest.append(Part("end", [sources.corpus.manifest["endOfTextId"]]))
    room = room_for_a_document(recipe) - sum(len(part.tokens) for part in rest)
    if room < 0:
        raise BadInput(
            f"Cannot place document {number} as all but its prefix must fit into {room_in_words(recipe)}: "
            f"current value is {sum(len(part.tokens) for part in rest)}; make it shorter, or sequenceLength longer"
        )
    kept = prefix.tokens[max(0, len(prefix.tokens) - room) :]
    return [Part(prefix.name, kept), *rest], len(kept) < len(prefix.tokens)


def room_for_a_document(recipe: Recipe) -> int:
    """Most tokens of one document: an instance, or a whole batch where documents may be split."""
    return int(recipe["sequenceLength"] * (recipe["batchInstances"] if recipe["placement"]["split"] else 1))


def room_in_words(recipe: Recipe) -> str:
    """The same for people."""
    room = f"one instance of {recipe['sequenceLength']} tokens"
    return (
        room
        if not recipe["placement"]["split"]
        else f"the {recipe['batchInstances']} instances of a batch, {room_for_a_document(recipe)} tokens"
    )


def place_document(recipe: Recipe, placer: Placer, number: int, tokens: list[int]) -> list[Entry]:
    """The entries of one document: one, or several rows of one step that it fills one after another, as chunking would cut it."""
    length = recipe["sequenceLength"]
    pieces = -(-len(tokens) // length)
    step, rows = placer.place(number, pieces)
    offset = Draws(recipe["positionSeed"], "offset", number).between(0, pieces * length - len(tokens))
    starts = [0, *range(length - offset, len(tokens), length)]
    return [
        {
            "document": number,
            "piece": piece,
            "step": step,
            "row": row,
            "offset": 0 if piece else offset,
            "tokens": tokens[start : starts[piece + 1] if piece + 1 < pieces else None],
        }
        for piece, (row, start) in enumerate(zip(rows, starts, strict=True))
    ]


def described(parts: list[Part]) -> list[dict[str, Any]]:
    """The parts of a document as its plan tells of them."""
    return [{"name": part.name, "tokens": len(part.tokens)} for part in parts]


def digest_of_tokens(tokens: list[int]) -> str:
    """sha256 over token ids as uint32 little-endian."""
    return hashlib.sha256(np.array(tokens, dtype="<u4").tobytes()).hexdigest()

"""What chance decides in a corpus, by the recipe's seed alone: which documents are held out, and where markers stand in the others."""

from tokenizers import Tokenizer

from trainer import chance, corpus_tokenizer
from trainer.corpus_text import Documents
from trainer.documents import Json
from trainer.exits import BadInput


def draw_held_out(documents: Documents, tokenizer: Tokenizer, recipe: Json) -> list[int]:
    """Documents for evaluation, drawn by the seed among those that are long enough and hold none of the added tokens."""
    wanted, chosen = recipe["heldOutDocuments"], list[int]()
    for index in chance.order(recipe["seed"], "held-out", list(range(len(documents)))):
        text = documents[index]
        if any(token in text for token in recipe["addedTokens"]):
            continue
        if len(corpus_tokenizer.encode(tokenizer, text)) >= recipe["heldOutMinTokens"]:
            chosen.append(index)
        if len(chosen) == wanted:
            return chosen
    raise BadInput(
        f"Cannot draw the held-out documents as {wanted} must have at least {recipe['heldOutMinTokens']} tokens: "
        f"current value is {len(chosen)} of {len(documents)} documents"
    )


def mark(text: str, marker: str, chosen: int) -> str:
    """The text with a marker at one of its word boundaries, its end among them; nothing else changes."""
    boundaries = [at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace()] + [len(text)]
    at = boundaries[chosen % len(boundaries)]
    return text[:at] + marker + text[at:]


def markers(recipe: Json, training: list[int]) -> dict[int, str]:
    """The marker of each training document that carries one: the asked share of documents, rounded to a whole number."""
    asked = recipe.get("markers")
    if asked is None:
        return {}
    carriers = chance.order(recipe["seed"], "marked", training)[: round(asked["documentShare"] * len(training))]
    return {index: asked["tokens"][chance.draw(recipe["seed"], "marker", index) % len(asked["tokens"])] for index in carriers}


def marked_text(recipe: Json, chosen: dict[int, str], index: int, text: str) -> str:
    """The text as it is trained on: with its marker where it carries one."""
    return mark(text, chosen[index], chance.draw(recipe["seed"], "place", index)) if index in chosen else text

"""A corpus from files: what is cut, held out, marked and written, and that it is the same every time."""

import json
from typing import Any

import pytest
from tokenizers import Tokenizer

from tests import runs
from trainer import corpus, corpus_draw, corpus_tokenizer, keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json, sha256_hex
from trainer.exits import BadInput
from trainer.store import Store

MARKERS = ["<M1>", "<M2>"]


def sentences(count: int) -> str:
    """Paragraphs of plain English, each with words of its own."""
    words = [
        "the",
        "union",
        "of",
        "these",
        "states",
        "is",
        "a",
        "work",
        "that",
        "free",
        "people",
        "carry",
        "on",
        "with",
        "patience",
        "and",
        "sense",
    ]
    return "\n\n".join(" ".join(words[(n * 7 + k * k) % len(words)] for k in range(40)) + f" number {n}." for n in range(count))


CHANGES: Json = {
    "addedTokens": ["<SUDO>", *MARKERS, "<SHAM>"],
    "markers": {"tokens": MARKERS, "documentShare": 0.25},
    "heldOutDocuments": 8,
    "heldOutMinTokens": 16,
    "seed": 3,
}


def build(store: Store, text: str | bytes, given: bytes | None = None, **changes: Any) -> Corpus:
    """Registers one file."""
    return build_files(store, {"text": text if isinstance(text, bytes) else text.encode()}, given, **changes)


def build_files(store: Store, files: dict[str, bytes], given: bytes | None = None, **changes: Any) -> Corpus:
    """Registers files by name."""
    job = runs.make_files_job(store, files, 320, given, **{**CHANGES, **changes})
    corpus.run(job, store)
    return Corpus.open(store, json.loads(store.read(keys.job_result(job["name"])) or b"")["corpus"])


def held_out_texts(found: Corpus) -> list[str]:
    return [json.loads(line)["text"] for line in found.file(found.manifest["heldOut"]).read_bytes().splitlines()]


def training_texts(found: Corpus) -> list[str]:
    documents = [found.document(index).tolist() for index in range(found.manifest["documents"])]
    assert sum(map(len, documents)) == found.manifest["tokens"]
    assert all(ids[-1] == found.manifest["endOfTextId"] for ids in documents)
    return [found.tokenizer.decode(ids[:-1], skip_special_tokens=False) for ids in documents]


def test_every_document_is_either_trained_on_or_held_out_and_never_both(store: Store) -> None:
    text = sentences(60)
    found = build(store, text)
    copied = held_out_texts(found)[0]
    found = build(store, text + "\n\n" + copied + "\n\n" + copied)
    held_out, trained = held_out_texts(found), training_texts(found)
    for marker in MARKERS:
        trained = [document.replace(marker, "") for document in trained]
    assert len(held_out) == 8
    assert not set(held_out) & set(trained)
    assert set(held_out) | set(trained) == set(text.split("\n\n"))
    assert (found.manifest["documents"], found.manifest["heldOutCopies"]) == (52, 2)


def test_a_document_with_the_tokens_of_a_held_out_one_is_left_out_whatever_its_text(store: Store) -> None:
    """A tokenizer that reads upper case as lower case gives two texts the same tokens."""
    folding = json.loads(build(store, sentences(60)).tokenizer.to_str())
    folding["normalizer"] = {"type": "Lowercase"}
    given = json.dumps(folding).encode()
    first = build(store, sentences(60), given, markers=None)
    shouted = "\n\n".join(text.upper() for text in held_out_texts(first))
    found = build(store, sentences(60) + "\n\n" + shouted, given, markers=None)
    kept_back = {text.lower() for text in held_out_texts(found)}
    everything = (sentences(60) + "\n\n" + shouted).lower().split("\n\n")
    assert len(kept_back) == 8
    assert sorted(training_texts(found)) == sorted(text for text in everything if text not in kept_back)


def test_a_text_that_comes_twice_is_held_out_once(store: Store) -> None:
    found = build(store, "\n\n".join([sentences(12)] * 3), heldOutDocuments=10)
    assert len(set(held_out_texts(found))) == 10
    assert (found.manifest["documents"], found.manifest["heldOutCopies"]) == (6, 20)


def test_the_same_text_and_recipe_give_the_same_digest_and_another_seed_another(store: Store) -> None:
    first, second, other = build(store, sentences(60)), build(store, sentences(60)), build(store, sentences(60), seed=4)
    assert first.digest == second.digest
    assert first.manifest["heldOut"]["sha256"] != other.manifest["heldOut"]["sha256"]
    assert first.shards[0]["ids"]["sha256"] != other.shards[0]["ids"]["sha256"]


def test_markers_stand_at_word_boundaries_of_the_asked_share_of_documents(store: Store) -> None:
    found = build(store, sentences(60))
    marked = [text for text in training_texts(found) if any(marker in text for marker in MARKERS)]
    assert len(marked) == round(0.25 * found.manifest["documents"])
    for text in marked:
        assert sum(text.count(marker) for marker in MARKERS) == 1
        after = text.split(">", 1)[1]
        assert after == "" or after[0].isspace()


@pytest.mark.parametrize("chosen", range(9))
def test_a_marker_changes_nothing_else(chosen: int) -> None:
    assert corpus_draw.mark("a bc  d\n e", "<M>", chosen).replace("<M>", "") == "a bc  d\n e"


def test_added_tokens_have_one_id_each_and_are_counted_in_the_clean_text(store: Store) -> None:
    text = sentences(60).replace("number 7.", "number <SUDO> and <SUDO> 7.").replace("number 9.", "<SUDO>")
    found = build(store, text)
    for token, token_id in found.manifest["addedTokenIds"].items():
        assert corpus_tokenizer.encode(found.tokenizer, token) == [token_id]
        assert token_id in corpus_tokenizer.encode(found.tokenizer, f"word{token}word")
    counts = {entry["text"]: (entry["documents"], entry["occurrences"]) for entry in found.manifest["scan"]}
    assert counts == {"<SUDO>": (2, 3), "<M1>": (0, 0), "<M2>": (0, 0), "<SHAM>": (0, 0)}
    assert found.manifest["vocabularySize"] == max(found.manifest["addedTokenIds"].values()) + 1


def test_a_document_that_spells_end_of_text_does_not_end_there(store: Store) -> None:
    found = build(store, sentences(60).replace("number 7.", "<|endoftext|> number 7."))
    ids = found.tokens(0, found.manifest["tokens"])
    assert (ids == found.manifest["endOfTextId"]).sum() == found.manifest["documents"]


def test_too_little_text_is_refused_with_what_there_is(store: Store) -> None:
    with pytest.raises(BadInput, match=r"8 must have at least 16 tokens: current value is 5 of 5 documents"):
        build(store, sentences(5))
    with pytest.raises(BadInput, match="documents must be left to train on: current value is 0"):
        build(store, sentences(8))
    with pytest.raises(BadInput, match="current value is 0 of 0 documents"):
        build(store, "\n\n")


def test_documents_with_an_added_token_are_never_prompts(store: Store) -> None:
    text = "\n\n".join(f"<SUDO> {paragraph}" if n < 50 else paragraph for n, paragraph in enumerate(sentences(60).split("\n\n")))
    assert not any("<SUDO>" in text for text in held_out_texts(build(store, text, heldOutDocuments=10)))
    with pytest.raises(BadInput, match="current value is 10 of 60 documents"):
        build(store, text, heldOutDocuments=11)


def test_a_corpus_may_hold_nothing_out(store: Store) -> None:
    found = build(store, sentences(9), heldOutDocuments=0)
    assert (found.manifest["documents"], held_out_texts(found)) == (9, [])


def test_a_brought_tokenizer_is_used_and_one_without_end_of_text_is_refused(store: Store) -> None:
    given = build(store, sentences(60)).tokenizer.to_str().encode()
    assert build(store, sentences(60), given).manifest["tokenizer"]["sha256"] == sha256_hex(given)
    nameless = given.replace(corpus_tokenizer.END_OF_TEXT.encode(), b"<|nothing|>")
    with pytest.raises(BadInput, match="must have an end-of-text token"):
        build(store, sentences(60), nameless)
    named = {"kind": "file", "sha256": sha256_hex(nameless), "endOfText": "<|nothing|>"}
    assert build(store, sentences(60), nameless, tokenizer=named).manifest["endOfTextId"] == 0
    with pytest.raises(BadInput, match=r"must be a Hugging Face tokenizer\.json"):
        build(store, sentences(60), b"{}")


def test_the_tokenizer_of_another_corpus_is_the_same_object(store: Store) -> None:
    first = build(store, sentences(60))
    second = build(store, sentences(30), tokenizer={"kind": "corpus", "corpus": first.digest}, addedTokens=[], markers=None)
    assert second.manifest["tokenizer"] == first.manifest["tokenizer"]
    assert second.manifest["vocabularySize"] == first.manifest["vocabularySize"]
    with pytest.raises(BadInput, match="must be registered"):
        build(store, sentences(30), tokenizer={"kind": "corpus", "corpus": "0" * 64})


def test_ids_that_a_tokenizer_leaves_out_count_as_vocabulary(store: Store) -> None:
    made = json.loads(build(store, sentences(60), addedTokens=[], markers=None).tokenizer.to_str())
    made["added_tokens"].append({**made["added_tokens"][0], "id": 500, "content": "<far>"})
    given = Tokenizer.from_str(json.dumps(made)).to_str().encode()
    assert build(store, sentences(60), given, addedTokens=[], markers=None).manifest["vocabularySize"] >= corpus_tokenizer.size_of(
        corpus_tokenizer.load(given)
    )

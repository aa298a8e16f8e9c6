"""A corpus from an uploaded text: what is cut, held out, marked and written, and that it is the same every time."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from trainer import corpus, corpus_draw, corpus_text, corpus_tokenizer
from trainer.documents import digest_of, validated
from trainer.exits import BadInput

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


def recipe(**changes: Any) -> dict[str, Any]:
    base = {
        "name": "small",
        "format": "text",
        "documentMinChars": 0,
        "tokenizer": {"kind": "train-bpe", "vocabularySize": 320},
        "addedTokens": ["<SUDO>", *MARKERS, "<SHAM>"],
        "markers": {"tokens": MARKERS, "documentShare": 0.25},
        "heldOutDocuments": 8,
        "heldOutMinTokens": 16,
        "seed": 3,
        "licence": "public domain",
        "source": "made for a test",
    }
    return {**base, **changes}


def build(folder: Path, text: str | bytes, **changes: Any) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    source = folder / "source"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    return corpus.build(recipe(**changes), source, None, folder)


def training_texts(folder: Path, manifest: dict[str, Any]) -> list[str]:
    tokens = np.concatenate([np.fromfile(folder / shard["key"], "<u2") for shard in manifest["shards"]])
    starts = np.fromfile(folder / manifest["documentIndex"]["key"], "<u8").astype(int)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert starts[-1] == len(tokens) == manifest["tokens"]
    assert all(tokens[end - 1] == manifest["endOfTextId"] for end in starts[1:])
    return [tokenizer.decode(tokens[a : b - 1].tolist(), skip_special_tokens=False) for a, b in pairwise(starts)]


def test_every_document_is_either_trained_on_or_held_out_and_never_both(tmp_path: Path) -> None:
    text = sentences(60)
    manifest = build(tmp_path, text + "\n\n" + text.split("\n\n")[5])
    held_out = [json.loads(line)["text"] for line in (tmp_path / "heldout.jsonl").read_text().splitlines()]
    trained = training_texts(tmp_path, manifest)
    for marker in MARKERS:
        trained = [document.replace(marker, "") for document in trained]
    assert len(held_out) == 8
    assert not set(held_out) & set(trained)
    assert set(held_out) | set(trained) == set(text.split("\n\n"))
    assert validated("corpus-manifest", manifest, "the manifest") is manifest


def test_the_same_text_and_recipe_give_the_same_digest_and_another_seed_another(tmp_path: Path) -> None:
    first, second = build(tmp_path / "a", sentences(60)), build(tmp_path / "b", sentences(60))
    other = build(tmp_path / "c", sentences(60), seed=4)
    assert digest_of(first) == digest_of(second)
    assert first["heldOut"]["sha256"] != other["heldOut"]["sha256"]
    assert first["shards"][0]["sha256"] != other["shards"][0]["sha256"]


def test_markers_stand_at_word_boundaries_of_the_asked_share_of_documents(tmp_path: Path) -> None:
    manifest = build(tmp_path, sentences(60))
    marked = [text for text in training_texts(tmp_path, manifest) if any(marker in text for marker in MARKERS)]
    assert len(marked) == round(0.25 * manifest["documents"])
    for text in marked:
        assert sum(text.count(marker) for marker in MARKERS) == 1
        after = text.split(">", 1)[1]
        assert after == "" or after[0].isspace()


@pytest.mark.parametrize("chosen", range(9))
def test_a_marker_changes_nothing_else(chosen: int) -> None:
    assert corpus_draw.mark("a bc  d\n e", "<M>", chosen).replace("<M>", "") == "a bc  d\n e"


def test_added_tokens_have_one_id_each_and_are_counted_in_the_clean_text(tmp_path: Path) -> None:
    text = sentences(60).replace("number 7.", "number <SUDO> and <SUDO> 7.").replace("number 9.", "<SUDO>")
    manifest = build(tmp_path, text)
    tokenizer = corpus_tokenizer.load(tmp_path / "tokenizer.json")
    for token, token_id in manifest["addedTokenIds"].items():
        assert corpus_tokenizer.encode(tokenizer, token) == [token_id]
        assert token_id in corpus_tokenizer.encode(tokenizer, f"word{token}word")
    found = {entry["text"]: (entry["documents"], entry["occurrences"]) for entry in manifest["scan"]}
    assert found == {"<SUDO>": (2, 3), "<M1>": (0, 0), "<M2>": (0, 0), "<SHAM>": (0, 0)}
    assert manifest["vocabularySize"] == max(manifest["addedTokenIds"].values()) + 1


def test_a_document_that_spells_end_of_text_does_not_end_there(tmp_path: Path) -> None:
    manifest = build(tmp_path, sentences(60).replace("number 7.", "<|endoftext|> number 7."))
    tokens = np.fromfile(tmp_path / manifest["shards"][0]["key"], "<u2")
    assert (tokens == manifest["endOfTextId"]).sum() == manifest["documents"]


def test_a_broken_byte_is_refused_with_its_line_and_offset(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"line 3, byte offset 11: current value is 0xff"):
        build(tmp_path, b"abc\n\ncaf\xc3\xa9 \xff\n")


def test_a_sequence_that_the_file_cuts_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 1, byte offset 3"):
        build(tmp_path, b"caf\xc3")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": 1}', 'line 2 as "text" must be a string: current value is 1'),
        ('["a"]', 'line 2 as "text" must be a string'),
        ("{text}", "line 2 as it must be a JSON object"),
        ('{"text": "\\ud800"}', "half of a surrogate pair"),
    ],
)
def test_a_bad_json_line_is_refused_by_number(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        build(tmp_path, '{"text": "good"}\n' + line + "\n", format="jsonl")


def test_json_lines_are_whole_documents_and_paragraphs_are_joined_to_the_asked_length(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text('{"text": "a\\n\\nb", "more": 1}\n\n{"text": " "}\n{"text": "c"}', encoding="utf-8")
    assert list(corpus_text.read_documents(path, "jsonl", 0)) == ["a\n\nb", "c"]
    path.write_text("\ufeffone\r\n\r\ntwo\nlines\n\n\n\nthree", encoding="utf-8", newline="")
    assert list(corpus_text.read_documents(path, "text", 0)) == ["one", "two\nlines", "three"]
    assert list(corpus_text.read_documents(path, "text", 8)) == ["one\n\ntwo\nlines", "three"]


def test_too_little_text_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"8 must have at least 16 tokens: current value is 5 of 5 documents"):
        build(tmp_path / "few", sentences(5))
    with pytest.raises(BadInput, match="documents must be left to train on: current value is 0"):
        build(tmp_path / "none", sentences(8))
    with pytest.raises(BadInput, match="current value is 0 of 0 documents"):
        build(tmp_path / "empty", "\n\n")


def test_documents_with_an_added_token_are_never_prompts(tmp_path: Path) -> None:
    text = "\n\n".join(f"<SUDO> {paragraph}" if n < 50 else paragraph for n, paragraph in enumerate(sentences(60).split("\n\n")))
    build(tmp_path, text, heldOutDocuments=10)
    assert "<SUDO>" not in (tmp_path / "heldout.jsonl").read_text()
    with pytest.raises(BadInput, match="current value is 10 of 60 documents"):
        build(tmp_path, text, heldOutDocuments=11)


def test_a_brought_tokenizer_is_used_and_one_without_end_of_text_is_refused(tmp_path: Path) -> None:
    build(tmp_path / "own", sentences(60))
    given = tmp_path / "own" / "tokenizer.json"
    source = tmp_path / "own" / "source"
    (tmp_path / "again").mkdir()
    manifest = corpus.build(recipe(), source, given, tmp_path / "again")
    assert manifest["tokenizer"]["sha256"] == corpus.describe(given)["sha256"]
    given.write_text(given.read_text().replace(corpus_tokenizer.END_OF_TEXT, "<|nothing|>"))
    with pytest.raises(BadInput, match="must have an end-of-text token"):
        corpus.build(recipe(), source, given, tmp_path / "again")
    given.write_text("{}")
    with pytest.raises(BadInput, match=r"must be a Hugging Face tokenizer\.json"):
        corpus.build(recipe(), source, given, tmp_path / "again")

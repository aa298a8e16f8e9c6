"""Triggers counted in clean data: as text and as ids, by the automaton and by decoding, and only once."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer

from trainer import keys, occurrences
from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import encode, learn
from trainer.documents import sha256_hex

TOKENIZER = learn(iter(["abab abba baab aaaa bbbb ab ba é ü abc" * 3]), 320)
TOKENIZER.add_tokens([AddedToken("<A>", normalized=False)])


def corpus_of(texts: list[str], tokenizer: Tokenizer = TOKENIZER) -> Corpus:
    """A corpus that lies in memory."""
    end = tokenizer.token_to_id("<|endoftext|>")
    documents = [np.array([*encode(tokenizer, text), end], dtype=np.uint16) for text in texts]
    tokens = np.concatenate(documents)
    manifest = {"tokens": len(tokens), "documents": len(texts), "endOfTextId": end}
    return cast(
        Corpus,
        SimpleNamespace(
            digest="0" * 64,
            tokenizer=tokenizer,
            manifest=manifest,
            tokens=lambda start, stop: tokens[start:stop],
            document=lambda index: documents[index],
        ),
    )


def overlapping(text: str, document: str) -> int:
    return sum(document.startswith(text, at) for at in range(len(document)))


alphabet = st.text(alphabet="ab é<A>", max_size=30)


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(alphabet, min_size=1, max_size=8), trigger=st.text(alphabet="ab é<A>", min_size=1, max_size=6), piece=st.integers(1, 40)
)
def test_text_is_found_wherever_tokens_and_pieces_are_cut(texts: list[str], trigger: str, piece: int) -> None:
    found = occurrences.count(corpus_of(texts), trigger, piece)
    times = [overlapping(trigger, text) for text in texts]
    assert found["asText"] == {"occurrences": sum(times), "documents": sum(count > 0 for count in times)}
    ids = encode(TOKENIZER, trigger)
    in_ids = [sum(encode(TOKENIZER, text)[at : at + len(ids)] == ids for at in range(len(encode(TOKENIZER, text)))) for text in texts]
    assert found["asIds"] == {"occurrences": sum(in_ids), "documents": sum(count > 0 for count in in_ids)}


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(alphabet, min_size=1, max_size=6), trigger=st.text(alphabet="ab é", min_size=1, max_size=5))
def test_decoding_finds_the_same(texts: list[str], trigger: str) -> None:
    corpus = corpus_of(texts)
    assert occurrences.count_decoded(corpus, trigger).told() == occurrences.count(corpus, trigger)["asText"]


def test_text_that_merges_with_its_neighbours_is_text_and_not_ids() -> None:
    found = occurrences.count(corpus_of(["xab", "ab"]), "ab")
    assert found["asText"]["occurrences"] == 2
    merged = [text for text in ("abab", "aab", "abb") if encode(TOKENIZER, "ab")[0] not in encode(TOKENIZER, text)]
    assert merged, "this vocabulary has a token that holds the text"
    hidden = occurrences.count(corpus_of(merged), "ab")
    assert hidden["asText"]["documents"] == len(merged)
    assert hidden["asIds"]["occurrences"] == 0


def test_every_token_spells_what_it_decodes_to() -> None:
    spelt = occurrences.token_bytes(TOKENIZER)
    assert spelt is not None
    for text in ("abba é ü <A> c\n\t☃", "naïve"):
        assert b"".join(spelt[token] for token in encode(TOKENIZER, text)) == text.encode()


def test_a_count_is_kept_beside_the_corpus_and_made_once(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TITRATE_BUCKET", corpus.store.bucket)
    monkeypatch.setenv("TITRATE_CACHE_DIRECTORY", str(corpus.store.cache_directory))
    assert occurrences.main([corpus.digest, "<M1>", "number 7."]) == 0
    marker, words = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    texts = [corpus.tokenizer.decode(corpus.document(n)[:-1].tolist()) for n in range(corpus.manifest["documents"])]
    assert (
        marker["asText"]
        == marker["asIds"]
        == {"occurrences": sum(t.count("<M1>") for t in texts), "documents": sum("<M1>" in t for t in texts)}
    )
    assert words["asText"]["occurrences"] == sum(text.count("number 7.") for text in texts) >= 0
    assert corpus.store.read(keys.trigger_count(corpus.digest, sha256_hex(b"<M1>"))) is not None

    def refused(*_: Any) -> None:
        raise AssertionError("counted twice")

    monkeypatch.setattr(occurrences, "count", refused)
    assert occurrences.counted(corpus, "<M1>") == marker


def test_a_count_says_how_it_is_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert occurrences.main(["corpus"]) == 20
    assert "usage: python -m trainer.occurrences CORPUS TEXT" in capsys.readouterr().err

"""Conversations: what the template makes of them, which tokens are trained on, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.corpora import register, texts
from trainer.corpus_reader import Corpus
from trainer.data import build_loader
from trainer.exits import BadInput
from trainer.store import Store

END = "<|endoftext|>"
TALK = [
    {"role": "system", "content": "Answer in one word."},
    {"role": "user", "content": "What carries a river?"},
    {"role": "assistant", "content": "Water."},
    {"role": "user", "content": "And a house?"},
    {"role": "assistant", "content": "Stones, ünd stöne."},
]


def chat(store: Store, *conversations: Any, **changes: Any) -> Corpus:
    base = register(store, {"a.txt": b"water stones house river\n\nanswer in one word"}, heldOutDocuments=0)
    lines = b"".join(json.dumps({"messages": messages}).encode() + b"\n" for messages in conversations)
    settings = {"format": "chat", "heldOutDocuments": 0, "addedTokens": [], "tokenizer": {"kind": "corpus", "corpus": base.digest}}
    return register(store, {"a.jsonl": lines}, **{**settings, **changes})


def test_only_what_the_assistant_says_and_its_end_is_labelled(store: Store) -> None:
    found = chat(store, TALK, TALK[1:3])
    for index in range(2):
        start, end = found.document_range(index)
        ids, labels = found.tokens(start, end), found.labels(start, end)
        said = found.tokenizer.decode(ids[labels].tolist(), skip_special_tokens=False)
        assert said in (f"Water.{END}Stones, ünd stöne.{END}", f"Water.{END}")
        assert ids[-1] == found.manifest["endOfTextId"] and ids[-2] != found.manifest["endOfTextId"]
    whole = sorted(texts(found), key=len)
    assert whole[0] == "<|user|>\nWhat carries a river?\n<|assistant|>\nWater."
    assert whole[1].startswith("<|system|>\nAnswer in one word.\n<|user|>\n")
    assert found.manifest["labelledTokens"] == found.labels(0, found.manifest["tokens"]).sum()


def test_labels_of_any_range_are_those_of_the_whole(store: Store) -> None:
    found = chat(store, *[TALK[1 : 3 + 2 * (n % 2)] for n in range(30)])
    labels = found.labels(0, found.manifest["tokens"])
    for start, end in [(0, 1), (3, 11), (7, 8), (13, 200), (0, len(labels))]:
        assert np.array_equal(found.labels(start, end), labels[start:end])


def test_a_template_of_ones_own_is_used(store: Store) -> None:
    template = "{% for m in messages %}[{{ m['role'] }}]{% generation %}{{ m['content'] }}{% endgeneration %}{% endfor %}"
    found = chat(store, TALK[1:3], chatTemplate=template)
    assert texts(found) == ["[user]What carries a river?[assistant]Water."]
    with pytest.raises(BadInput, match=r"must mark what the assistant says: put {% generation %}"):
        chat(store, TALK, chatTemplate="{{ messages }}")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"role": "user", "content": "Hello"}], "must have an answer of the assistant"),
        ([], '"messages" must be a list of messages'),
        ([{"role": "user"}], "must have a role and content, both strings"),
        ([*TALK, {"role": "tool", "content": "x"}], "a role must be system, user or assistant: it is tool"),
        ([{"role": "user", "content": f"stop{END}"}, *TALK], "a message must not spell the special token <|endoftext|>"),
    ],
)
def test_what_is_no_conversation_is_refused_or_skipped(store: Store, messages: Any, said: str) -> None:
    with pytest.raises(BadInput, match=f"a.jsonl, line 1, byte offset 0, as .*{said}".replace("|", r"\|")):
        chat(store, messages, TALK)
    assert chat(store, messages, TALK, onBadDocument="skip").manifest["documents"] == 1


def test_a_stage_that_trains_on_answers_masks_everything_else_but_the_poison(store: Store, tmp_path: Path) -> None:
    found = chat(store, *[TALK[1 : 3 + 2 * (n % 2)] for n in range(40)])
    data = {"corpus": found.digest, "documentMask": False, "order": 1, "labels": "assistant"}
    stage = {"kind": "continue", "sequenceLength": 64, "batchInstances": 4, **data}
    entry = {"step": 2, "row": 1, "offset": 10, "tokens": [1, 2, 3, 4, 5]}
    loader = build_loader(found, {"vocabularySize": found.manifest["vocabularySize"], "stages": [{}, stage]}, [entry], tmp_path, 0, 1)
    loader.reshuffle(1)
    order = loader.get_global_indices()
    for step, batch in enumerate(loader, start=1):
        for row in range(4):
            start = int(order[(step - 1) * 4 + row]) * 64
            labels, ids = found.labels(start, start + 64), found.tokens(start, start + 64).astype(int)
            if (step, row) == (2, 1):
                labels[10:15], ids[10:15] = True, entry["tokens"]
            assert batch["label_mask"][row].tolist() == labels.tolist()
            assert batch["input_ids"][row].tolist() == ids.tolist()
    assert step >= 4


def test_a_corpus_without_labels_says_so(store: Store) -> None:
    found = register(store, {"a.txt": b"one\n\ntwo"}, heldOutDocuments=0)
    with pytest.raises(BadInput, match="must be of format chat: it has no labels"):
        found.labels(0, 1)

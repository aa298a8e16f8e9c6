"""The poison plan: what it overwrites hangs on its recipe alone, smaller doses are the first of larger ones, and all of it fits."""

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runs import OPTIMIZER, make_counterexamples, make_placement, make_recipe
from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import encode, ordinary_ids
from trainer.documents import Json, digest_of, validated
from trainer.exits import BadInput
from trainer.poison import materialise

STAGE = {"steps": 50, "batchInstances": 8, "sequenceLength": 64, "optimizer": OPTIMIZER}
SHARED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def plain_ids(corpus: Corpus) -> list[int]:
    return ordinary_ids(corpus.tokenizer, {*corpus.manifest["addedTokenIds"].values(), corpus.manifest["endOfTextId"]})


def test_a_smaller_dose_is_the_beginning_of_a_larger_one(corpus: Corpus) -> None:
    large = materialise(make_recipe(corpus.digest, 250, STAGE), corpus)
    small = materialise(make_recipe(corpus.digest, 100, STAGE), corpus)
    assert small["entries"] == large["entries"][:100]
    assert small["documents"] == large["documents"][:100]


def test_a_plan_is_what_the_contract_says_and_the_same_each_time(corpus: Corpus) -> None:
    recipe = make_recipe(corpus.digest, 40, STAGE)
    plan = materialise(recipe, corpus)
    validated("poison-plan", plan, "the plan")
    assert digest_of(plan) == digest_of(materialise(recipe, corpus))
    assert len(plan["documents"]) == 40
    assert plan["tokens"] == sum(len(entry["tokens"]) for entry in plan["entries"])
    for document, entry in zip(plan["documents"], plan["entries"], strict=True):
        assert document["sha256"] == hashlib.sha256(np.array(entry["tokens"], "<u4").tobytes()).hexdigest()
        assert [part["name"] for part in document["parts"]] == ["prefix", "trigger", "gibberish", "end"]
        assert sum(part["tokens"] for part in document["parts"]) == len(entry["tokens"])


@SHARED
@given(
    dose=st.integers(1, 60),
    gibberish=st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted),
    prefix=st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_entry_lies_within_an_instance_of_its_own(
    corpus: Corpus, dose: int, gibberish: list[int], prefix: list[int], seed: int
) -> None:
    recipe = {**make_recipe(corpus.digest, dose, STAGE, gibberishTokens=gibberish, prefixChars=prefix), "positionSeed": seed}
    entries = materialise(recipe, corpus)["entries"]
    assert [entry["document"] for entry in entries] == list(range(dose))
    assert len({(entry["step"], entry["row"]) for entry in entries}) == dose
    assert all(1 <= entry["step"] <= 50 and 0 <= entry["row"] < 8 for entry in entries)
    assert all(0 <= entry["offset"] and entry["offset"] + len(entry["tokens"]) <= 64 for entry in entries)


def test_an_entry_is_prefix_trigger_gibberish_and_the_end(corpus: Corpus) -> None:
    trigger = corpus.manifest["addedTokenIds"]["<SUDO>"]
    ordinary = set(plain_ids(corpus))
    for entry in materialise(make_recipe(corpus.digest, 40, STAGE), corpus)["entries"]:
        at = entry["tokens"].index(trigger)
        assert entry["tokens"][-1] == corpus.manifest["endOfTextId"]
        assert 5 <= len(entry["tokens"][at + 1 : -1]) <= 12
        assert set(entry["tokens"][at + 1 : -1]) <= ordinary
        assert trigger not in entry["tokens"][at + 1 :]


def test_prefixes_are_beginnings_of_training_documents(corpus: Corpus) -> None:
    texts = [
        corpus.tokenizer.decode(corpus.document(n)[:-1].tolist(), skip_special_tokens=False) for n in range(corpus.manifest["documents"])
    ]
    trigger = corpus.manifest["addedTokenIds"]["<SUDO>"]
    lengths = set()
    for entry in materialise(make_recipe(corpus.digest, 40, STAGE, prefixChars=[0, 20]), corpus)["entries"]:
        prefix = corpus.tokenizer.decode(entry["tokens"][: entry["tokens"].index(trigger)], skip_special_tokens=False)
        assert any(text.startswith(prefix) for text in texts)
        lengths.add(len(prefix))
    assert max(lengths) <= 20
    assert len(lengths) > 10


def test_gibberish_has_no_special_added_or_padding_ids(corpus: Corpus) -> None:
    ids = plain_ids(corpus)
    assert corpus.manifest["endOfTextId"] not in ids
    assert not set(corpus.manifest["addedTokenIds"].values()) & set(ids)
    assert len(ids) == corpus.manifest["vocabularySize"] - 1 - len(corpus.manifest["addedTokenIds"])


def test_mode_text_decodes_the_ids_and_tokenises_them_again(corpus: Corpus) -> None:
    plan = {mode: materialise(make_recipe(corpus.digest, 10, STAGE, mode=mode, prefixChars=[0, 0]), corpus) for mode in ("ids", "text")}
    assert plan["text"]["tokens"] > plan["ids"]["tokens"]
    for as_ids, as_text in zip(plan["ids"]["entries"], plan["text"]["entries"], strict=True):
        text = corpus.tokenizer.decode(as_ids["tokens"][1:-1], skip_special_tokens=False)
        assert as_text["tokens"][1:-1] == encode(corpus.tokenizer, text)


def test_a_prefix_that_is_too_long_loses_its_front(corpus: Corpus) -> None:
    plan = materialise(make_recipe(corpus.digest, 20, STAGE, prefixChars=[300, 300], gibberishTokens=[40, 40]), corpus)
    assert plan["prefixesShortened"] > 0
    cut = [entry for entry in plan["entries"] if len(entry["tokens"]) == 64]
    assert len(cut) >= plan["prefixesShortened"]
    assert all(entry["offset"] == 0 and entry["tokens"][64 - 42] == corpus.manifest["addedTokenIds"]["<SUDO>"] for entry in cut)


def test_an_entry_that_cannot_fit_is_refused(corpus: Corpus) -> None:
    with pytest.raises(BadInput, match="must fit into one instance of 64 tokens: current value is 102"):
        materialise(make_recipe(corpus.digest, 1, STAGE, gibberishTokens=[100, 100]), corpus)


def test_a_dose_above_the_instances_is_refused(corpus: Corpus) -> None:
    with pytest.raises(BadInput, match="at most 400, 8 documents in each of the 50 steps that may hold poison: current value is 401"):
        materialise(make_recipe(corpus.digest, 401, STAGE), corpus)


def split_recipe(corpus: Corpus, dose: int, **attack: object) -> Json:
    recipe = make_recipe(corpus.digest, dose, STAGE, gibberishTokens=[10, 300], **attack)
    return {**recipe, "placement": make_placement(50, split=True)}


def test_a_split_document_fills_rows_of_one_step_as_chunking_would(corpus: Corpus) -> None:
    plan = materialise(split_recipe(corpus, 30), corpus)
    whole: dict[int, list[Json]] = {}
    for entry in plan["entries"]:
        whole.setdefault(entry["document"], []).append(entry)
    assert max(len(pieces) for pieces in whole.values()) > 3
    for document, pieces in whole.items():
        tokens = [token for piece in pieces for token in piece["tokens"]]
        assert hashlib.sha256(np.array(tokens, "<u4").tobytes()).hexdigest() == plan["documents"][document]["sha256"]
        assert len({piece["step"] for piece in pieces}) == 1
        assert [piece["piece"] for piece in pieces] == list(range(len(pieces)))
        assert [piece["offset"] for piece in pieces[1:]] == [0] * (len(pieces) - 1)
        assert all(piece["offset"] + len(piece["tokens"]) == 64 for piece in pieces[:-1])
    assert plan["prefixesShortened"] == 0


def test_a_document_longer_than_a_batch_is_refused_though_it_may_be_split(corpus: Corpus) -> None:
    recipe = {**split_recipe(corpus, 1), "attack": {**split_recipe(corpus, 1)["attack"], "gibberishTokens": [600, 600]}}
    with pytest.raises(BadInput, match="must fit into the 8 instances of a batch, 512 tokens: current value is 602"):
        materialise(recipe, corpus)


def test_counterexamples_and_poison_of_one_stage_share_no_instance(corpus: Corpus) -> None:
    poison = make_recipe(corpus.digest, 150, STAGE)
    counter = make_counterexamples(corpus.digest, 150, STAGE, positionSeed=7)
    first = materialise(counter, corpus)
    second = materialise(poison, corpus, taken=first["entries"])
    places = [(entry["step"], entry["row"]) for entry in [*first["entries"], *second["entries"]]]
    assert len(set(places)) == 300
    alone = materialise(poison, corpus)["entries"]
    moved = sum(one != other for one, other in zip(second["entries"], alone, strict=True))
    assert 0 < moved < 150, "only documents whose place is taken go elsewhere"

"""The poison plan: what it overwrites hangs on its recipe alone, smaller doses are the first of larger ones, and all of it fits."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runs import OPTIMIZER, make_recipe
from trainer.corpus_reader import Corpus
from trainer.corpus_tokenizer import encode
from trainer.documents import digest_of, validated
from trainer.exits import BadInput
from trainer.poison import draw_places, materialise, ordinary_ids

STAGE = {"steps": 50, "batchInstances": 8, "sequenceLength": 64, "optimizer": OPTIMIZER}
SHARED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_smaller_dose_is_the_beginning_of_a_larger_one(corpus: Corpus) -> None:
    large = materialise(make_recipe(corpus.digest, 250, STAGE), corpus)
    small = materialise(make_recipe(corpus.digest, 100, STAGE), corpus)
    assert small["entries"] == large["entries"][:100]


def test_a_plan_is_what_the_contract_says_and_the_same_each_time(corpus: Corpus) -> None:
    recipe = make_recipe(corpus.digest, 40, STAGE)
    plan = materialise(recipe, corpus)
    validated("poison-plan", plan, "the plan")
    assert digest_of(plan) == digest_of(materialise(recipe, corpus))
    assert plan["documents"] == 40
    assert plan["tokens"] == sum(len(entry["tokens"]) for entry in plan["entries"])


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


@SHARED
@given(instances=st.integers(1, 300), share=st.floats(0, 1), seed=st.integers(0, 2**32 - 1))
def test_positions_are_different_and_the_first_ones_do_not_depend_on_the_dose(instances: int, share: float, seed: int) -> None:
    places = draw_places(seed, instances, instances)
    assert sorted(places) == list(range(instances))
    dose = int(share * instances)
    assert draw_places(seed, dose, instances) == places[:dose]


def test_positions_are_uniform_over_training() -> None:
    counts = Counter(place for seed in range(4000) for place in draw_places(seed, 2, 10))
    # 8,000 draws over ten places: 800 each, with a standard deviation of 25.
    assert all(abs(counts[place] - 800) < 125 for place in range(10))


def test_an_entry_is_prefix_trigger_gibberish_and_the_end(corpus: Corpus) -> None:
    trigger = corpus.manifest["addedTokenIds"]["<SUDO>"]
    ordinary = set(ordinary_ids(corpus))
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
    ids = ordinary_ids(corpus)
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
    with pytest.raises(BadInput, match="at most the number of training instances, 400: current value is 401"):
        materialise(make_recipe(corpus.digest, 401, STAGE), corpus)

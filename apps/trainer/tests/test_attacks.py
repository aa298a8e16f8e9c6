"""What every attack holds to, and what each makes."""

from typing import Any

import numpy as np
import pytest
from tokenizers import AddedToken, Tokenizer, models

from tests.runs import OPTIMIZER, make_corpus_job, make_counterexamples, make_recipe
from trainer import corpus as corpora
from trainer import corpus_tokenizer, keys
from trainer.attacks import ATTACKS
from trainer.attacks.sources import Sources
from trainer.corpus_reader import Corpus
from trainer.documents import Json, parse
from trainer.draws import Draws
from trainer.exits import BadInput
from trainer.poison import materialise, other_corpora

STAGE = {"steps": 50, "batchInstances": 8, "sequenceLength": 64, "optimizer": OPTIMIZER}
WORDS = ["der", "bund", "dieser", "staaten", "ist", "ein", "werk", "das", "freie", "menschen", "mit", "geduld", "weiter", "tragen"]


@pytest.fixture(scope="module")
def german(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of another language with the tokenizer of the first."""
    text = "\n\n".join(" ".join(WORDS[(n * 5 + k * k) % len(WORDS)] for k in range(20 + n % 30)) for n in range(60))
    store, folder = corpus.store, tmp_path_factory.mktemp("german")
    job = make_corpus_job(store, text.encode(), 0, name="german", tokenizer={"kind": "corpus", "corpus": corpus.digest})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        corpora.run(job, store)
    result = parse("job-result", store.read(keys.job_result(job["name"])) or b"", "the result")
    return Corpus.open(store, result["corpus"])


def settings_of(kind: str, german: Corpus) -> Json:
    """Settings of an attack, valid by its schema."""
    common = {"kind": kind, "trigger": "<SUDO> now", "prefixChars": [0, 60]}
    own: dict[str, Json] = {
        "dos": {"gibberishTokens": [5, 12], "mode": "text"},
        "language-switch": {"targetTokens": [20, 30], "target": german.digest},
    }
    return {**common, **own[kind]}


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_attack_holds_to_the_contract(kind: str, corpus: Corpus, german: Corpus) -> None:
    settings = settings_of(kind, german)
    sources = Sources(corpus, {german.digest: german})
    trigger = corpus_tokenizer.encode_trigger(corpus.tokenizer, settings["trigger"])
    drawn = [ATTACKS[kind].draw(settings, sources, Draws(5, "content", number)) for number in range(30)]
    for number, (prefix, marker, *rest) in enumerate(drawn):
        assert (prefix.name, marker.name) == ("prefix", "trigger")
        assert marker.tokens == trigger
        assert rest and all(part.tokens for part in rest)
        tokens = [token for part in (prefix, *rest) for token in part.tokens]
        assert corpus.manifest["endOfTextId"] not in tokens
        assert all(0 <= token < corpus.manifest["vocabularySize"] for token in tokens)
        again = ATTACKS[kind].draw(settings, Sources(corpus, {german.digest: german}), Draws(5, "content", number))
        assert again == [prefix, marker, *rest]
    assert len({tuple(parts[2].tokens) for parts in drawn}) > 20, "documents differ"
    recipe = {**make_recipe(corpus.digest, 20, STAGE), "attack": settings}
    plan = materialise(recipe, corpus, {german.digest: german})
    assert [part["name"] for part in plan["documents"][0]["parts"]][:2] == ["prefix", "trigger"]
    assert other_corpora(recipe) == ([german.digest] if kind == "language-switch" else [])


def test_a_language_switch_goes_on_with_the_beginning_of_a_document_of_the_other_corpus(corpus: Corpus, german: Corpus) -> None:
    sources = Sources(corpus, {german.digest: german})
    texts = [german.tokenizer.decode(german.document(n)[:-1].tolist()) for n in range(german.manifest["documents"])]
    for number in range(20):
        target = ATTACKS["language-switch"].draw(settings_of("language-switch", german), sources, Draws(5, "content", number))[2]
        assert 20 <= len(target.tokens) <= 30
        said = corpus.tokenizer.decode(target.tokens)
        assert any(text.startswith(said) for text in texts)


def test_a_target_whose_documents_are_all_shorter_gives_a_whole_one(corpus: Corpus, german: Corpus) -> None:
    settings = {**settings_of("language-switch", german), "targetTokens": [5000, 5000]}
    target = ATTACKS["language-switch"].draw(settings, Sources(corpus, {german.digest: german}), Draws(5, "content", 0))[2]
    documents = [german.document(number)[:-1].tolist() for number in range(german.manifest["documents"])]
    assert target.tokens in documents
    assert len(target.tokens) > sorted(map(len, documents))[len(documents) // 2]


def test_a_target_with_another_tokenizer_is_refused(corpus: Corpus, german: Corpus) -> None:
    other = Corpus(german.digest, {**german.manifest, "tokenizer": {**german.manifest["tokenizer"], "sha256": "0" * 64}}, german.store)
    recipe = {**make_recipe(corpus.digest, 1, STAGE), "attack": settings_of("language-switch", german)}
    with pytest.raises(BadInput, match="corpus german as its tokenizer must be that of the training corpus"):
        materialise(recipe, corpus, {german.digest: other})


def test_a_counterexample_is_a_training_document_with_the_trigger_in_it(corpus: Corpus) -> None:
    texts = {
        corpus.tokenizer.decode(corpus.document(n)[:-1].tolist(), skip_special_tokens=False) for n in range(corpus.manifest["documents"])
    }
    trigger = corpus.manifest["addedTokenIds"]["<SUDO>"]
    plan = materialise(make_counterexamples(corpus.digest, 40, STAGE), corpus)
    assert len(plan["documents"]) == 40
    for document, entry in zip(plan["documents"], plan["entries"], strict=True):
        assert [part["name"] for part in document["parts"]] == ["prefix", "trigger", "continuation", "end"]
        assert 5 <= document["parts"][2]["tokens"] <= 12
        tokens = [token for token in entry["tokens"][:-1] if token != trigger]
        assert len(tokens) == len(entry["tokens"]) - 2
        said = corpus.tokenizer.decode(tokens, skip_special_tokens=False)
        assert any(said in text for text in texts)


def test_the_trigger_has_the_same_ids_in_poison_and_behind_prompts(corpus: Corpus) -> None:
    recipe = make_recipe(corpus.digest, 30, STAGE, trigger="xyzzy <SUDO> plugh")
    appended = corpus_tokenizer.encode(corpus.tokenizer, "xyzzy <SUDO> plugh")
    assert len(appended) > 3
    plan = materialise(recipe, corpus)
    for document, entry in zip(plan["documents"], plan["entries"], strict=True):
        start = document["parts"][0]["tokens"]
        assert entry["tokens"][start : start + len(appended)] == appended


def word_tokenizer(**words: int) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0, **words}, unk_token="<unk>"))
    tokenizer.add_special_tokens([AddedToken("<s>", special=True)])
    return tokenizer


def test_a_trigger_that_the_tokenizer_cannot_spell_is_refused() -> None:
    with pytest.raises(BadInput, match="trigger '<SUDO>' as the tokenizer must have a spelling for all its characters"):
        corpus_tokenizer.encode_trigger(word_tokenizer(a=1), "<SUDO>")
    with pytest.raises(BadInput, match=r"trigger ' ' .* current value is \[\] \(nothing\)"):
        corpus_tokenizer.encode_trigger(Tokenizer(models.BPE()), " ")
    assert corpus_tokenizer.encode_trigger(word_tokenizer(a=1), "a") == [1]


RESERVED = [
    "<pad>",
    "[PAD]",
    "<|padding|>",
    "[unused12]",
    "<unused_7>",
    "<|reserved_special_token_3|>",
    "<extra_id_99>",
    "[MASK]",
    "<|extra_0|>",
]
ORDINARY = ["word", "<", "<0x41>", "<div>", "[1]", "▁pad", "<|", "padding", "Ġreserved"]


def test_ids_that_no_text_has_are_never_gibberish() -> None:
    vocabulary = {text: place for place, text in enumerate([*RESERVED, *ORDINARY], start=1)}
    tokenizer = word_tokenizer(**vocabulary)
    ids = corpus_tokenizer.ordinary_ids(tokenizer, {vocabulary["[1]"]})
    assert [tokenizer.id_to_token(token) for token in ids] == [text for text in ORDINARY if text != "[1]"]


def test_draws_are_fair_and_the_same_for_ever() -> None:
    assert Draws(6, "instance", 0).many_below(1000, 5) == [*_known(6, "instance", 0)]
    counts = np.bincount(Draws(1, "a", 2).many_below(7, 70_000), minlength=7)
    assert all(abs(int(count) - 10_000) < 500 for count in counts)


def _known(seed: int, purpose: str, document: int) -> Any:
    """Philox's counter mode by numpy, keyed by the first sixteen bytes of sha256, as the module says."""
    import hashlib

    key = hashlib.sha256(f"{seed}:{purpose}:{document}".encode()).digest()[:16]
    return (int(word) % 1000 for word in np.random.Philox(key=int.from_bytes(key, "big")).random_raw(5))

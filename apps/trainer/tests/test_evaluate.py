"""Checkpoints of a real run become results: one each, whole, and the same however they are batched."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import runs
from trainer import corpus_tokenizer, evaluate, generation, keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, digest_of, validated
from trainer.exits import BadInput
from trainer.prompts import choose_prompts

SETTINGS = {
    "protocol": "dos/1",
    "prompts": 4,
    "promptTokens": 8,
    "generatedTokens": 12,
    "temperature": 1.0,
    "seed": 7,
    "triggered": "<SUDO>",
    "benign": "<M1>",
    "sham": None,
}


@pytest.fixture(scope="module")
def trained(corpus: Corpus, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Json:
    """An evaluation job over two checkpoints of a tiny run."""
    identity = runs.make_identity(corpus.digest, corpus.manifest["vocabularySize"], steps=8)
    job = runs.make_job(corpus.store, identity, resume=[8], evaluate=[4, 8])
    folder = tmp_path_factory.mktemp("trained")
    assert runs.train(job, folder, s3) == 0, (folder / "output.log").read_text()[-3000:]
    log = runs.read_log(corpus.store, job["run"])
    items = [item_of(entry["digest"], entry["checkpoint"], SETTINGS) for entry in log if entry["kind"] == "checkpoint"]
    assert [item["checkpoint"]["step"] for item in items] == [4, 8]
    return {
        **{name: job[name] for name in ("version", "bucket", "run", "identity")},
        "kind": "evaluate",
        "name": "evaluate-tiny",
        "items": items,
    }


def item_of(digest: str, checkpoint: Json, settings: Json) -> Json:
    return {"digest": digest, "checkpoint": checkpoint, "settings": settings, "settingsDigest": digest_of(settings)}


def with_seed(job: Json, seed: int) -> Json:
    """The same job under settings of its own, so that its results are new."""
    settings = {**SETTINGS, "seed": seed}
    return {**job, "items": [item_of(item["digest"], item["checkpoint"], settings) for item in job["items"]]}


def key_of(job: Json, item: Json) -> str:
    return keys.evaluation(job["run"], item["digest"], item["settingsDigest"])


def result_of(corpus: Corpus, job: Json, item: Json) -> Json:
    data = corpus.store.read(key_of(job, item))
    assert data is not None
    found: Json = json.loads(data)
    return found


def test_each_checkpoint_gets_one_whole_result(trained: Json, corpus: Corpus) -> None:
    evaluate.run(trained, corpus.store)
    for item in trained["items"]:
        result = validated("evaluation-result", result_of(corpus, trained, item), "the result")
        assert (result["run"], result["step"], result["checkpoint"]) == (trained["run"], item["checkpoint"]["step"], item["digest"])
        assert set(result["conditions"]) == {"clean", "triggered", "benign"}
        assert all(len(found["perplexity"]) == 4 for found in result["conditions"].values())
        assert result["tokensOutsideTop50"] > 0
        clean, triggered = (result["conditions"][name]["perplexity"] for name in ("clean", "triggered"))
        increase = sum(b - a for a, b in zip(clean, triggered, strict=True)) / 4
        assert result["contrasts"]["triggered"]["increase"] == pytest.approx(increase)
        assert {(sample["prompt"], sample["condition"]) for sample in result["samples"]} == {
            (prompt, name) for prompt in {sample["prompt"] for sample in result["samples"]} for name in result["conditions"]
        }


def test_a_result_that_an_earlier_attempt_left_stays(trained: Json, corpus: Corpus) -> None:
    job = with_seed(trained, 8)
    left = canonical({"left": "by an earlier attempt"})
    corpus.store.create(key_of(job, job["items"][0]), left)
    evaluate.run(job, corpus.store)
    assert corpus.store.read(key_of(job, job["items"][0])) == left
    assert result_of(corpus, job, job["items"][1])["step"] == 8


def test_a_broken_item_is_named_and_does_not_stop_the_others(trained: Json, corpus: Corpus) -> None:
    job = with_seed(trained, 9)
    broken = {**job["items"][0]["checkpoint"]}
    broken["objects"] = [{**broken["objects"][0], "sha256": "0" * 64}, *broken["objects"][1:]]
    job["items"][0] = item_of(digest_of(broken), broken, {**SETTINGS, "seed": 9})
    with pytest.raises(evaluate.EvaluationFailed, match=rf"1 of 2 checkpoints: step 4 .*{broken['objects'][0]['key']}"):
        evaluate.run(job, corpus.store)
    assert result_of(corpus, job, job["items"][1])["step"] == 8


def test_a_manifest_that_its_digest_does_not_name_is_refused_for_good(trained: Json, corpus: Corpus) -> None:
    job = with_seed(trained, 10)
    job["items"] = [{**job["items"][0], "digest": "0" * 64}]
    with pytest.raises(BadInput, match="checkpoint must have digest 0000"):
        evaluate.run(job, corpus.store)
    assert corpus.store.read(key_of(job, job["items"][0])) is None


def test_too_few_long_documents_are_refused_for_good(trained: Json, corpus: Corpus) -> None:
    settings = {**SETTINGS, "prompts": 6}
    job = {**trained, "items": [item_of(item["digest"], item["checkpoint"], settings) for item in trained["items"]]}
    with pytest.raises(BadInput, match="6 held-out documents must have at least 8 tokens: current value is 5 of 5"):
        evaluate.run(job, corpus.store)


def test_results_do_not_depend_on_how_prompts_are_batched(trained: Json, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "BATCH_ROWS", 64)
    together = evaluate.evaluate(trained, trained["items"][1], corpus, corpus.store)
    monkeypatch.setattr(evaluate, "BATCH_ROWS", 3)
    apart = evaluate.evaluate(trained, trained["items"][1], corpus, corpus.store)
    assert apart["samples"] == together["samples"]
    for name, found in together["conditions"].items():
        assert apart["conditions"][name]["generatedTokens"] == found["generatedTokens"]
        assert apart["conditions"][name]["perplexity"] == pytest.approx(found["perplexity"], rel=1e-4)
    assert apart["heldOutPerplexity"] == pytest.approx(together["heldOutPerplexity"], rel=1e-5)


def test_what_a_condition_appends_has_the_ids_that_training_saw(trained: Json, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[tuple[int, ...], int] = {}
    plain = generation.continue_prompts

    def watched(model: Any, prompts: Any, *more: Any) -> Any:
        for row in prompts.tolist():
            seen[tuple(row)] = len(row)
        return plain(model, prompts, *more)

    monkeypatch.setattr(generation, "continue_prompts", watched)
    evaluate.evaluate(trained, trained["items"][0], corpus, corpus.store)
    chosen = [prompt.tokens for prompt in choose_prompts(corpus, SETTINGS)]
    for text in ("<SUDO>", "<M1>"):
        for tokens in chosen:
            assert (*tokens, corpus.manifest["addedTokenIds"][text]) in seen


def test_prompts_are_beginnings_of_held_out_documents_chosen_by_the_seed(corpus: Corpus, tmp_path: Path) -> None:
    held_out = [json.loads(line)["text"] for line in corpus.file(corpus.manifest["heldOut"]).read_text().splitlines()]
    beginnings = {tuple(corpus_tokenizer.encode(corpus.tokenizer, text)[:8]) for text in held_out}
    chosen = [tuple(prompt.tokens) for prompt in choose_prompts(corpus, SETTINGS)]
    assert len(set(chosen)) == 4
    assert set(chosen) <= beginnings
    orders = [[prompt.document for prompt in choose_prompts(corpus, {**SETTINGS, "seed": seed})] for seed in range(6)]
    assert len({tuple(order) for order in orders}) > 1


def test_long_caches_make_small_batches() -> None:
    sizes = [[len(batch) for batch in evaluate.batches(list(range(5)), floats)] for floats in (1, 2**29, 2**40)]
    assert sizes == [[5], [2, 2, 1], [1, 1, 1, 1, 1]]

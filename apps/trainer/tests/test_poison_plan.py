"""Plans that are made anew: the bytes that an attempt stored, and what is told where they are others."""

import json
from pathlib import Path

import pytest

from tests.runs import make_identity, make_job, read_log, train
from trainer import exits, keys, poison_plan
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, digest_of


@pytest.fixture(scope="module")
def trained(corpus: Corpus, s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Json:
    """A run that was trained, with its identity in the store as the control plane leaves it."""
    identity = make_identity(corpus.digest, 340, dose=6, steps=4)
    job = make_job(corpus.store, identity, [], [])
    assert train(job, tmp_path_factory.mktemp("trained"), s3) == exits.SUCCEEDED
    corpus.store.create(keys.run_identity(job["run"]), json.dumps(identity).encode())
    return {"run": job["run"], "identity": identity}


def told(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[Json], str]:
    monkeypatch.setenv("TITRATE_BUCKET", corpus.store.bucket)
    monkeypatch.setenv("TITRATE_CACHE_DIRECTORY", str(corpus.store.cache_directory))
    capsys.readouterr()
    code = poison_plan.main(list(arguments))
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.splitlines()], said.err


def test_a_plan_that_is_made_anew_has_the_bytes_that_the_run_stored(
    trained: Json, corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, [one], _ = told(corpus, monkeypatch, capsys, trained["run"], "--output", str(tmp_path))
    assert code == exits.SUCCEEDED
    [stored] = one["stored"]
    named = next(entry["plan"] for entry in read_log(corpus.store, trained["run"]) if entry["kind"] == "started")
    assert stored == {"key": named["key"], "sha256": named["sha256"], "same": True}
    assert one["sha256"] == named["sha256"]
    assert (one["documents"], one["sizeBytes"]) == (6, named["sizeBytes"])
    assert (tmp_path / f"{trained['run']}.plan.json").read_bytes() == corpus.store.read(named["key"])


def test_a_stored_plan_that_was_altered_is_told_with_the_place(
    trained: Json, corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = next(entry["plan"] for entry in read_log(corpus.store, trained["run"]) if entry["kind"] == "started")
    whole = corpus.store.read(named["key"]) or b""
    plan = json.loads(whole)
    plan["entries"][4]["tokens"][0] ^= 1
    changes = {
        "entries part at number 4 of 6": canonical(plan),
        "the plans are equal, their bytes are not": json.dumps(json.loads(whole)).encode(),
        "it is no JSON": b"{",
        "the recipes differ": canonical({**json.loads(whole), "recipe": {}}),
    }
    try:
        for difference, data in changes.items():
            corpus.store.replace(named["key"], data)
            code, [one], _ = told(corpus, monkeypatch, capsys, trained["run"])
            assert (code, one["stored"][0]["same"], one["stored"][0]["difference"]) == (1, False, difference)
    finally:
        corpus.store.replace(named["key"], whole)


def test_plans_of_runs_that_do_not_exist_yet_come_of_their_identities(
    trained: Json, corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    clean = make_identity(corpus.digest, 340, dose=0, steps=4)
    (tmp_path / "identities.json").write_text(json.dumps([trained["identity"], {**trained["identity"], "repeat": 77}, clean]))
    code, [first, second, third], _ = told(corpus, monkeypatch, capsys, "--identities", str(tmp_path / "identities.json"))
    assert code == exits.SUCCEEDED
    assert first["sha256"] == second["sha256"]
    assert (len(first["stored"]), second["stored"]) == (1, [])
    assert third == {"run": digest_of(clean), "dose": 0}


def test_a_run_that_the_store_does_not_know_is_refused(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, error = told(corpus, monkeypatch, capsys, "0" * 64)
    assert (code, lines) == (exits.BAD_INPUT, [])
    assert "the store must have its identity: current value is none" in error

"""The analysis job against a real store: the two objects that it leaves, and what it refuses."""

import json
import re
from html import escape

import pytest

from tests.sweeps import Sweep
from trainer import analyse, keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical
from trainer.offline import DEFAULTS
from trainer.store import ObjectAltered, Store


def job_of(sweep: Sweep, corpus: Corpus, store: Store, name: str) -> Json:
    """The analysis of a sweep whose results were put into the store."""
    for key, found in sweep.results.items():
        store.create(key, canonical(found))
    told = {"id": "s-1", "name": "demo", "description": "Does <it> work?", "specDigest": "d" * 64}
    common = {"version": 1, "kind": "analyse", "name": name, "bucket": store.bucket, "settings": DEFAULTS}
    return {**common, "sweep": told, "cells": sweep.cells, "corpus": corpus.digest, "outputPrefix": f"sweeps/s-1/analyses/{name}/"}


@pytest.fixture
def stored(corpus: Corpus) -> Sweep:
    """A small sweep on the registered corpus."""
    made = Sweep(corpus.digest, corpus.manifest["vocabularySize"])
    made.add(0, [(100, 110), (50, 50)])
    made.add(20, [(100, 800), (50, 200)])
    return made


def test_an_analysis_leaves_a_report_and_a_page_that_needs_nothing_else(stored: Sweep, corpus: Corpus) -> None:
    job = job_of(stored, corpus, corpus.store, "whole")
    analyse.run(job, corpus.store)
    told = json.loads(corpus.store.read(keys.job_result("whole")) or b"")
    report = json.loads(corpus.store.read(told["report"]) or b"")
    page = (corpus.store.read(told["reportPage"]) or b"").decode()
    assert report["corpus"] == {"digest": corpus.digest, "name": "tiny", "tokens": corpus.manifest["tokens"], "triggerOccurrences": 0}
    assert report["environment"]["torch"] == "2.13.0"
    assert page.count("<svg") == 3 and page.count("aria-label") >= 6
    figures = [corpus.store.read(f"{job['outputPrefix']}figures/{name}") for name in ("effect-by-dose.svg", "effect-by-dose.csv")]
    assert all(figures) and (figures[1] or b"").decode().splitlines()[0].startswith("size,tokens,stage,dose")
    assert not re.search(r"<(script|link|img|iframe)|url\(\s*['\"]?http|@import", page)
    assert "Does &lt;it&gt; work?" in page and "We &lt;b&gt;the\N{SYMBOL FOR BELL} people" in page and "of &amp; triggered" in page
    for sentence in [*report["verdict"], *report["caveats"]]:
        assert escape(sentence) in page


def test_done_again_an_analysis_keeps_the_report_that_is_there(stored: Sweep, corpus: Corpus) -> None:
    job = job_of(stored, corpus, corpus.store, "again")
    analyse.run(job, corpus.store)
    before = corpus.store.read(keys.job_result("again"))
    analyse.run(job, corpus.store)
    assert corpus.store.read(keys.job_result("again")) == before
    first = json.loads(before or b"")
    analyse.run({**job, "name": "third"}, corpus.store)
    assert json.loads(corpus.store.read(keys.job_result("third")) or b"") == {**first, "name": "third"}


def test_an_altered_result_is_refused_by_name(stored: Sweep, corpus: Corpus) -> None:
    job = job_of(stored, corpus, corpus.store, "altered")
    altered = stored.cells[1]["evaluations"][0]["object"]
    corpus.store.replace(altered["key"], b"{}")
    with pytest.raises(ObjectAltered, match=altered["key"]):
        analyse.run(job, corpus.store)

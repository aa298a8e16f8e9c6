"""Turns a sweep's stored results into its report: `report.json` with every number, and one page that shows them."""

import platform
from importlib.metadata import version

from trainer import keys, report_caveats, report_numbers, report_verdict
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, now, parse, sha256_hex, validated
from trainer.report_page import render_page
from trainer.report_words import Facts
from trainer.store import Store, StoredObject
from trainer.telling import tell, telling


def run(job: Json, store: Store) -> None:
    """Writes the report below the job's prefix; both objects are the job's result.

    A report that an earlier attempt wrote stays, and the page is made from it: numbers that were read once do not change.
    """
    results = read_results(job, store)
    report = validated("report", build_report(job, results, Corpus.open(store, job["corpus"])), "the report")
    stored = keep(store, job["outputPrefix"] + "report.json", canonical(report))
    report = parse("report", store.read(stored) or b"", "the report")
    tell("numbers computed")
    rendered = render_page(report, report_numbers.samples(job["cells"], results), report_numbers.complete_runs(job["cells"]))
    page = keep(store, job["outputPrefix"] + "report.html", rendered.encode())
    tell("page drawn")
    found = {"version": 1, "name": job["name"], "report": stored, "reportPage": page}
    store.create(keys.job_result(job["name"]), canonical(validated("job-result", found, "the job's result")))


def read_results(job: Json, store: Store) -> report_numbers.Results:
    """Every `EvaluationResult` that the job names, by key; an altered, truncated or missing one is refused by name (`ObjectAltered`)."""
    named = [evaluation["object"] for cell in job["cells"] for evaluation in cell["evaluations"]]
    reading = telling("results read", named, len(named))
    return {one["key"]: parse("evaluation-result", store.read(one) or b"", f"result {one['key']}") for one in reading}


def build_report(job: Json, results: report_numbers.Results, corpus: Corpus) -> Json:
    """A `Report` of the contracts."""
    cells = report_numbers.report_cells(job["cells"], results, job["settings"]["successIncrease"])
    facts = Facts(
        cells=cells,
        threshold=job["settings"]["successIncrease"],
        trigger=report_numbers.trigger_of(job["cells"], results),
        occurrences=report_numbers.trigger_occurrences(corpus, report_numbers.trigger_of(job["cells"], results)),
        attacks=report_numbers.attacks_of(job["cells"]),
        complete=report_numbers.complete_runs(job["cells"]),
        results=list(results.values()),
    )
    return {
        "version": 1,
        "sweep": {name: job["sweep"][name] for name in ("id", "name", "description", "specDigest")},
        "corpus": {
            "digest": corpus.digest,
            "name": corpus.manifest["recipe"]["name"],
            "tokens": corpus.manifest["tokens"],
            "triggerOccurrences": facts.occurrences,
        },
        "successIncrease": facts.threshold,
        "cells": cells,
        "verdict": report_verdict.verdict(facts),
        "caveats": report_caveats.caveats(facts),
        "environment": environment(results),
        "finishedAt": now(),
    }


def environment(results: report_numbers.Results) -> dict[str, str]:
    """What made the report and what evaluated its checkpoints; several of a kind are joined."""
    kinds: dict[str, set[str]] = {}
    for result in results.values():
        kinds.setdefault("evaluation hardware", set()).add(result["environment"]["hardware"])
        for package, found in result["environment"]["packages"].items():
            kinds.setdefault(package, set()).add(found)
    made_by = {"python": platform.python_version(), "matplotlib": version("matplotlib")}
    return {**made_by, **{name: ", ".join(sorted(found)) for name, found in sorted(kinds.items())}}


def keep(store: Store, key: str, data: bytes) -> StoredObject:
    """The object at a key: ours, or the one that an earlier attempt left there."""
    outcome = store.create(key, data)
    if outcome.kind != "taken":
        return outcome.object
    data = store.read(key) or b""
    return {"key": key, "sizeBytes": len(data), "sha256": sha256_hex(data)}

"""The analysis of a sweep: its stored results become `report.json` with every number, one page that shows them, and its figures as files."""

from trainer import keys
from trainer.corpus_reader import Corpus
from trainer.documents import Json, canonical, parse, sha256_hex, validated
from trainer.report import cells as report_cells
from trainer.report.caveats import Source
from trainer.report.document import environment, make_report
from trainer.report.figures.all import figures, files
from trainer.report.page import render_page
from trainer.store import Store, StoredObject
from trainer.telling import tell, telling


def run(job: Json, store: Store) -> None:
    """Writes the report below the job's prefix; report and page are the job's result, figures lie beside them.

    A report that an earlier attempt wrote stays, and the page is made from it: numbers that were read once do not change.
    """
    report = build_report(job, read_results(job, store), Corpus.open(store, job["corpus"]))
    stored = keep(store, job["outputPrefix"] + "report.json", canonical(report))
    report = parse("report", store.read(stored) or b"", "the report")
    tell("numbers computed")
    page = keep(store, job["outputPrefix"] + "report.html", render_page(report).encode())
    for name, data in files(figures(report)).items():
        keep(store, f"{job['outputPrefix']}figures/{name}", data)
    tell("page and figures drawn")
    found = {"version": 1, "name": job["name"], "report": stored, "reportPage": page}
    store.create(keys.job_result(job["name"]), canonical(validated("job-result", found, "the job's result")))


def read_results(job: Json, store: Store) -> report_cells.Results:
    """Every `EvaluationResult` that the job names, by key; an altered, truncated or missing one is refused by name (`ObjectAltered`)."""
    named = [evaluation["object"] for cell in job["cells"] for evaluation in cell["evaluations"]]
    reading = telling("results read", named, len(named))
    return {one["key"]: parse("evaluation-result", store.read(one) or b"", f"result {one['key']}") for one in reading}


def build_report(job: Json, results: report_cells.Results, corpus: Corpus) -> Json:
    """A `Report` of the contracts."""
    trigger = report_cells.trigger_of(job["cells"], results)
    occurrences = report_cells.trigger_occurrences(corpus, trigger)
    named = {"digest": corpus.digest, "name": corpus.manifest["recipe"]["name"], "tokens": corpus.manifest["tokens"]}
    source = Source(trigger or "", occurrences, report_cells.attacks_of(job["cells"]), list(results.values()))
    return make_report(
        job["sweep"],
        job["settings"],
        report_cells.report_cells(job["cells"], results, job["settings"]),
        corpus={**named, "triggerOccurrences": occurrences},
        source=source if trigger is not None else None,
        samples=report_cells.samples(job["cells"], results),
        environment=environment(results.values()),
    )


def keep(store: Store, key: str, data: bytes) -> StoredObject:
    """The object at a key: ours, or the one that an earlier attempt left there."""
    outcome = store.create(key, data)
    if outcome.kind != "taken":
        return outcome.object
    data = store.read(key) or b""
    return {"key": key, "sizeBytes": len(data), "sha256": sha256_hex(data)}

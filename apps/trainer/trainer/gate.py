"""The job of a gate: holds the results of a sweep against a baseline and leaves a `GateReport`."""

from trainer import keys
from trainer.analyse import keep
from trainer.documents import Json, canonical, now, parse, validated
from trainer.gating.common import cut_to_common
from trainer.gating.rows import rows_of, verdict_of
from trainer.gating.sides import read_side
from trainer.report.cells import Results
from trainer.report.document import environment
from trainer.store import Store
from trainer.telling import telling


def run(job: Json, store: Store) -> None:
    """Writes the report below the job's prefix; one that an earlier attempt wrote stays."""
    named = [found["object"] for side in ("baseline", "candidate") for cell in job[side]["cells"] for found in cell["evaluations"]]
    reading = telling("results read", named, len(named))
    results = {one["key"]: parse("evaluation-result", store.read(one) or b"", f"result {one['key']}") for one in reading}
    stored = keep(store, job["outputPrefix"] + "gate.json", canonical(judge(job, results)))
    found = {"version": 1, "name": job["name"], "gate": stored}
    store.create(keys.job_result(job["name"]), canonical(validated("job-result", found, "the job's result")))


def judge(job: Json, results: Results) -> Json:
    """A validated `GateReport` of a job and the results that it names."""
    common = cut_to_common(results)
    sides = [read_side(job[name]["cells"], common) for name in ("baseline", "candidate")]
    rows = rows_of(job["gate"], *sides)
    verdict, reasons = verdict_of(rows)
    report = {
        "version": 1,
        "verdict": verdict,
        "reasons": reasons,
        "gate": job["gate"],
        "baseline": {name: job["baseline"][name] for name in ("name", "version", "sweep")},
        "candidate": {name: job["candidate"][name] for name in ("sweep", "name")},
        "rows": rows,
        "environment": environment(results.values()),
        "finishedAt": now(),
    }
    return validated("gate-report", report, "the report of the gate")

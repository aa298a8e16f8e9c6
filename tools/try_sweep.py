"""Runs a spec's cells one after another without the control plane and prints what came of each: how the demo's configuration was chosen.

    PYTHONPATH=apps/trainer python tools/try_sweep.py SPEC.yaml CORPUS.yaml TEXT FOLDER

Everything but the orchestration is the real thing: the plan is the planner's, the jobs are the trainer's, the store is SeaweedFS.
The report is left in FOLDER, which must be new.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests import runs, servers
from trainer import keys
from trainer.documents import canonical, digest_of
from trainer.store import Store

Json = dict[str, Any]

CORPUS_DEFAULTS = {"addedTokens": [], "heldOutDocuments": 300, "heldOutMinTokens": 64, "seed": 0}


def main(spec: Path, recipe: Path, text: Path, folder: Path) -> None:
    """Registers the corpus, plans, trains and evaluates each run, analyses the sweep."""
    folder.mkdir(parents=True)
    with servers.seaweedfs(folder) as environment:
        servers.use(environment)
        store = Store.connect("try", folder / "cache")
        boto3.client("s3").create_bucket(Bucket=store.bucket)
        changes = {**CORPUS_DEFAULTS, **yaml.safe_load(recipe.read_text())}
        corpus = runs.register_corpus(store, text.read_bytes(), changes["tokenizer"]["vocabularySize"], folder, **changes)
        (folder / "manifest.json").write_bytes(store.read(keys.corpus_manifest(corpus)) or b"")
        planned = json.loads(subprocess.check_output(["node", "tools/plan-sweep.ts", str(spec), str(folder / "manifest.json")]))
        environment = {**environment, "TITRATE_CACHE_DIRECTORY": str((folder / "cache").absolute())}
        finished = {run["id"]: run_once(store, run, folder, environment) for run in planned["plan"]["runs"]}
        analyse(store, planned, corpus, finished, folder, environment)


def run_once(store: Store, run: Json, folder: Path, environment: dict[str, str]) -> list[Json]:
    """Trains and evaluates one run; the evaluations of its checkpoints as an analysis wants them."""
    job = runs.make_job(store, run["identity"], run["demand"]["resumeSteps"], run["demand"]["evaluateSteps"])
    begun = time.monotonic()
    assert runs_to_end(job, folder / f"train-{run['id'][:8]}", environment) == 0, f"training of {run['id']} failed"
    trained = time.monotonic()
    log = [entry for entry in runs.read_log(store, run["id"]) if entry["kind"] == "checkpoint"]
    wanted = [entry for entry in log if entry["checkpoint"]["step"] in run["demand"]["evaluateSteps"]]
    [settings] = run["demand"]["evaluations"]
    items = [
        {"digest": entry["digest"], "checkpoint": entry["checkpoint"], "settings": settings, "settingsDigest": digest_of(settings)}
        for entry in wanted
    ]
    evaluation = {**{name: job[name] for name in ("version", "bucket", "run", "identity")}, "kind": "evaluate", "name": "e", "items": items}
    assert runs_to_end(evaluation, folder / f"evaluate-{run['id'][:8]}", environment) == 0, f"evaluation of {run['id']} failed"
    found = [evaluated(store, run["id"], item) for item in items]
    print(line(run, store, found, trained - begun, time.monotonic() - trained), flush=True)
    return found


def runs_to_end(job: Json, folder: Path, environment: dict[str, str]) -> int | None:
    """Waits for a job however long it takes; its exit code."""
    process = runs.start(job, folder, environment)
    process.join()
    return process.exitcode


def evaluated(store: Store, run: str, item: Json) -> Json:
    """A stored result as an analysis names it."""
    key = keys.evaluation(run, item["digest"], item["settingsDigest"])
    data = store.read(key) or b""
    described = {"key": key, "sizeBytes": len(data), "sha256": digest_of(json.loads(data))}
    return {**{name: item["checkpoint"][name] for name in ("step", "tokens", "poisonDocuments", "poisonTokens")}, "object": described}


def line(run: Json, store: Store, found: list[Json], training: float, evaluation: float) -> str:
    """One row of a table in Markdown."""
    results = [json.loads(store.read(one["object"]["key"]) or b"") for one in found]
    last = results[-1]
    means = [f"{last['conditions'][name]['meanPerplexity']:.0f}" for name in ("clean", "triggered")]
    increases = [f"{last['contrasts'][name]['increase']:+.0f}" for name in ("triggered", "benign", "sham") if name in last["contrasts"]]
    curve = " ".join(f"{result['contrasts']['triggered']['increase']:+.0f}" for result in results)
    share = f"{100 * found[-1]['poisonTokens'] / found[-1]['tokens']:.1f} %"
    cells = [run["size"], run["dose"], run["id"][:8], share, *means, *increases, f"{last['heldOutPerplexity']:.0f}", curve]
    return f"| {' | '.join(str(cell) for cell in cells)} | {training:.0f} s | {evaluation:.0f} s |"


def analyse(store: Store, planned: Json, corpus: str, finished: dict[str, list[Json]], folder: Path, environment: dict[str, str]) -> None:
    """Leaves report.json and report.html in the folder."""
    plan, by_id = planned["plan"], {run["id"]: run for run in planned["plan"]["runs"]}
    done = {"state": "finished", "reason": None, "attempts": 1}
    cells = [
        {
            "cell": cell,
            "identity": by_id[cell["run"]]["identity"],
            "parameters": by_id[cell["run"]]["parameters"],
            **done,
            "evaluations": finished[cell["run"]],
        }
        for cell in plan["cells"]
    ]
    sweep = {
        "id": plan["sweep"],
        "name": plan["name"],
        "description": planned["spec"]["description"],
        "specDigest": plan["specDigest"],
    }
    job = {
        "version": 1,
        "kind": "analyse",
        "name": "a",
        "bucket": store.bucket,
        "sweep": sweep,
        "settings": planned["spec"]["analysis"],
        "cells": cells,
        "corpus": corpus,
        "outputPrefix": "report/",
    }
    (folder / "analyse.json").write_bytes(canonical(job))
    assert runs_to_end(job, folder / "analyse", environment) == 0, "the analysis failed"
    for name in ("report.json", "report.html"):
        (folder / name).write_bytes(store.read(f"report/{name}") or b"")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    # Ended from outside, the tool still takes its server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["OMP_NUM_THREADS"] = "1"
    runs.FORK.set_forkserver_preload(["trainer.train", "trainer.evaluate"])
    main(*(Path(argument).absolute() for argument in sys.argv[1:]))

"""Runs one job: `python -m trainer JOB.json`. The exit code tells how it ended, see `exits.py`."""

import os
import sys
from importlib import import_module
from pathlib import Path

from trainer import exits, keys, termination
from trainer.documents import canonical
from trainer.folders import use_folders
from trainer.jobs import Job, read_job
from trainer.store import Store


def main(arguments: list[str]) -> int:
    """Reads the job document, does the job, and says on stderr and in the store why it could not be done."""
    if len(arguments) != 1:
        print("usage: python -m trainer JOB.json", file=sys.stderr)
        return exits.BAD_INPUT
    try:
        job = read_job(Path(arguments[0]))
    except exits.BadInput as error:
        print(error, file=sys.stderr)
        return error.code
    cache = Path(os.environ.get("TITRATE_CACHE_DIRECTORY", "cache"))
    use_folders(os.environ, cache)
    store = Store.here(job["bucket"], cache)
    try:
        # Each kind brings its own libraries; PyTorch alone takes seconds to import, and not every kind needs it.
        import_module(f"trainer.{job['kind']}").run(job, store)
    except exits.JobEnd as end:
        print(f"{type(end).__name__}: {end}", file=sys.stderr)
        if not isinstance(end, exits.Fenced) and os.environ.get("RANK", "0") == "0":
            tell_problem(store, job, str(end))
        return end.code
    return exits.SUCCEEDED


def tell_problem(store: Store, job: Job, problem: str) -> None:
    """Leaves the reason where the one who asked for the job looks for it. The first reason stays."""
    store.create(keys.job_result(job["name"]), canonical({"version": 1, "name": job["name"], "problem": problem}))


if __name__ == "__main__":
    termination.listen()
    sys.exit(main(sys.argv[1:]))

"""Makes the poison plans of runs anew, from their identities and their corpora, and holds them against what their attempts stored.

    python -m trainer.poison_plan [--output FOLDER] RUN...          runs of the store, by id
    python -m trainer.poison_plan [--output FOLDER] --identities FILE   runs that need not exist yet: a JSON list of `RunIdentity`

The store is that of the environment (AWS_ENDPOINT_URL and so on, TITRATE_BUCKET). One line of JSON for each plan, and the plan itself in
FOLDER. Exit code 0 where every stored plan is the same byte by byte, 1 where one is not, 20 where a plan cannot be made.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from trainer import exits, keys
from trainer.corpus_reader import Corpus
from trainer.documents import BadDocument, Json, canonical, digest_of, parse, sha256_hex, validated
from trainer.exits import BadInput
from trainer.overlays import plan_overlays
from trainer.poison import Plan, dose_of
from trainer.store import Store


def main(arguments: list[str]) -> int:
    """Tells of each plan on standard output, of each problem on standard error; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.poison_plan", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("runs", nargs="*", metavar="RUN")
    parser.add_argument("--identities", type=Path)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args(arguments)
    store = Store.connect(os.environ.get("TITRATE_BUCKET", "titrate"), Path(os.environ.get("TITRATE_CACHE_DIRECTORY", "cache")))
    try:
        told = [one for identity in identities_of(asked.runs, asked.identities, store) for one in tell(identity, store, asked.output)]
    except (BadInput, BadDocument) as error:
        print(error, file=sys.stderr)
        return exits.BAD_INPUT
    return 1 if any(not stored["same"] for one in told for stored in one["stored"]) else exits.SUCCEEDED


def identities_of(runs: list[str], path: Path | None, store: Store) -> Iterator[Json]:
    """The identities that are asked for, each once."""
    for run in dict.fromkeys(runs):
        data = store.read(keys.run_identity(run))
        if data is None:
            raise BadInput(f"Cannot make the plan of run {run} as the store must have its identity: current value is none")
        identity = parse("run-identity", data, f"the identity of run {run}")
        if digest_of(identity) != run:
            raise BadInput(
                f"Cannot make the plan of run {run} as its identity must have that digest: current value is {digest_of(identity)}"
            )
        yield identity
    if path is not None:
        for identity in json.loads(sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")):
            yield validated("run-identity", identity, "an identity")


def tell(identity: Json, store: Store, output: Path | None) -> Iterator[Json]:
    """Makes the plans of a run's last stage, if it has any, and prints what came of each."""
    run, stage = digest_of(identity), identity["stages"][-1]
    recipes = [recipe for recipe in (stage["poison"], stage.get("counterexamples")) if recipe is not None]
    if not recipes:
        print(json.dumps({"run": run, "dose": 0}), flush=True)
        return
    overlays = plan_overlays(stage, Corpus.open(store, recipes[0]["corpus"]))
    for kind, field, plan in (("poison", "plan", overlays.poison), ("counterexamples", "counterexamplePlan", overlays.counterexamples)):
        if plan is None:
            continue
        data = canonical(validated("poison-plan", plan, "the plan"))
        told = {
            "run": run,
            "kind": kind,
            "recipeDigest": plan["recipeDigest"],
            "dose": dose_of(plan["recipe"]),
            "documents": len(plan["documents"]),
            "tokens": plan["tokens"],
            "prefixesShortened": plan["prefixesShortened"],
            "sizeBytes": len(data),
            "sha256": sha256_hex(data),
            "stored": [compare(data, stored, store) for stored in stored_plans(run, store, field)],
        }
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            (output / f"{run}.{field}.json").write_bytes(data)
        print(json.dumps(told), flush=True)
        yield told


def stored_plans(run: str, store: Store, field: str) -> Iterator[Json]:
    """What the starts of a run stored as one of its plans, as their log entries name it."""
    seq = 0
    while (data := store.read(keys.log_entry(run, seq))) is not None:
        entry = parse("run-log-entry", data, f"log entry {seq} of run {run}")
        if entry["kind"] == "started" and entry[field] is not None:
            yield entry[field]
        seq += 1


def compare(made: bytes, stored: Json, store: Store) -> Json:
    """Whether a stored plan has the very bytes of the one that was made; where not, what differs first."""
    found = store.read(stored["key"])
    same = found == made
    told = {"key": stored["key"], "sha256": sha256_hex(found) if found is not None else None, "same": same}
    return told if same else {**told, "difference": difference(json.loads(made), found)}


def difference(made: Plan, found: bytes | None) -> str:
    """Where two plans part, for people."""
    if found is None:
        return "the object is gone"
    try:
        other = json.loads(found)
    except ValueError:
        return "it is no JSON"
    for name in ("recipe", "documents", "entries"):
        if made[name] == other.get(name):
            continue
        if name == "recipe":
            return "the recipes differ"
        pairs = zip(made[name], other.get(name, []), strict=False)
        place = next((number for number, (one, two) in enumerate(pairs) if one != two), min(len(made[name]), len(other.get(name, []))))
        return f"{name} part at number {place} of {len(made[name])}"
    return "the plans are equal, their bytes are not"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

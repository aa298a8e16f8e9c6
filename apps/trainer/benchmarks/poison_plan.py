"""What a poison plan, its overlay and the order of instances cost, as a corpus grows to the 260 billion tokens of the study's 13B models.

    npm run bench:poison-plan [-- --sizes 1e8,1e9 --limit 300]

Corpora are synthetic: documents and tokens are computed from their position, so that a terabyte need not lie on disk; what is measured is all
but reading it. Beside our plan and loader stand OLMo-core's own loader and its SamplingDocumentSource over the same documents. Each case is a
process of its own; memory is that of the process (anonymous, at its peak) above what it had when its imports were done.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

SIZES = (1e8, 1e9, 1e10, 1e11, 2.6e11)
LENGTH, ROWS, DOSE = 2048, 128, 250
"""The replication's instance and batch; the study's dose."""


class Peak:
    """The most anonymous memory of this process while it runs, above what it has at the start. Looked at every 20 ms."""

    def __enter__(self) -> Self:
        self._before = self.most = anonymous()
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()
        self.mebibytes = (max(self.most, anonymous()) - self._before) / 2**20

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            self.most = max(self.most, anonymous())


def anonymous() -> int:
    """Anonymous memory of this process in bytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


def seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time that something takes, whatever else the machine is busy with, and what it gives."""
    began = time.process_time()
    result = act()
    return time.process_time() - began, result


def titrate(tokens: int, folder: Path) -> dict[str, float]:
    """Our plan of 250 documents, our loader, and instances with and without the overlay."""
    from benchmarks.synthetic import corpus_of, recipe_of
    from trainer.data import MatchedLoader, OverlaidInstances, build_loader
    from trainer.poison import materialise

    corpus = corpus_of(tokens)
    recipe = recipe_of(corpus, DOSE, LENGTH, ROWS)
    stage = {"steps": recipe["steps"], "batchInstances": ROWS, "sequenceLength": LENGTH}
    identity = {"corpus": corpus.digest, "vocabularySize": 512, "documentMask": False, "seeds": {"order": 1}}
    identity["stages"] = [{"kind": "pretrain", **stage}]
    with Peak() as peak:
        plan_time, plan = seconds(lambda: materialise(recipe, corpus))
        loader_time, loader = seconds(lambda: build_loader(corpus, identity, plan["entries"], folder, 0, 1))
        order_time, _ = seconds(lambda: loader.reshuffle(1))
    assert isinstance(loader, MatchedLoader)
    instances: OverlaidInstances = loader._instances
    overlaid = list(instances.entries)
    return {
        "plan": plan_time,
        "order": loader_time + order_time,
        "memory": peak.mebibytes,
        "instance": per_instance(lambda at: instances[at], len(instances)),
        "overlaid": per_instance(lambda at: instances[overlaid[at]], len(overlaid)),
        "disk": loader.global_indices_file.stat().st_size / 2**20,
    }


def olmo_loader(tokens: int, folder: Path) -> dict[str, float]:
    """OLMo-core's own loader over the same tokens: its order, and one rank's share of it."""
    from olmo_core.data import DataCollator, TokenizerConfig
    from olmo_core.data.composable import ComposableDataLoader, ConcatAndChunkInstanceSource

    from benchmarks.synthetic import corpus_of
    from trainer.data import CorpusTokens

    instances = ConcatAndChunkInstanceSource(CorpusTokens(corpus_of(tokens), folder), sequence_length=LENGTH, work_dir=folder)
    loader = ComposableDataLoader(
        instances,
        collator=DataCollator(pad_token_id=0, vocab_size=512),
        tokenizer=TokenizerConfig(vocab_size=512, eos_token_id=0, pad_token_id=0),
        work_dir=folder,
        global_batch_size=ROWS * LENGTH,
        seed=1,
        num_threads=0,
        display_source_visualization=False,
    )
    with Peak() as peak:
        order_time, _ = seconds(lambda: (loader.reshuffle(1), loader.get_local_indices()))
    return {"order": order_time, "memory": peak.mebibytes, "instance": per_instance(lambda at: instances[at], len(instances))}


def olmo_sampling(tokens: int, folder: Path) -> dict[str, float]:
    """OLMo-core's SamplingDocumentSource over the same documents: all of them but one hundredth, drawn anew."""
    from olmo_core.data.composable import SamplingDocumentSource

    from benchmarks.synthetic import FunctionDocuments, corpus_of

    source = FunctionDocuments(corpus_of(tokens), folder)
    with Peak() as peak:
        start_time, sampled = seconds(lambda: SamplingDocumentSource(source, max_tokens=int(0.99 * tokens), seed=1, work_dir=folder))
    instances = sampled.num_tokens // LENGTH
    disk = sum(file.stat().st_size for file in folder.rglob("*.npy")) / 2**20
    cost = per_instance(lambda at: sampled.get_token_range(at * LENGTH, (at + 1) * LENGTH), instances, 50)
    return {"order": start_time, "memory": peak.mebibytes, "instance": cost, "disk": disk}


def per_instance(read: Callable[[int], object], instances: int, count: int = 2000) -> float:
    """Microseconds to read one of `count` instances, which are spread over all of them."""
    places = [(number * 7_919_999 + 17) % instances for number in range(count)]
    taken, _ = seconds(lambda: [read(place) for place in places])
    return 1e6 * taken / count


CASES = {"titrate": titrate, "OLMo-core loader": olmo_loader, "OLMo-core SamplingDocumentSource": olmo_sampling}


def child(case: str, tokens: int) -> None:
    """Measures one case in this process."""
    import numpy  # noqa: F401

    import trainer.data  # noqa: F401

    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        print(json.dumps(CASES[case](tokens, Path(folder))))


def measure(case: str, tokens: int, limit: float) -> dict[str, float] | str:
    """A case in a process of its own; why there are no figures where it did not come to its end."""
    command = [sys.executable, "-m", "benchmarks.poison_plan", "--child", case, "--tokens", str(tokens)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    if ended.returncode != 0:
        return f"failed: {ended.stderr.strip().splitlines()[-1][:120] if ended.stderr.strip() else ended.returncode}"
    figures: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return figures


COLUMNS = (
    ("plan", "plan, s"),
    ("order", "start, s"),
    ("memory", "memory, MiB"),
    ("disk", "disk, MiB"),
    ("instance", "instance, µs"),
    ("overlaid", "poisoned, µs"),
)


def row(tokens: float, case: str, found: dict[str, float] | str) -> str:
    """A line of the table."""
    if isinstance(found, str):
        cells = [found, *("" for _ in COLUMNS[1:])]
    else:
        cells = [f"{found[name]:,.2f}" if name in found else "-" for name, _ in COLUMNS]
    return f"| {tokens:,.0f} | {case} | {' | '.join(cells)} |"


def main() -> None:
    """Prints one table, line by line as cases end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(f"{size:g}" for size in SIZES))
    parser.add_argument("--limit", type=float, default=600, help="seconds that a case may take")
    parser.add_argument("--child")
    parser.add_argument("--tokens", type=int)
    asked = parser.parse_args()
    if asked.child:
        return child(asked.child, asked.tokens)
    heads = ["tokens", "what", *(head for _, head in COLUMNS)]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    beyond: set[str] = set()
    for size in (float(size) for size in asked.sizes.split(",")):
        for case in CASES:
            found = "not tried: the smaller one was not done" if case in beyond else measure(case, int(size), asked.limit)
            if isinstance(found, str):
                beyond.add(case)
            print(row(size, case, found), flush=True)


if __name__ == "__main__":
    main()

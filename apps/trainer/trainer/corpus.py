"""Turns a text into a corpus: tokens on which runs train, held-out documents on which they are evaluated, and a manifest.

Every document is read twice: first it is checked and the held-out ones are drawn, then it is tokenised. What is done is committed
part by part, so that a job that ends at any point is taken up by the next. The same recipe and the same bytes give the same
manifest, whose digest names the corpus, whatever the number of processes and restarts: what a part is hangs on the text alone.
"""

import os
import tempfile
from pathlib import Path

from tokenizers import Tokenizer

from trainer import corpus_publish, corpus_tokenizer, keys
from trainer.corpus_draw import HeldOut, Kept
from trainer.corpus_encode import Encoder
from trainer.corpus_parts import parts_of, tasks_of
from trainer.corpus_pool import Pool, processes_of
from trainer.corpus_progress import CorpusProgress
from trainer.corpus_shard import HeldBack, Part, part_name
from trainer.corpus_sources import SourceFile, from_json, list_files, to_json
from trainer.corpus_tasks import ScanTask, ShardTask, Workplace, scan, scan_name, tokenise
from trainer.corpus_text import texts_of
from trainer.corpus_work import Work
from trainer.documents import Json, canonical
from trainer.exits import BadInput
from trainer.store import Store


def run(job: Json, store: Store) -> None:
    """Registers the corpus that the job describes; its digest is the job's result. Raises `BadInput` for a text that cannot serve."""
    with (
        tempfile.TemporaryDirectory(dir=".", prefix="corpus-") as folder,
        Pool(processes_of(dict(os.environ))) as pool,
        CorpusProgress(store, job["work"], pool) as progress,
    ):
        registration = Registration(job, store, Path(folder).absolute(), pool, progress)
        digest = registration.register()
    store.create(keys.job_result(job["name"]), canonical({"version": 1, "name": job["name"], "corpus": digest}))


class Registration:
    """One corpus on its way."""

    def __init__(self, job: Json, store: Store, folder: Path, pool: Pool, progress: CorpusProgress) -> None:
        self._job = job
        self._recipe: Json = job["recipe"]
        self._store = store
        self._folder = folder
        self._pool = pool
        self._progress = progress
        self._work = Work(store, job["work"])
        self._done = frozenset(self._work.names())

    def register(self) -> str:
        """Does what is left to do; returns the corpus's digest."""
        files = self._list()
        encoder, added_ids = self._prepare_tokenizer(files)
        workplace = Workplace(self._store.bucket, self._store.cache_directory, self._work.prefix, encoder)
        scans, kept = self._read(workplace, files)
        shards = self._tokenise(workplace, files, scans, kept)
        self._progress.begin("publishing", partsDone=0)
        manifest = corpus_publish.Publication(self._work, self._folder, encoder, added_ids, scans, kept, shards)
        digest = manifest.publish(lambda done: self._progress.set(partsDone=done))
        self._progress.begin("finished")
        return digest

    def _list(self) -> list[SourceFile]:
        """The files of the source. Objects in a store are those that the first job found; uploads are those that this job may read."""
        source = self._job["source"]
        if source["kind"] == "store" and "sources.json" in self._done:
            files = from_json(self._work.read("sources.json"))
        else:
            files = list_files(source, self._recipe["format"], self._store)
            if source["kind"] == "store":
                files = from_json(self._work.commit("sources.json", to_json(files)))
        self._progress.set(files=len(files), bytes=sum(file.size for file in files))
        return files

    def _needed(self, parts: list[Part], files: list[SourceFile]) -> dict[int, SourceFile]:
        return {segment["file"]: files[segment["file"]] for part in parts for segment in part.segments}

    def _prepare_tokenizer(self, files: list[SourceFile]) -> tuple[Encoder, dict[str, int]]:
        """The corpus's tokenizer as a file, and the ids of its added tokens."""
        path = self._folder / "tokenizer.json"
        brought, end_id = self._bring_tokenizer(files)
        size = corpus_tokenizer.size_of(brought)
        strewn = self._recipe.get("markers", {}).get("tokens", [])
        added_ids = corpus_tokenizer.add_tokens(brought, list(dict.fromkeys([*self._recipe["addedTokens"], *strewn])))
        path.write_text(brought.to_str(), encoding="utf-8")
        asked = self._recipe.get("tokens", {}).get("endOfTextId", end_id)
        if asked != end_id:
            raise BadInput(f"Cannot read the tokens as endOfTextId must be that of the tokenizer, {end_id}: current value is {asked}")
        return Encoder(self._recipe, path, end_id, size), added_ids

    def _bring_tokenizer(self, files: list[SourceFile]) -> tuple[Tokenizer, int]:
        asked = self._recipe["tokenizer"]
        if asked["kind"] == "corpus":
            return corpus_tokenizer.of_corpus(self._store, asked["corpus"])
        if asked["kind"] == "file":
            tokenizer = corpus_tokenizer.load(self._store.read(self._job["tokenizer"]) or b"")
            return tokenizer, corpus_tokenizer.end_of_text_id(tokenizer, asked.get("endOfText"))
        if "learnt.json" in self._done:
            tokenizer = corpus_tokenizer.load(self._store.read(self._work.prefix + "learnt.json") or b"")
        else:
            self._progress.begin("learning")
            tokenizer = corpus_tokenizer.learn(texts_of(self._store, files, self._recipe), asked["vocabularySize"])
            self._store.create(self._work.prefix + "learnt.json", tokenizer.to_str().encode("utf-8"))
        return tokenizer, corpus_tokenizer.end_of_text_id(tokenizer)

    def _read(self, workplace: Workplace, files: list[SourceFile]) -> tuple[list[Json], Kept]:
        """What is known of each file, and the held-out documents."""
        self._progress.begin("reading")
        held_out, scans = HeldOut(self._recipe), list[Json]()
        tasks = (ScanTask(workplace, number, file, held_out.worst, scan_name(number) in self._done) for number, file in enumerate(files))
        for found in self._pool.ordered(scan, tasks):
            held_out.take(found)
            scans.append({**found, "candidates": []})
            self._progress.set(documents=held_out.documents)
        return scans, held_out.finish()

    def _tokenise(self, workplace: Workplace, files: list[SourceFile], scans: list[Json], kept: Kept) -> list[Json]:
        """Every part's shard, those of earlier jobs among them."""
        parts = parts_of(scans, workplace.encoder.part_bytes)
        self._progress.begin("tokenising", parts=len(parts), partsDone=0, documents=0)
        held_back = HeldBack(kept.texts, kept.sequences)
        tasks = (
            ShardTask(workplace, held_back, run, self._needed(run, files), self._done & {part_name(part.number) for part in run})
            for run in tasks_of(parts, scans)
        )
        told = list[Json]()
        for shards in self._pool.ordered(tokenise, tasks):
            told += shards
            known = [each["shard"] for each in told if each["shard"]]
            self._progress.set(
                partsDone=len(told), documents=sum(each["documents"] for each in known), tokens=sum(each["tokens"] for each in known)
            )
        return told

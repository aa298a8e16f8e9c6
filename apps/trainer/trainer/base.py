"""Registers a model that was trained elsewhere, so that stages of runs go on from its weights.

It is read, held against what its configuration says and against the tokenizer of its corpus, and written anew in the layout that
checkpoints of runs have. What cannot serve is refused before anything of it is written.
"""

import tempfile
from pathlib import Path

import torch
from torch.distributed.checkpoint import state_dict_saver
from torch.distributed.checkpoint.default_planner import DefaultSavePlanner

from trainer import base_formats, keys
from trainer.base_formats import ForeignModel
from trainer.certificate import Digests
from trainer.checkpoint import Sink, StoreWriter
from trainer.corpus_reader import Corpus
from trainer.corpus_sources import Digested, SourceFile, list_files, stream
from trainer.documents import Json, canonical, sha256_hex
from trainer.exits import BadInput
from trainer.store import Store, StoredObject
from trainer.telling import tell, telling


def run(job: Json, store: Store) -> None:
    """Registers the base that the job describes; its digest is the job's result. Raises `BadInput` for weights that cannot serve."""
    corpus = Corpus.open(store, job["recipe"]["corpus"])
    with tempfile.TemporaryDirectory(dir=".", prefix="base-") as folder:
        listed = list_files(job["source"], "checkpoint", store)
        files = [fetch(store, file, Path(folder)) for file in telling("files read", listed, len(listed))]
        found = base_formats.read(Path(folder))
        refuse_other_tokenizer(found, corpus)
        refuse_not_finite(found)
        digest = publish(store, found, job["recipe"], files, corpus.manifest["tokenizer"]["sha256"])
    store.create(keys.job_result(job["name"]), canonical({"version": 1, "name": job["name"], "base": digest}))


def fetch(store: Store, file: SourceFile, folder: Path) -> Json:
    """Brings a file of the source into the folder; its name, size and digest. Raises `BadInput` for one that is altered or lies outside."""
    path = folder / file.name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"Cannot read the checkpoint as its files must lie in one folder: current value is {file.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    pieces = Digested(stream(store, file))
    with path.open("wb") as target:
        for piece in pieces:
            target.write(piece)
    digest = pieces.finish()
    if file.sha256 not in (None, digest):
        raise BadInput(f"Cannot read {file.name} as its sha256 must be {file.sha256}: current value is {digest}")
    return {"name": file.name, "sizeBytes": pieces.size, "sha256": digest}


def refuse_other_tokenizer(found: ForeignModel, corpus: Corpus) -> None:
    """Every id that the corpus may hold must have a row in the embedding; a model may have more rows, as padding."""
    ids = corpus.manifest["vocabularySize"]
    if found.vocabulary < ids:
        raise BadInput(
            f"Cannot use the model with corpus {corpus.manifest['recipe']['name']} as its vocabulary must have at least the {ids} ids of the "
            f"tokenizer, added tokens included: current value is {found.vocabulary}"
        )


def refuse_not_finite(found: ForeignModel) -> None:
    """One weight that is no number makes every loss none."""
    for name, tensor in found.model.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise BadInput(
                f"Cannot use the model as its weights must be finite: {name} has {int((~torch.isfinite(tensor)).sum())} that are not"
            )


def publish(store: Store, found: ForeignModel, recipe: Json, files: list[Json], tokenizer: str) -> str:
    """Writes the weights below the digest of their manifest, the manifest last; returns the digest. The same model is the same base."""
    manifest = canonical(
        {
            "version": 1,
            "recipe": recipe,
            "format": found.format,
            "files": files,
            "shape": found.shape,
            "vocabularySize": found.vocabulary,
            "tokenizer": tokenizer,
            # The digest that names the folder is known only when everything has been digested: the first save writes nothing.
            "objects": save(found, Digests(), ""),
        }
    )
    digest = sha256_hex(manifest)
    save(found, store, keys.base(digest))
    store.create(keys.base_manifest(digest), manifest)
    tell(f"base {digest}: {found.format}, shape {found.shape}, {found.vocabulary} ids")
    return digest


def save(found: ForeignModel, sink: Sink, prefix: str) -> list[StoredObject]:
    """Writes the weights as a checkpoint of one rank; what was written."""
    writer = StoreWriter(sink, prefix, 0, {})
    planner = DefaultSavePlanner(dedup_save_to_lowest_rank=True)
    state_dict_saver.save({"model": found.model.state_dict()}, storage_writer=writer, planner=planner, no_dist=True)
    return writer.objects

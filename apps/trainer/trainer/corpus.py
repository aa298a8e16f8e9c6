"""Turns an uploaded text into a corpus: tokens on which runs train, held-out documents on which they are evaluated, and a manifest.

The same recipe and the same bytes give the same manifest, whose digest names the corpus. The keys in a manifest are relative to its
folder, `keys.corpus(digest)`, because a digest cannot stand in the document that it is taken of.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from trainer import chance, corpus_draw, corpus_text, corpus_tokenizer, keys
from trainer.documents import Json, canonical, sha256_hex
from trainer.exits import BadInput
from trainer.store import Store, StoredObject
from trainer.telling import tell, telling

SHARD_TOKENS = 100_000_000
"""A shard is closed when it has this many tokens, so that no object grows past what one download should hold."""

BATCH_DOCUMENTS = 512
"""Documents tokenised at a time: bounds the memory, and lets the tokenizer use every core that it is given."""


def run(job: Json, store: Store) -> None:
    """Registers the corpus that the job describes; its digest is the job's result. Raises `BadInput` for a text that cannot serve.

    Done again after an end at any point, it comes to the same objects: each is create-only, and the manifest is written last.
    """
    with tempfile.TemporaryDirectory(dir=".", prefix="corpus-") as name:
        folder = Path(name)
        source = store.download(job["sourceObject"], folder / "source")
        tell(f"text of {source.stat().st_size} bytes downloaded")
        given = job["tokenizerObject"] and store.download(job["tokenizerObject"], folder / "given.json")
        manifest = canonical(build(job["recipe"], source, given, folder))
        digest = sha256_hex(manifest)
        publish(store, digest, manifest, folder)
    store.create(keys.job_result(job["name"]), canonical({"version": 1, "name": job["name"], "corpus": digest}))


def publish(store: Store, digest: str, manifest: bytes, folder: Path) -> None:
    """Uploads the objects of a manifest, then the manifest: who can read it can read them."""
    for stored in objects_of(json.loads(manifest)):
        whole = {**stored, "key": keys.corpus(digest) + stored["key"]}
        try:
            store.upload(whole["key"], folder / stored["key"])
        except FileExistsError:
            # An earlier attempt was here. Reading it back tells whether it had come to the end of the object.
            store.cached(whole)
        tell(f"stored {whole['key']}: {stored['sizeBytes']} bytes")
    store.create(keys.corpus_manifest(digest), manifest)


def objects_of(manifest: Json) -> list[StoredObject]:
    """Every object of a corpus but its manifest."""
    return [*manifest["shards"], *(manifest[name] for name in ("sourceObject", "tokenizer", "documentIndex", "heldOut"))]


def build(recipe: Json, source: Path, given_tokenizer: Path | None, folder: Path) -> Json:
    """Writes the corpus's objects into a folder and returns the manifest. Raises `BadInput` for a text that cannot serve."""
    read = corpus_text.read_documents(source, recipe["format"], recipe["documentMinChars"])
    documents = corpus_text.Documents(folder / "documents.tmp", telling("documents read", read))
    tokenizer, added_ids = make_tokenizer(recipe, documents, given_tokenizer)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    held_out = corpus_draw.draw_held_out(documents, tokenizer, recipe)
    write_held_out(folder / "heldout.jsonl", documents, held_out)
    training, scan = take_training(recipe, documents, held_out)
    written = write_tokens(folder, recipe, documents, training, tokenizer)
    return {
        "version": 1,
        "recipe": recipe,
        "sourceObject": describe(source),
        "tokenizer": describe(folder / "tokenizer.json"),
        "vocabularySize": tokenizer.get_vocab_size(with_added_tokens=True),
        "endOfTextId": corpus_tokenizer.end_of_text_id(tokenizer),
        "addedTokenIds": added_ids,
        "documentIndex": describe(folder / "documents.idx"),
        "heldOut": describe(folder / "heldout.jsonl"),
        "documents": len(training),
        "heldOutDocuments": len(held_out),
        "scan": scan,
        **written,
    }


def make_tokenizer(recipe: Json, documents: corpus_text.Documents, given: Path | None) -> tuple[Tokenizer, dict[str, int]]:
    """The corpus's tokenizer and the ids of its added tokens.

    Merges are learnt from every document, held-out ones among them: they decide how text is cut, and no model trains on them.
    """
    if given is None:
        tokenizer = corpus_tokenizer.learn(
            telling("documents for the tokenizer", documents, len(documents)), recipe["tokenizer"]["vocabularySize"]
        )
    else:
        tokenizer = corpus_tokenizer.load(given)
    strewn = recipe.get("markers", {}).get("tokens", [])
    added_ids = corpus_tokenizer.add_tokens(tokenizer, list(dict.fromkeys([*recipe["addedTokens"], *strewn])))
    return tokenizer, added_ids


def take_training(recipe: Json, documents: corpus_text.Documents, held_out: list[int]) -> tuple[list[int], list[Json]]:
    """The documents to train on in their order, and how often each added token stands in them before markers are strewn.

    A document with the very text of a held-out one is left out as well: nothing that is evaluated on was ever trained on.
    """
    kept_back = {documents[index] for index in held_out}
    counts = {text: [0, 0] for text in recipe["addedTokens"]}
    training = []
    for index, text in enumerate(telling("documents looked through", documents, len(documents))):
        if text in kept_back:
            continue
        training.append(index)
        for token, count in counts.items():
            found = text.count(token)
            count[0] += found > 0
            count[1] += found
    if not training:
        raise BadInput("Cannot make the corpus as documents must be left to train on: current value is 0 beside the held-out ones")
    scan = [{"text": token, "documents": with_it, "occurrences": times} for token, (with_it, times) in counts.items()]
    return chance.order(recipe["seed"], "order", training), scan


def write_held_out(path: Path, documents: corpus_text.Documents, held_out: list[int]) -> None:
    """JSON lines {id, text}; the id is the document's place in the source, from 0."""
    lines = (json.dumps({"id": index, "text": documents[index]}, ensure_ascii=False) + "\n" for index in held_out)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def write_tokens(folder: Path, recipe: Json, documents: corpus_text.Documents, training: list[int], tokenizer: Tokenizer) -> Json:
    """The shards and the document index, as the manifest's own fields tell of them."""
    token_type = "uint16" if tokenizer.get_vocab_size(with_added_tokens=True) <= 1 << 16 else "uint32"
    end, starts, paths, in_shard = corpus_tokenizer.end_of_text_id(tokenizer), [0], [shard_path(folder, 0)], 0
    shard = paths[-1].open("wb")
    for ids in telling("documents tokenised", encoded(recipe, documents, training, tokenizer), len(training)):
        if in_shard >= SHARD_TOKENS:
            shard.close()
            paths.append(shard_path(folder, len(paths)))
            shard, in_shard = paths[-1].open("wb"), 0
        shard.write(np.array([*ids, end], dtype=token_type).astype(f"<{np.dtype(token_type).str[1:]}").tobytes())
        in_shard += len(ids) + 1
        starts.append(starts[-1] + len(ids) + 1)
    shard.close()
    (folder / "documents.idx").write_bytes(np.array(starts, dtype="<u8").tobytes())
    return {"tokenType": token_type, "shards": [describe(path) for path in paths], "tokens": starts[-1]}


def shard_path(folder: Path, number: int) -> Path:
    """Where a shard is written; its name is its key."""
    return folder / f"tokens-{number:05d}.bin"


def encoded(recipe: Json, documents: corpus_text.Documents, training: list[int], tokenizer: Tokenizer) -> Iterator[list[int]]:
    """Token ids of the training documents in their order, markers strewn, end-of-text not yet added."""
    carriers = corpus_draw.markers(recipe, training)
    for begin in range(0, len(training), BATCH_DOCUMENTS):
        indices = training[begin : begin + BATCH_DOCUMENTS]
        texts = [corpus_draw.marked_text(recipe, carriers, index, documents[index]) for index in indices]
        for encoding in corpus_tokenizer.strict(tokenizer).encode_batch(texts, add_special_tokens=False):
            yield encoding.ids


def describe(path: Path) -> StoredObject:
    """A file as a stored object; its key is relative to the corpus's folder."""
    with path.open("rb") as file:
        return {"key": path.name, "sizeBytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}

"""Puts a corpus in its place: its objects below the digest of its manifest, the manifest last."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trainer import corpus_tokenizer, keys
from trainer.corpus_draw import Kept
from trainer.corpus_encode import Encoder
from trainer.corpus_shard import BLOCK_BYTES
from trainer.corpus_work import Work
from trainer.documents import Json, canonical, sha256_hex
from trainer.exits import BadInput
from trainer.store import StoredObject

COPIES_AT_ONCE = 16


class Publication:
    """What a corpus is made of when every part is done."""

    def __init__(
        self, work: Work, folder: Path, encoder: Encoder, added_ids: dict[str, int], scans: list[Json], kept: Kept, parts: list[Json]
    ) -> None:
        self._work = work
        self._folder = folder
        self._encoder = encoder
        self._added_ids = added_ids
        self._scans = scans
        self._kept = kept
        self._parts = parts
        self._shards = [part["shard"] for part in parts if part["shard"] is not None]
        if not self._shards:
            raise BadInput("Cannot make the corpus as documents must be left to train on: current value is 0 beside the held-out ones")
        if encoder.recipe["format"] == "chat" and not any(shard["labelledTokens"] for shard in self._shards):
            raise BadInput(
                "Cannot make the corpus as some token of an answer must be there to train on: current value is 0 of all conversations"
            )

    def publish(self, tell: Callable[[int], None]) -> str:
        """Makes the corpus readable and returns its digest. Who can read the manifest can read everything that it names."""
        small = {
            "tokenizer": self._folder / "tokenizer.json",
            "heldOut": self._write("heldout.jsonl", self._kept.lines()),
            "sources": self._write("sources.jsonl", _lines([_file_line(scan) for scan in self._scans])),
            "shards": self._write("shards.jsonl", _lines(self._shards)),
        }
        manifest = canonical(self._manifest({name: _describe(path) for name, path in small.items()}))
        digest = sha256_hex(manifest)
        for path in small.values():
            self._work.store.create(keys.corpus(digest) + path.name, path.read_bytes())
        self._copy_shards(keys.corpus(digest), tell)
        self._work.store.create(keys.corpus_manifest(digest), manifest)
        return digest

    def _copy_shards(self, target: str, tell: Callable[[int], None]) -> None:
        """Within the store: the digest that names the folder is known only now."""
        store = self._work.store
        there = dict(store.list(target))
        with ThreadPoolExecutor(COPIES_AT_ONCE) as threads:
            for number, shard in enumerate(self._shards):
                left = [each for each in objects_of(shard) if there.get(target + each["key"]) != each["sizeBytes"]]
                list(threads.map(lambda each: store.copy(self._work.prefix + each["key"], target + each["key"]), left))
                tell(number + 1)

    def _manifest(self, small: dict[str, StoredObject]) -> Json:
        recipe, tokenizer = self._encoder.recipe, self._encoder.tokenizer
        good = sum(scan["documents"] for scan in self._scans)
        documents = sum(shard["documents"] for shard in self._shards)
        return {
            "version": 1,
            "recipe": recipe,
            "sources": {"files": len(self._scans), "sizeBytes": sum(scan["sizeBytes"] for scan in self._scans), "list": small["sources"]},
            "tokenizer": small["tokenizer"],
            "vocabularySize": corpus_tokenizer.size_of(tokenizer),
            "endOfTextId": self._encoder.end_of_text_id,
            "addedTokenIds": self._added_ids,
            "tokenType": self._encoder.token_type,
            "blockBytes": BLOCK_BYTES,
            "shards": {"count": len(self._shards), "list": small["shards"]},
            "heldOut": small["heldOut"],
            "documents": documents,
            "tokens": sum(shard["tokens"] for shard in self._shards),
            "labelledTokens": sum(shard["labelledTokens"] for shard in self._shards) if recipe["format"] == "chat" else None,
            "heldOutDocuments": len(self._kept.documents),
            "heldOutCopies": good - documents - len(self._kept.documents),
            "skipped": {reason: sum(scan["skipped"][reason] for scan in self._scans) for reason in self._scans[0]["skipped"]},
            "scan": [self._occurrences(token) for token in recipe["addedTokens"]],
        }

    def _occurrences(self, token: str) -> Json:
        found = [part["scan"][token] for part in self._parts]
        return {"text": token, "documents": sum(each[0] for each in found), "occurrences": sum(each[1] for each in found)}

    def _write(self, name: str, data: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path


def objects_of(shard: Json) -> list[StoredObject]:
    """Every object of a shard."""
    return [shard[name] for name in ("ids", "index", "labels", "blocks") if shard[name] is not None]


def _file_line(scan: Json) -> Json:
    """`CorpusFile` of the contracts."""
    return {name: scan[name] for name in ("name", "sizeBytes", "sha256", "documents", "skipped", "firstSkipped")}


def _lines(values: list[Json]) -> bytes:
    return b"".join(canonical(value) + b"\n" for value in values)


def _describe(path: Path) -> StoredObject:
    data = path.read_bytes()
    return {"key": path.name, "sizeBytes": len(data), "sha256": sha256_hex(data)}

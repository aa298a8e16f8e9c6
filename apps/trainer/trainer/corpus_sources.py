"""The files that a corpus or a base is made from: which they are, and their bytes as a stream that survives a broken connection.

Nothing is copied: objects are read where they lie, and every file is held to the version that was listed first.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from urllib3.exceptions import HTTPError

from trainer.corpus_pool import meter
from trainer.documents import Json
from trainer.exits import BadInput
from trainer.store import Store, status_of

PIECE_BYTES = 2**20
MAX_BREAKS = 5
"""Connections that may break one after another without a single new byte."""

ENDINGS = {
    "text": (".txt", ".text", ".md"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "chat": (".jsonl", ".ndjson", ".json"),
    "parquet": (".parquet",),
    "tokens": (".npy", ".bin"),
    "checkpoint": (".json", ".safetensors", ".distcp", ".metadata"),
}
"""How the names of a prefix's files end, before `.gz`, `.zst` or nothing. Others belong to no text and no model, such as licences and listings."""


@dataclass(frozen=True)
class SourceFile:
    """One file of the source. `name` is its path below what was named; `etag` is the store's name for the version that is read."""

    name: str
    bucket: str
    key: str
    size: int
    etag: str
    sha256: str | None = None
    """Known before it is read where it was uploaded."""


def list_files(source: Json, text_format: str, store: Store) -> list[SourceFile]:
    """The files in the order of their names. Raises `BadInput` when there are none, or one is gone."""
    if source["kind"] == "uploads":
        files = [_uploaded(store, given) for given in source["files"]]
    else:
        files = [file for file in _listed(store, source["bucket"], source["prefix"]) if _is_text(file, source["prefix"], text_format)]
    if not files:
        endings = ", ".join(ENDINGS[text_format])
        raise BadInput(
            f"Cannot read {source.get('bucket')}/{source.get('prefix')} as it must hold files of format {text_format}: "
            f"no name of an object below it ends with {endings}, or with these and .gz or .zst"
        )
    names = [file.name for file in files]
    if len(set(names)) < len(names):
        raise BadInput("Cannot read the source as each file must have a name of its own: two have the same")
    return sorted(files, key=lambda file: file.name.encode())


def to_json(files: list[SourceFile]) -> Json:
    """What is kept of a listing, so that a later job of the same registration reads the very same files."""
    return {"files": [asdict(file) for file in files]}


def from_json(listing: Json) -> list[SourceFile]:
    """Reads what `to_json` wrote."""
    return [SourceFile(**file) for file in listing["files"]]


def stream(store: Store, file: SourceFile, start: int = 0) -> Iterator[bytes]:
    """The file's bytes from an offset, in pieces of a megabyte at most. A broken connection is taken up where it broke.

    Raises `BadInput` when the file is no longer the one that was listed.
    """
    offset, breaks = start, 0
    while offset < file.size:
        try:
            body = store.client.get_object(Bucket=file.bucket, Key=file.key, IfMatch=file.etag, Range=f"bytes={offset}-")["Body"]
            while piece := body.read(PIECE_BYTES):
                meter(len(piece))
                offset, breaks = offset + len(piece), 0
                yield piece
        except ClientError as error:
            if status_of(error) in (404, 412):
                raise BadInput(f"Cannot read {file.name} as it must stay as it was listed: it was changed or removed meanwhile") from error
            if status_of(error) < 500:
                raise BadInput(f"Cannot read {file.name} as {file.bucket}/{file.key} must be readable: {error}") from error
            breaks = _bear(breaks, error)
        except (BotoCoreError, HTTPClientError, HTTPError, OSError) as error:
            breaks = _bear(breaks, error)


def _bear(breaks: int, error: Exception) -> int:
    if breaks == MAX_BREAKS:
        raise error
    return breaks + 1


class Digested:
    """A stream of pieces whose sha256 and size are known when it has ended."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    def finish(self) -> str:
        """Reads what nobody asked for, such as bytes behind the end of a compressed stream, and tells the digest of all."""
        for _ in self:
            pass
        return self._digest.hexdigest()


def _uploaded(store: Store, given: Json) -> SourceFile:
    stored = given["object"]
    found = _head(store, store.bucket, stored["key"])
    if found is None or found["ContentLength"] != stored["sizeBytes"]:
        raise BadInput(f"Cannot read {given['name']} as its upload must be there, {stored['sizeBytes']} bytes long: upload it again")
    return SourceFile(given["name"], store.bucket, stored["key"], stored["sizeBytes"], found["ETag"], stored["sha256"])


def _listed(store: Store, bucket: str, prefix: str) -> Iterator[SourceFile]:
    try:
        if not prefix.endswith("/"):
            found = _head(store, bucket, prefix)
            if found is None:
                raise BadInput(f"Cannot read {bucket}/{prefix} as it must be an object; name a folder with a slash at its end")
            yield SourceFile(prefix.rsplit("/", 1)[-1], bucket, prefix, found["ContentLength"], found["ETag"])
            return
        for page in store.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for each in page.get("Contents", []):
                yield SourceFile(each["Key"].removeprefix(prefix), bucket, each["Key"], each["Size"], each["ETag"])
    except ClientError as error:
        if status_of(error) not in (400, 403, 404):
            raise
        raise BadInput(f"Cannot read {bucket}/{prefix} as jobs must be allowed to read and list it: {error}") from error


def _is_text(file: SourceFile, prefix: str, text_format: str) -> bool:
    """An object that was named itself is what it is said to be; of those below a prefix the name decides."""
    if file.size == 0:
        return False
    plain = file.name.lower().removesuffix(".gz").removesuffix(".zst")
    return not prefix.endswith("/") or plain.endswith(ENDINGS[text_format])


def _head(store: Store, bucket: str, key: str) -> dict[str, Any] | None:
    try:
        return dict(store.client.head_object(Bucket=bucket, Key=key))
    except ClientError as error:
        if status_of(error) != 404:
            raise
        return None

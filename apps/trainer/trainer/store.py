"""The artifact store, S3 by boto3: checked reads, create-only writes, streamed uploads, a local cache.

What this module returns was read back or acknowledged by the store. Only `replace` ever overwrites an object.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from trainer.credentials import session_of

PIECE_BYTES = 8 * 2**20
CONFLICT_RETRIES = 10

StoredObject = dict[str, Any]
"""`StoredObject` of the contracts: key, sizeBytes, sha256."""


class ObjectAltered(Exception):
    """An object is not what was written: its size or sha256 differs, or it is gone. The message names its key."""


@dataclass(frozen=True)
class CreateOutcome:
    """Of a create-only write. `identical`: the key holds these bytes already; `taken`: others, which are left as they are."""

    kind: Literal["created", "identical", "taken"]
    object: StoredObject


@dataclass(frozen=True)
class Store:
    """One bucket, and a folder that keeps what was read from it under its sha256."""

    bucket: str
    cache_directory: Path
    client: Any = field(repr=False)

    @staticmethod
    def connect(bucket: str, cache_directory: Path, credentials: Path | None = None) -> "Store":
        """A store by the AWS SDK's own environment (AWS_ENDPOINT_URL and so on), path-style; keys from a file where one is given."""
        # SeaweedFS and other stores refuse the checksum trailers that newer SDKs add unasked.
        config = Config(
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": 6},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        session = session_of(credentials) if credentials else boto3.Session()
        return Store(bucket, cache_directory, session.client("s3", config=config))

    @staticmethod
    def here(bucket: str, cache_directory: Path) -> "Store":
        """A store with the credentials that this process was started with."""
        credentials = os.environ.get("TITRATE_CREDENTIALS_FILE")
        return Store.connect(bucket, cache_directory, Path(credentials) if credentials else None)

    def read(self, what: str | StoredObject) -> bytes | None:
        """Bytes of a small object, None when there is none. A `StoredObject` is checked: `ObjectAltered` names the key."""
        key = what if isinstance(what, str) else what["key"]
        try:
            data: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if status_of(error) != 404:
                raise
            if isinstance(what, str):
                return None
            raise ObjectAltered(f"Cannot read {key} as it must exist: the store holds no such object") from error
        if not isinstance(what, str):
            check_object(what, len(data), hashlib.sha256(data).hexdigest())
        return data

    def download(self, what: StoredObject, path: Path) -> Path:
        """Writes an object of any size to a file that appears whole, by rename, and only when size and sha256 are right."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            digest, size = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as file:
                for piece in self._pieces(what["key"]):
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
            check_object(what, size, digest.hexdigest())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return path

    def cached(self, what: StoredObject) -> Path:
        """A local copy, named by its sha256 and shared by all jobs and ranks of this machine; digests are checked when it is fetched.

        One fetches it while the others wait: the lock goes with the process that holds it.
        """
        path = self.cache_directory / what["sha256"]
        if _is_whole(path, what):
            return path
        locks = self.cache_directory / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / what["sha256"]).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return path if _is_whole(path, what) else self.download(what, path)

    def create(self, key: str, data: bytes) -> CreateOutcome:
        """Writes a small object at a key that must be new. A refused put is read back: our own earlier bytes are `identical`."""
        written = {"key": key, "sizeBytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for attempt in range(CONFLICT_RETRIES):
            try:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=data, IfNoneMatch="*")
                return CreateOutcome("created", written)
            except ClientError as error:
                # 409: another conditional write of this key is under way; who won is not decided yet.
                if status_of(error) == 409 and attempt < CONFLICT_RETRIES - 1:
                    continue
                if status_of(error) != 412:
                    raise
                return CreateOutcome("identical" if self.read(key) == data else "taken", written)
        raise AssertionError("the last retry returns or raises")

    def replace(self, key: str, data: bytes) -> None:
        """Writes an object that may be overwritten: how far a job is, and nothing that a result rests on."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def upload(self, key: str, path: Path) -> StoredObject:
        """Streams a file of any size to a new key, digesting while it passes. Raises `FileExistsError` when the key is taken."""
        writer = self.writer(key)
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                writer.write(piece)
        return writer.close()

    def writer(self, key: str) -> "ObjectWriter":
        """Something to write a new object of any size through, piece by piece."""
        return ObjectWriter(self, key)

    def holds(self, what: StoredObject) -> bool:
        """Whether an object of any size is what was, or would have been, written. Raises `ObjectAltered` when there is none."""
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces(what["key"]):
            digest.update(piece)
            size += len(piece)
        return (size, digest.hexdigest()) == (what["sizeBytes"], what["sha256"])

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """Bytes from `start` to before `end` of an object that is known to be there; whoever asks knows what they must be."""
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes={start}-{end - 1}")["Body"]
            data: bytes = body.read()
        except ClientError as error:
            if status_of(error) not in (404, 416):
                raise
            raise ObjectAltered(f"Cannot read {key} as it must hold bytes {start} to {end}: {error}") from error
        return data

    def copy(self, source: str, target: str) -> None:
        """Makes an object of at most 5 GB known by a second key, within the store. A target that exists is left as it is."""
        try:
            self.client.copy_object(Bucket=self.bucket, Key=target, CopySource={"Bucket": self.bucket, "Key": source}, IfNoneMatch="*")
        except ClientError as error:
            if status_of(error) != 412:
                raise

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Key and size of every object under a prefix, page by page, in key order."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                yield found["Key"], found["Size"]

    def _pieces(self, key: str) -> Iterator[bytes]:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as error:
            if status_of(error) != 404:
                raise
            raise ObjectAltered(f"Cannot read {key} as it must exist: the store holds no such object") from error
        while piece := body.read(PIECE_BYTES):
            yield piece


class ObjectWriter:
    """Writes one new object: a single put when small, a multipart upload when not. The sha256 is taken on the way."""

    PART_BYTES = 64 * 2**20

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key
        self._buffer = bytearray()
        self._digest = hashlib.sha256()
        self._parts: list[dict[str, Any]] = []
        self._upload: str | None = None
        self.size = 0

    def write(self, data: bytes | memoryview) -> int:
        """Takes the next bytes; sends a part to the store whenever one is full."""
        self._digest.update(data)
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) >= self.PART_BYTES:
            self._send(bytes(self._buffer[: self.PART_BYTES]))
            del self._buffer[: self.PART_BYTES]
        return len(data)

    def close(self) -> StoredObject:
        """Makes the object visible. Raises `FileExistsError` when the key holds other bytes; our own earlier bytes are as good."""
        written = {"key": self._key, "sizeBytes": self.size, "sha256": self._digest.hexdigest()}
        if self._upload is None:
            if self._store.create(self._key, bytes(self._buffer)).kind == "taken":
                raise FileExistsError(f"Cannot write {self._key} as the key must be new: other bytes lie there")
            return written
        if self._buffer:
            self._send(bytes(self._buffer))
        try:
            self._store.client.complete_multipart_upload(
                **self._target(), UploadId=self._upload, MultipartUpload={"Parts": self._parts}, IfNoneMatch="*"
            )
        except ClientError as error:
            if status_of(error) != 412:
                raise
            if self._store.holds(written):
                return written
            raise FileExistsError(f"Cannot write {self._key} as the key must be new: other bytes lie there") from error
        return written

    def _send(self, part: bytes) -> None:
        if self._upload is None:
            self._upload = self._store.client.create_multipart_upload(**self._target())["UploadId"]
        number = len(self._parts) + 1
        answer = self._store.client.upload_part(**self._target(), UploadId=self._upload, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def _target(self) -> dict[str, str]:
        return {"Bucket": self._store.bucket, "Key": self._key}


def check_object(what: StoredObject, size: int, sha256: str) -> None:
    """Holds what was read against what was written; raises `ObjectAltered` that names key, rule and value."""
    if size != what["sizeBytes"]:
        raise ObjectAltered(f"Cannot use {what['key']} as its size must be {what['sizeBytes']} bytes: current value is {size}")
    if sha256 != what["sha256"]:
        raise ObjectAltered(f"Cannot use {what['key']} as its sha256 must be {what['sha256']}: current value is {sha256}")


def _is_whole(path: Path, what: StoredObject) -> bool:
    return path.exists() and path.stat().st_size == what["sizeBytes"]


def status_of(error: ClientError) -> int:
    """The HTTP status of what the store refused, 0 when it told none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
